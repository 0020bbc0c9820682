-- include put-buckets
-- Puts a whole snapshot aside. KEYS 1 fence, 2 staged, 3 staged digests
-- ARGV 1 fencing token, 2 begin anew, 3 length of a digest; then index, value, digest …
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
if ARGV[2] == '1' then redis.call('UNLINK', KEYS[2], KEYS[3]) end
put_buckets(KEYS[2], KEYS[3], tonumber(ARGV[3]), 4, (#ARGV - 3) / 3)
return 'committed'
