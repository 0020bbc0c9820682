-- Sets fields of a hash of an account for the newest worker.
-- KEYS 1 fence, 2 hash; ARGV 1 fencing token; then field, value …
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 'committed'
