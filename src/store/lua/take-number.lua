-- The next number of an account's counter; 0 when there is no such account. KEYS 1 account, 2 counter
if redis.call('HEXISTS', KEYS[1], 'settings') == 0 then return 0 end
return redis.call('INCR', KEYS[2])
