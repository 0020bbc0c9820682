-- Appends events to an account's stream, each id once. `from` is the index in ARGV of the first id, type, body, hold
-- (empty: not held back).
local function append_events(stream, ids, from, count)
  local appended = 0
  for i = 0, count - 1 do
    local at = from + i * 4
    local id, type, body, hold = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
    if redis.call('HEXISTS', ids, id) == 0 then
      local fields = { 'id', id, 'type', type, 'body', body }
      if hold ~= '' then
        fields[7], fields[8] = 'hold', hold
      end
      redis.call('HSET', ids, id, redis.call('XADD', stream, '*', unpack(fields)))
      appended = appended + 1
    end
  end
  return appended
end
