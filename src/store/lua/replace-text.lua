-- Replaces a text when it still has the value that the caller read. KEYS 1 text; ARGV 1 old, 2 new
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
