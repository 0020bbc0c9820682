-- Puts a box of cards before all others. KEYS 1 boxes, 2 the account that they are of, if any; ARGV 1 first position of the oldest box as the caller knows it
-- (empty: there is none), 2 first position of the new one, 3 its cards
if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if (oldest[1] or '') ~= ARGV[1] then return 0 end
local number = string.format('%d', oldest[2] and tonumber(oldest[2]) - 1 or 0)
redis.call('ZADD', KEYS[1], number, ARGV[2])
redis.call('SET', KEYS[1] .. ':' .. number, ARGV[3])
return 1
