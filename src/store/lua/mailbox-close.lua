-- Closes a digest: events that come from now on open another one. Answers its events.
-- KEYS 1 groups, 2 digest; ARGV 1 group, 2 delivery
local value = redis.call('HGET', KEYS[1], ARGV[1])
if value and string.match(value, '^(%S+)') == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return redis.call('LRANGE', KEYS[2], 0, -1)
