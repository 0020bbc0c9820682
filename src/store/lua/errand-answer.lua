-- Takes what the browser got that took this page, as long as somebody waits for it.
-- KEYS 1 errand, 2 answer; ARGV 1 id, 2 browser, 3 answer, 4 kept for ms
local errand = redis.call('HMGET', KEYS[1], 'id', 'by', 'sign-in')
if errand[1] ~= ARGV[1] or errand[2] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], 'id', ARGV[1], 'by', errand[2], 'sign-in', errand[3], 'answer', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
