-- include told-limits
-- Keeps what the upstream tells of a budget of its own, until its reset.
-- KEYS 1 told; ARGV 1 by whom, 2 requests left, 3 for how long ms, 4 gap ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lasts, gap = tonumber(ARGV[3]), tonumber(ARGV[4])
keep_limit(KEYS[1], { by = ARGV[1], left = tonumber(ARGV[2]), ends = now + lasts, gap = gap, next_at = now + gap })
redis.call('PEXPIRE', KEYS[1], math.max(lasts, redis.call('PTTL', KEYS[1])))
return 0
