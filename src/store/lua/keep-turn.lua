-- Keeps the turn for longer, while a request is under way. KEYS 1 turn; ARGV 1 holder, 2 turn ms
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
