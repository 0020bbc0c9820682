-- Gives the turn to make requests back. KEYS 1 turn, 2 pace; ARGV 1 holder, 2 whether the upstream answered well
if ARGV[2] == '1' then redis.call('HDEL', KEYS[2], 'troubles') end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
