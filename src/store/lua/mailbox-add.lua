-- Puts deliveries into a mailbox, each event once, however often it is said.
-- KEYS 1 due, 2 deliveries, 3 index, 4 groups, 5 members, 6 lines, 7 subscription; ARGV 1 now ms, 2 prefix of digest keys,
--      3 largest digest, 4 count; then per event: event, delivery, due ms, delivery JSON, line (order), group,
--      quiet ms (empty: the due time stands), max ms
if redis.call('EXISTS', KEYS[7]) == 0 then return 0 end
local now = tonumber(ARGV[1])
local added = 0
for i = 0, tonumber(ARGV[4]) - 1 do
  local at = 5 + i * 8
  local event, delivery, due, json = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3]
  local line, group, quiet, max = ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7]
  if redis.call('HEXISTS', KEYS[2], delivery) == 0 and redis.call('HEXISTS', KEYS[5], event) == 0 then
    added = added + 1
    local open, opened
    if group ~= '' then
      local value = redis.call('HGET', KEYS[4], group)
      if value then open, opened = string.match(value, '^(%S+) (%d+)$') end
      if open and redis.call('LLEN', ARGV[2] .. open) >= tonumber(ARGV[3]) then open = nil end
    end
    if open then
      redis.call('RPUSH', ARGV[2] .. open, event)
      redis.call('HSET', KEYS[5], event, open)
      if quiet ~= '' then
        redis.call('ZADD', KEYS[1], 'XX', math.min(opened + tonumber(max), now + tonumber(quiet)), open)
      end
    else
      redis.call('HSET', KEYS[2], delivery, json)
      redis.call('ZADD', KEYS[3], now, delivery)
      if group ~= '' then
        redis.call('RPUSH', ARGV[2] .. delivery, event)
        redis.call('HSET', KEYS[5], event, delivery)
        redis.call('HSET', KEYS[4], group, delivery .. ' ' .. ARGV[1])
      end
      local waiting = line ~= '' and redis.call('HGET', KEYS[6], line)
      if waiting then
        redis.call('HSET', KEYS[6], line, waiting .. ' ' .. delivery)
      else
        if line ~= '' then redis.call('HSET', KEYS[6], line, delivery) end
        redis.call('ZADD', KEYS[1], due, delivery)
      end
    end
  end
end
return added
