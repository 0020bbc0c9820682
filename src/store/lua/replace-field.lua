-- Replaces a hash field when it still has the value that the caller read. KEYS 1 hash; ARGV 1 field, 2 old, 3 new
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
