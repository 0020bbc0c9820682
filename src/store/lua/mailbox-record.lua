-- Records what became of a delivery together with its place in the mailbox. Said twice, it counts once: the
-- attempts that the caller saw must still be the attempts there are.
-- KEYS 1 due, 2 deliveries, 3 lines, 4 hold; ARGV 1 delivery, 2 attempts seen, 3 delivery JSON,
--      4 next attempt ms (empty: none), 5 hold until ms (empty: none), 6 line, 7 now ms
local current = redis.call('HGET', KEYS[2], ARGV[1])
-- Not decoded: text that Lua's reader does not know (a lone surrogate) must not keep an outcome from being recorded.
if not current or string.match(current, '"attemptCount":(%d+)') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
if ARGV[5] ~= '' then
  local hold = tonumber(redis.call('GET', KEYS[4]) or '0')
  if tonumber(ARGV[5]) > hold then redis.call('SET', KEYS[4], ARGV[5], 'PXAT', ARGV[5]) end
end
if ARGV[4] ~= '' then
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
  return 1
end
redis.call('ZREM', KEYS[1], ARGV[1])
local line = ARGV[6] ~= '' and redis.call('HGET', KEYS[3], ARGV[6])
if line and string.match(line, '^%S+') == ARGV[1] then
  local rest = string.match(line, '^%S+ (.+)$')
  if rest then
    redis.call('HSET', KEYS[3], ARGV[6], rest)
    redis.call('ZADD', KEYS[1], ARGV[7], (string.match(rest, '^%S+')))
  else
    redis.call('HDEL', KEYS[3], ARGV[6])
  end
end
return 1
