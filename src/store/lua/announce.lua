-- Says that an actor has work at a time, or earlier if it already said so.
-- Until that time the announcement stands even if the actor looks before the work is written, and finds nothing.
-- Needs KEYS 1 due, 2 generations, 3 promises, 4 counter.
local function announce(actor, at)
  redis.call('HSET', KEYS[2], actor, redis.call('INCR', KEYS[4]))
  if tonumber(redis.call('HGET', KEYS[3], actor) or '0') < tonumber(at) then redis.call('HSET', KEYS[3], actor, at) end
  redis.call('ZADD', KEYS[1], 'LT', at, actor)
end
