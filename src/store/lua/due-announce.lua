-- Says that an actor has work at a time, or earlier if it already said so.
-- Until that time the announcement stands even if the actor looks before the work is written, and finds nothing.
-- KEYS 1 due, 2 generations, 3 promises, 4 counter; ARGV 1 actor, 2 ms
redis.call('HSET', KEYS[2], ARGV[1], redis.call('INCR', KEYS[4]))
if tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or '0') < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
end
redis.call('ZADD', KEYS[1], 'LT', ARGV[2], ARGV[1])
return 1
