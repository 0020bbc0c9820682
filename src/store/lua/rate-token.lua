-- Takes sends out of a rate (generic cell rate algorithm). Answers how many may go now, the ms until the next, and
-- how many more could go now.
-- KEYS 1 the rate; ARGV 1 interval ms between sends, 2 burst, 3 wanted, 4 how far ahead it may lie ms
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local due = tonumber(redis.call('GET', KEYS[1]) or '0')
-- Far ahead of what this rate can have put it to: the rate was a much slower one, or the clock went back. Not sooner, for
-- several that share an address can each have a rate of their own.
if due > now + math.max(tonumber(ARGV[4]), burst * interval) then due = now + burst * interval end
due = math.max(due, now)
local room = math.floor((now + burst * interval - due) / interval + 0.000001)
local granted = math.max(0, math.min(wanted, room))
due = due + granted * interval
redis.call('SET', KEYS[1], string.format('%.3f', due), 'PX', math.ceil(math.max(1000, due - now + 1000)))
return { granted, math.max(0, math.ceil(due - (burst - 1) * interval - now)), room - granted }
