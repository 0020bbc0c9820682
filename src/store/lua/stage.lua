-- Puts entries of a first snapshot aside. KEYS 1 fence, 2 staged; ARGV 1 fencing token, 2 begin anew; then key, entry …
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
if ARGV[2] == '1' then redis.call('UNLINK', KEYS[2]) end
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 'committed'
