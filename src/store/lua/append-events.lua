-- Appends events to an account's stream, each id once. `from` is the index in ARGV of the first id, type, body, mark,
-- value. Marks: 'hold' (held back, by which flood), 'only' (for which subscriptions), or empty.
local function append_events(stream, ids, from, count)
  local appended = 0
  for i = 0, count - 1 do
    local at = from + i * 5
    local id, type, body, mark, value = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
    if redis.call('HEXISTS', ids, id) == 0 then
      local fields = { 'id', id, 'type', type, 'body', body }
      if mark ~= '' then
        fields[7], fields[8] = mark, value
      end
      redis.call('HSET', ids, id, redis.call('XADD', stream, '*', unpack(fields)))
      appended = appended + 1
    end
  end
  return appended
end
