-- Takes one request out of an account's budget. Answers 0 when it may be made now, else the milliseconds to wait.
-- At most `limit` requests in any window, and a gap between two: a log of the window's requests decides, so the
-- budget is exact whatever the number of processes. The clock is Redis's own.
-- Requests go one at a time: while one holder has the turn, the other waits. A holder that died loses it by itself.
-- KEYS 1 requests, 2 rest, 3 turn; ARGV 1 limit, 2 window ms, 3 gap ms, 4 holder, 5 turn ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, gap = tonumber(ARGV[2]), tonumber(ARGV[3])

local turn = redis.call('GET', KEYS[3])
if turn and turn ~= ARGV[4] then return 50 end
local rest = redis.call('PTTL', KEYS[2])
if rest > 0 then return rest end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local newest = redis.call('ZRANGE', KEYS[1], -1, -1)[1]
if newest then
  local at = tonumber(string.match(newest, '^(%d+)'))
  -- A clock that was set back must not stop the account for long.
  if at > now + 60000 then redis.call('DEL', KEYS[1]) elseif now < at + gap then return math.ceil(at + gap - now) end
end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  local oldest = tonumber(string.match(redis.call('ZRANGE', KEYS[1], 0, 0)[1], '^(%d+)'))
  return math.max(1, oldest + window - now)
end
redis.call('ZADD', KEYS[1], now, now .. '-' .. time[2])
redis.call('PEXPIRE', KEYS[1], window * 2)
redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[5])
return 0
