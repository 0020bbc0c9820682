-- An actor says when it is due next, or (empty) that it has nothing to do. Work that was announced since it began
-- wins: then only an earlier time counts, and nothing is forgotten.
-- KEYS 1 due, 2 generations; ARGV 1 actor, 2 generation seen at the beginning, 3 next ms
if (redis.call('HGET', KEYS[2], ARGV[1]) or '0') == ARGV[2] then
  if ARGV[3] == '' then
    redis.call('ZREM', KEYS[1], ARGV[1])
    redis.call('HDEL', KEYS[2], ARGV[1])
  else
    redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
  end
  return 1
end
if ARGV[3] ~= '' then redis.call('ZADD', KEYS[1], 'LT', ARGV[3], ARGV[1]) end
return 0
