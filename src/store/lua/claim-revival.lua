-- Notes a try to bring a session back before it is made, so that of several workers, and of several runs of one, only
-- one makes it. Refused when the session or the note changed since they were read, or the credentials are gone.
-- KEYS 1 account, 2 revival, 3 credentials; ARGV 1 epoch, 2 note as it was read (empty: none), 3 note, 4 login: '1'
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[2] then return 0 end
if ARGV[4] == '1' and redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
redis.call('SET', KEYS[2], ARGV[3])
return 1
