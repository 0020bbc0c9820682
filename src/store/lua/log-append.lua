-- Adds events to the log of all accounts, each once. KEYS 1 log, 2 positions by event;
-- ARGV account, event, type, how many wanted it (empty: not noted) …
for i = 1, #ARGV, 4 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i + 1]) == 0 then
    local fields = { 'account', ARGV[i], 'event', ARGV[i + 1], 'type', ARGV[i + 2] }
    if ARGV[i + 3] ~= '' then
      fields[7], fields[8] = 'matched', ARGV[i + 3]
    end
    redis.call('HSET', KEYS[2], ARGV[i + 1], redis.call('XADD', KEYS[1], '*', unpack(fields)))
  end
end
return 1
