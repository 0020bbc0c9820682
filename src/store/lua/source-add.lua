-- Adds sources that are not there yet, each in an epoch of its own.
-- KEYS 1 fence, 2 sources, 3 epochs, 4 due, 5 polled; ARGV 1 fencing token, 2 due ms; then source, epoch, state …
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
for i = 3, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 2]) == 1 then
    redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1])
  end
  redis.call('ZADD', KEYS[4], 'NX', ARGV[2], ARGV[i])
  redis.call('ZADD', KEYS[5], 'NX', 0, ARGV[i])
end
return 'committed'
