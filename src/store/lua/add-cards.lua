-- Puts cards behind the rows that are added to a stream: 4,096 of 24 bytes to a box, so that a list reads a million of
-- them in 24 MB. `boxes` is a sorted set: the position of the first card of a box → its number; the box is `boxes`:number.
-- A card (little-endian): time ms low, sequence, time ms high 16, type 16, account 30 and matched 2, collection,
-- client id 16, client email 16. Matched: 0 not noted, 1 nobody wanted it, 2 somebody did.
local function card_writer(boxes)
  local full = 4096 * 24
  local last = redis.call('ZREVRANGE', boxes, 0, 0, 'WITHSCORES')
  local number = last[2] and tonumber(last[2])
  local size = number and redis.call('STRLEN', boxes .. ':' .. last[2]) or full
  -- `at` is the index in ARGV of type, account, collection, client id, client email.
  return function(position, at, matched)
    local ms, sequence = string.match(position, '^(%d+)-(%d+)$')
    ms, sequence = tonumber(ms), tonumber(sequence)
    if size >= full then
      number, size = number and number + 1 or 0, 0
      redis.call('ZADD', boxes, number, position)
    end
    local high = math.floor(ms / 4294967296)
    local account = tonumber(ARGV[at + 1]) * 4 + matched
    local card = struct.pack('<I4I4I2I2I4I4I2I2', ms - high * 4294967296, sequence, high, tonumber(ARGV[at]),
      account, tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]))
    redis.call('APPEND', boxes .. ':' .. string.format('%d', number), card)
    size = size + 24
  end
end
