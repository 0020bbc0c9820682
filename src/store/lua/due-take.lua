-- The actors that are late, and a lease on each, so that they are not woken again every second while they work.
-- KEYS 1 due; ARGV 1 now ms, 2 lease until ms, 3 limit
local late = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, actor in ipairs(late) do redis.call('ZADD', KEYS[1], ARGV[2], actor) end
return late
