-- include append-events
-- include put-buckets
-- One step of a poll: snapshot, events, source state and schedule move together, or nothing does.
-- KEYS 1 fence, 2 sources, 3 versions, 4 snapshot, 5 digests, 6 staged, 7 staged digests, 8 events, 9 event ids,
--      10 due, 11 polled, 12 totals, 13 holds
-- ARGV 1 fencing token, 2 source, 3 expected version, 4 state, 5 next poll, 6 ticket, 7 polled, 8 changed,
--      9 replace the snapshot by the staged one, 10 hold id, 11 hold, 12 length of a digest, 13 buckets, 14 events;
--      then index, value, digest …, id, type, body, hold …
-- Next poll, ticket, hold: empty to leave as they are.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 then return 'dropped' end
if (redis.call('HGET', KEYS[3], ARGV[2]) or '0') ~= ARGV[3] then return 'conflict' end

if ARGV[9] == '1' then
  redis.call('UNLINK', KEYS[4], KEYS[5])
  if redis.call('EXISTS', KEYS[6]) == 1 then
    redis.call('RENAME', KEYS[6], KEYS[4])
    redis.call('RENAME', KEYS[7], KEYS[5])
  end
end
if ARGV[10] ~= '' then redis.call('HSETNX', KEYS[13], ARGV[10], ARGV[11]) end
local buckets = tonumber(ARGV[13])
put_buckets(KEYS[4], KEYS[5], tonumber(ARGV[12]), 15, buckets)
local appended = append_events(KEYS[8], KEYS[9], 15 + buckets * 3, tonumber(ARGV[14]))

redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
redis.call('HINCRBY', KEYS[3], ARGV[2], 1)
-- Whoever asked for a poll after this one began still waits for the next: the source stays due.
local asked = tonumber(redis.call('HGET', KEYS[12], 'asked') or '0')
if ARGV[5] ~= '' and (ARGV[6] == '' or tonumber(ARGV[6]) > asked) then
  redis.call('ZADD', KEYS[10], 'XX', ARGV[5], ARGV[2])
end
if ARGV[6] ~= '' then redis.call('ZADD', KEYS[11], 'XX', ARGV[6], ARGV[2]) end
redis.call('HINCRBY', KEYS[12], 'polled', ARGV[7])
redis.call('HINCRBY', KEYS[12], 'changed', ARGV[8])
redis.call('HINCRBY', KEYS[12], 'events', appended)
return 'committed'
