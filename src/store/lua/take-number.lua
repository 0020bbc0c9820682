-- The next number of an account's counter; 0 when there is no such account.
-- KEYS 1 account, 2 counter, 3 hash in which the number is noted; ARGV 1 field (none: not noted)
if redis.call('HEXISTS', KEYS[1], 'settings') == 0 then return 0 end
local number = redis.call('INCR', KEYS[2])
if ARGV[1] then redis.call('HSET', KEYS[3], ARGV[1], number) end
return number
