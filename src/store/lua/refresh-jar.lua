-- Stores the jar that the upstream renewed, unless another session was put in its place since.
-- KEYS 1 account, 2 jar; ARGV 1 epoch that the jar was read in, 2 jar
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return 1
