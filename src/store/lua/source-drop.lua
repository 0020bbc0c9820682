-- Forgets a source with all that is kept of it but its epoch and version: ids are made of them, none may come again.
-- KEYS 1 fence, 2 sources, 3 due, 4 polled, 5 snapshot, 6 digests, 7 staged, 8 staged digests; ARGV 1 fencing token, 2 source
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('ZREM', KEYS[4], ARGV[2])
redis.call('UNLINK', KEYS[5], KEYS[6], KEYS[7], KEYS[8])
return 'committed'
