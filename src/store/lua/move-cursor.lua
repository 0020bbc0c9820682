-- Moves a cursor when it is where the caller saw it. KEYS 1 account, 2 cursor; ARGV 1 from, 2 to
if redis.call('HEXISTS', KEYS[1], 'settings') == 0 then return 0 end
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return 1
