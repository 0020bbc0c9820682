-- Appends events to an account's stream, each id once. `from` is the index in ARGV of the first id, type, body.
local function append_events(stream, ids, from, count)
  local appended = 0
  for i = 0, count - 1 do
    local id, type, body = ARGV[from + i * 3], ARGV[from + i * 3 + 1], ARGV[from + i * 3 + 2]
    if redis.call('HEXISTS', ids, id) == 0 then
      redis.call('HSET', ids, id, redis.call('XADD', stream, '*', 'id', id, 'type', type, 'body', body))
      appended = appended + 1
    end
  end
  return appended
end
