-- Sets an account's pace when it still is what the caller read.
-- KEYS 1 pace; ARGV 1 old (empty: none), 2 new, 3 how long it is kept ms
if (redis.call('HGET', KEYS[1], 'state') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
