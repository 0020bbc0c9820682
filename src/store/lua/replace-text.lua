-- Replaces a text when it still has the value that the caller read; one that ends by itself still does, at its time.
-- KEYS 1 text; ARGV 1 old, 2 new
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
