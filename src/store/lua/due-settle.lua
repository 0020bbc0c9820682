-- An actor says when it is due next, or (empty) that it has nothing to do. Work that was announced since it began
-- wins: then only an earlier time counts. A promise that lies ahead is kept: its work may not be written yet.
-- KEYS 1 due, 2 generations, 3 promises, 4 counter; ARGV 1 actor, 2 generation seen at the beginning, 3 next ms, 4 now ms
local next, promise = ARGV[3], redis.call('HGET', KEYS[3], ARGV[1])
if promise and tonumber(promise) > tonumber(ARGV[4]) then
  if next == '' or tonumber(promise) < tonumber(next) then next = promise end
else
  redis.call('HDEL', KEYS[3], ARGV[1])
end
if (redis.call('HGET', KEYS[2], ARGV[1]) or '0') ~= ARGV[2] then
  if next ~= '' then redis.call('ZADD', KEYS[1], 'LT', next, ARGV[1]) end
  return 0
end
if next ~= '' then
  -- Another one that began before it (its worker was frozen) must not say later that there is nothing to do.
  redis.call('HSET', KEYS[2], ARGV[1], redis.call('INCR', KEYS[4]))
  redis.call('ZADD', KEYS[1], next, ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
end
return 1
