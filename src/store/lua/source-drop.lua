-- Forgets a source with all that is kept of it but its epoch.
-- KEYS 1 fence, 2 sources, 3 versions, 4 due, 5 polled, 6 snapshot, 7 staged; ARGV 1 fencing token, 2 source
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[2])
redis.call('ZREM', KEYS[4], ARGV[2])
redis.call('ZREM', KEYS[5], ARGV[2])
redis.call('UNLINK', KEYS[6], KEYS[7])
return 'committed'
