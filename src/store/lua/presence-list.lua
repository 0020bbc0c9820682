-- What the processes say of themselves that were there lately.
-- KEYS 1 seen, 2 processes; ARGV 1 how lately ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local seen = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. (now - ARGV[1]), now)
if #seen == 0 then return {} end
return redis.call('HMGET', KEYS[2], unpack(seen))
