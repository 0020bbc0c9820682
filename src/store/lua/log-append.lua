-- include add-cards
-- Adds events to the log of all accounts, each once. KEYS 1 log, 2 positions by event, 3 boxes of cards;
-- ARGV account, event, type, how many wanted it (empty: not noted), the five numbers of its card …
local add_card = card_writer(KEYS[3])
for i = 1, #ARGV, 9 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i + 1]) == 0 then
    local fields, matched = { 'account', ARGV[i], 'event', ARGV[i + 1], 'type', ARGV[i + 2] }, 0
    if ARGV[i + 3] ~= '' then
      fields[7], fields[8] = 'matched', ARGV[i + 3]
      matched = ARGV[i + 3] == '0' and 1 or 2
    end
    local position = redis.call('XADD', KEYS[1], '*', unpack(fields))
    redis.call('HSET', KEYS[2], ARGV[i + 1], position)
    add_card(position, i + 4, matched)
  end
end
return 1
