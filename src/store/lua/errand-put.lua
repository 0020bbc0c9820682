-- Puts a page where a browser finds it, in place of an older one. KEYS 1 errand; ARGV 1 id, 2 text, 3 kept for ms,
-- 4 the one browser that it is for (empty: the one that reads)
local time = redis.call('TIME')
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'text', ARGV[2], 'at', time[1] * 1000 + math.floor(time[2] / 1000))
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'for', ARGV[4]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
