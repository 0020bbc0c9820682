-- Keeps a companion of an account that is there, so that none outlives it. KEYS 1 account, 2 companions; ARGV 1 digest, 2 text
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
