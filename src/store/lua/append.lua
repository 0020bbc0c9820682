-- include append-events
-- States events about pixiehook itself, and samples. KEYS 1 account, 2 events, 3 event ids, 4 boxes of cards; ARGV 1 count;
-- then id, type, body, mark, value, card …
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return append_events(KEYS[2], KEYS[3], KEYS[4], 2, tonumber(ARGV[1]))
