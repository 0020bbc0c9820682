-- Says that an actor has work at a time, or earlier if it already said so. KEYS 1 due, 2 generations; ARGV 1 actor, 2 ms
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
redis.call('ZADD', KEYS[1], 'LT', ARGV[2], ARGV[1])
return 1
