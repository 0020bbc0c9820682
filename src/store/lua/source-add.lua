-- include source-text
-- Adds sources that are not there yet, each in an epoch of its own.
-- KEYS 1 fence, 2 sources, 3 versions, 4 epochs, 5 due, 6 polled; ARGV 1 fencing token, 2 due ms; then source, fields …
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
for i = 3, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i]) == 0 then
    local version = redis.call('HGET', KEYS[3], ARGV[i]) or '0'
    local epoch = (redis.call('HGET', KEYS[4], ARGV[i]) or '0') + 1
    write_source(KEYS[2], KEYS[3], KEYS[4], ARGV[i], version, version, epoch, ARGV[i + 1])
  end
  redis.call('ZADD', KEYS[5], 'NX', ARGV[2], ARGV[i])
  redis.call('ZADD', KEYS[6], 'NX', 0, ARGV[i])
end
return 'committed'
