-- include append-events
-- include put-buckets
-- include source-text
-- One step of a poll: snapshot, events, source state and schedule move together, or nothing does.
-- KEYS 1 fence, 2 sources, 3 versions, 4 snapshot, 5 digests, 6 staged, 7 staged digests, 8 events, 9 event ids,
--      10 due, 11 polled, 12 totals, 13 holds, 14 epochs, 15 boxes of cards
-- ARGV 1 fencing token, 2 source, 3 expected version, 4 fields, 5 next poll, 6 ticket, 7 polled, 8 changed,
--      9 replace the snapshot by the staged one, 10 hold id, 11 hold, 12 length of a digest, 13 buckets, 14 events,
--      15 epoch; then index, value, digest …, id, type, body, mark, value, card …
-- Ticket, hold: empty to leave as they are.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
local source = read_source(KEYS[2], KEYS[3], KEYS[14], ARGV[2])
if not source then return 'dropped' end
if source.version ~= ARGV[3] then return 'conflict' end

if ARGV[9] == '1' then
  redis.call('UNLINK', KEYS[4], KEYS[5])
  if redis.call('EXISTS', KEYS[6]) == 1 then
    redis.call('RENAME', KEYS[6], KEYS[4])
    redis.call('RENAME', KEYS[7], KEYS[5])
  end
end
if ARGV[10] ~= '' then redis.call('HSETNX', KEYS[13], ARGV[10], ARGV[11]) end
local buckets = tonumber(ARGV[13])
put_buckets(KEYS[4], KEYS[5], tonumber(ARGV[12]), 16, buckets)
local appended = append_events(KEYS[8], KEYS[9], KEYS[15], 16 + buckets * 3, tonumber(ARGV[14]))

local version = source.version + 1
local snapshot = (ARGV[9] == '1' or buckets > 0) and version or source.snapshot
write_source(KEYS[2], KEYS[3], KEYS[14], ARGV[2], version, snapshot, ARGV[15], ARGV[4])
-- Whoever asked for a poll after this one began still waits for the next: the source stays due, or is due sooner.
local asked = tonumber(redis.call('HGET', KEYS[12], 'asked') or '0')
if ARGV[6] == '' or tonumber(ARGV[6]) > asked then
  redis.call('ZADD', KEYS[10], 'XX', ARGV[5], ARGV[2])
else
  redis.call('ZADD', KEYS[10], 'XX', 'LT', ARGV[5], ARGV[2])
end
if ARGV[6] ~= '' then redis.call('ZADD', KEYS[11], 'XX', ARGV[6], ARGV[2]) end
redis.call('HINCRBY', KEYS[12], 'polled', ARGV[7])
redis.call('HINCRBY', KEYS[12], 'changed', ARGV[8])
redis.call('HINCRBY', KEYS[12], 'events', appended)
return 'committed'
