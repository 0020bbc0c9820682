-- include told-limits
-- How an account's budget stands: the time ms, its pace (empty: full), how long it rests ms, the largest gap that the
-- upstream's own budgets ask for ms, and the requests of the last minute.
-- KEYS 1 requests, 2 rest, 3 pace, 4 told; ARGV 1 longest stop ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local rests, gap = math.max(0, redis.call('PTTL', KEYS[2])), 0
for _, told in ipairs(told_limits(KEYS[4], now, tonumber(ARGV[1]))) do
  if told.left == 0 then rests = math.max(rests, told.ends - now) else gap = math.max(gap, told.gap) end
end
local used = redis.call('ZCOUNT', KEYS[1], '(' .. (now - 60000), '+inf')
return { now, redis.call('HGET', KEYS[3], 'state') or '', rests, gap, used }
