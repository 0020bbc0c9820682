-- Replaces a source that still is as the newest worker read it.
-- KEYS 1 fence, 2 sources; ARGV 1 fencing token, 2 source, 3 old, 4 new
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then return 'conflict' end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
return 'committed'
