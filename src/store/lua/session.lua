-- include append-events
-- Moves an account's session to another state, once: the epoch that the caller saw must still hold.
-- KEYS 1 account, 2 jar, 3 events, 4 event ids, 5 credentials, 6 boxes of cards
-- ARGV 1 expected epoch, 2 session, 3 new epoch, 4 jar (empty: leave), 5 credentials (empty: leave, -: forget),
-- 6 events; then id, type, body, mark, value, card …
if redis.call('EXISTS', KEYS[1]) == 0 then return 'missing' end
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 'conflict' end
redis.call('HSET', KEYS[1], 'session', ARGV[2], 'epoch', ARGV[3])
if ARGV[4] ~= '' then redis.call('SET', KEYS[2], ARGV[4]) end
if ARGV[5] == '-' then
  redis.call('DEL', KEYS[5])
  redis.call('HDEL', KEYS[1], 'renewal')
elseif ARGV[5] ~= '' then
  redis.call('SET', KEYS[5], ARGV[5])
  redis.call('HSET', KEYS[1], 'renewal', 'credentials')
end
append_events(KEYS[3], KEYS[4], KEYS[6], 7, tonumber(ARGV[6]))
return 'stored'
