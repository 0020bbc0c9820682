-- Gives the turn to make requests back. KEYS 1 turn; ARGV 1 holder
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
