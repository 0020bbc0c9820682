-- Says that a process is there, and forgets those that have not said so for too long.
-- KEYS 1 seen, 2 processes; ARGV 1 process, 2 what it says of itself, 3 after how long it is forgotten ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
local function forget(from, to)
  for _, process in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], from, to)) do
    redis.call('ZREM', KEYS[1], process)
    redis.call('HDEL', KEYS[2], process)
  end
end
forget('-inf', now - ARGV[3])
-- From before the clock was set back: those that live say so again.
forget('(' .. now, '+inf')
return now
