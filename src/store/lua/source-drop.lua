-- include source-text
-- Forgets a source with all that is kept of it but its epoch and version: ids are made of them, none may come again.
-- KEYS 1 fence, 2 sources, 3 versions, 4 epochs, 5 due, 6 polled, 7 snapshot, 8 digests, 9 staged, 10 staged digests;
-- ARGV 1 fencing token, 2 source
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
local source = read_source(KEYS[2], KEYS[3], KEYS[4], ARGV[2])
if source then
  redis.call('HSET', KEYS[3], ARGV[2], source.version)
  redis.call('HSET', KEYS[4], ARGV[2], source.epoch)
end
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[5], ARGV[2])
redis.call('ZREM', KEYS[6], ARGV[2])
redis.call('UNLINK', KEYS[7], KEYS[8], KEYS[9], KEYS[10])
return 'committed'
