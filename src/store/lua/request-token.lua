-- include pace-at
-- include told-limits
-- Takes one request out of an account's budget. Answers 0 when it may be made now, else the milliseconds to wait.
-- At most the rate in any window, and a gap between two: a log of the window's requests decides, so the budget is exact
-- whatever the number of processes. The clock is Redis's own, and the rate the one that the account has just now.
-- At less than full pace the gap is what spreads the requests: `requestGapMs` in src/domain/pace.ts.
-- Requests go one at a time: while one holder has the turn, the other waits. A holder that died loses it by itself.
-- KEYS 1 requests, 2 rest, 3 turn, 4 pace, 5 told, 6 account; ARGV 1 requests a minute of an account that is not stored
-- yet, 2 gap ms, 3 holder, 4 turn ms, 5 recovery ms, 6 longest stop ms, 7 how long pace is kept ms, 8 1 to take
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local longest = tonumber(ARGV[6])

-- A turn without an end, out of a copy that was put back perhaps, is none.
local turn = redis.call('GET', KEYS[3])
if turn and turn ~= ARGV[3] and redis.call('PTTL', KEYS[3]) > 0 then return 50 end

local last = tonumber(redis.call('HGET', KEYS[4], 'last') or 0)
-- A clock that was set back must not stop the account for long.
if last > now + 60000 then
  redis.call('DEL', KEYS[1], KEYS[4])
  last = 0
end

local rate = tonumber(redis.call('HGET', KEYS[6], 'rate') or ARGV[1])
-- Below one a minute the window grows instead, so that the limit stays a whole number. It is a little over the minute:
-- requests do not arrive with exactly the spacing they left with.
local limit = math.max(1, math.floor(rate))
local window = math.ceil(limit / rate * 60000) + 200
local factor = pace_at(redis.call('HGET', KEYS[4], 'state'), now, tonumber(ARGV[5]))
local gap = math.min(tonumber(ARGV[2]), 60000 / rate)
if factor < 1 then gap = math.min(60000 / (rate * factor), longest) end

local wait = math.max(0, redis.call('PTTL', KEYS[2]), last + gap - now)
local limits = told_limits(KEYS[5], now, longest)
for _, told in ipairs(limits) do
  wait = math.max(wait, (told.left > 0 and told.next_at or told.ends) - now)
end
-- Never less than a minute is kept: the rate may be raised.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - math.max(window, 60200))
if redis.call('ZCOUNT', KEYS[1], '(' .. (now - window), '+inf') >= limit then
  -- There is room when all but the newest `limit - 1` have left the window.
  local leaves = redis.call('ZREVRANGE', KEYS[1], limit - 1, limit - 1, 'WITHSCORES')[2]
  wait = math.max(wait, leaves + window - now)
end
if wait > 0 then return math.ceil(wait) end
if ARGV[8] ~= '1' then return 0 end

redis.call('ZADD', KEYS[1], now, now .. '-' .. time[2])
redis.call('PEXPIRE', KEYS[1], math.max(window, 60200) * 2)
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
redis.call('HSET', KEYS[4], 'last', now)
redis.call('PEXPIRE', KEYS[4], ARGV[7])
-- The gap alone lets no more through than there were left: one more would come at the reset.
for _, told in ipairs(limits) do
  told.next_at = now + told.gap
  keep_limit(KEYS[5], told)
end
return 0
