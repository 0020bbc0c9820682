-- Counts one more trouble in a row. KEYS 1 pace; ARGV 1 whether all was well in between, 2 how long it is kept ms
if ARGV[1] == '1' then redis.call('HDEL', KEYS[1], 'troubles') end
local troubles = redis.call('HINCRBY', KEYS[1], 'troubles', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return troubles
