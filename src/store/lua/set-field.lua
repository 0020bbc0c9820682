-- Sets a field of an account for the newest worker. KEYS 1 fence, 2 account; ARGV 1 fencing token, 2 field, 3 value
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 'committed'
