-- include append-events
-- One step of a poll: snapshot, events, source state and schedule move together, or nothing does.
-- KEYS 1 fence, 2 sources, 3 versions, 4 snapshot, 5 staged, 6 events, 7 event ids, 8 due, 9 polled, 10 totals,
--      11 holds
-- ARGV 1 fencing token, 2 source, 3 expected version, 4 state, 5 next poll, 6 ticket, 7 polled, 8 changed,
--      9 replace the snapshot by the staged one, 10 hold id, 11 hold, 12 entries, 13 events;
--      then key, entry …, id, type, body, hold …
-- Next poll, ticket, hold: empty to leave as they are.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 then return 'dropped' end
if (redis.call('HGET', KEYS[3], ARGV[2]) or '0') ~= ARGV[3] then return 'conflict' end

if ARGV[9] == '1' then
  redis.call('DEL', KEYS[4])
  if redis.call('EXISTS', KEYS[5]) == 1 then redis.call('RENAME', KEYS[5], KEYS[4]) end
end
if ARGV[10] ~= '' then redis.call('HSETNX', KEYS[11], ARGV[10], ARGV[11]) end
local entries = tonumber(ARGV[12])
for i = 0, entries - 1 do redis.call('HSET', KEYS[4], ARGV[14 + i * 2], ARGV[15 + i * 2]) end
local appended = append_events(KEYS[6], KEYS[7], 14 + entries * 2, tonumber(ARGV[13]))

redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
redis.call('HINCRBY', KEYS[3], ARGV[2], 1)
-- Whoever asked for a poll after this one began still waits for the next: the source stays due.
local asked = tonumber(redis.call('HGET', KEYS[10], 'asked') or '0')
if ARGV[5] ~= '' and (ARGV[6] == '' or tonumber(ARGV[6]) > asked) then
  redis.call('ZADD', KEYS[8], 'XX', ARGV[5], ARGV[2])
end
if ARGV[6] ~= '' then redis.call('ZADD', KEYS[9], 'XX', ARGV[6], ARGV[2]) end
redis.call('HINCRBY', KEYS[10], 'polled', ARGV[7])
redis.call('HINCRBY', KEYS[10], 'changed', ARGV[8])
redis.call('HINCRBY', KEYS[10], 'events', appended)
return 'committed'
