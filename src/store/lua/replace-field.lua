-- Replaces a hash field when it still has the value that the caller read, and sets others along with it.
-- KEYS 1 hash; ARGV 1 field, 2 old, 3 new; then field, value …
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
