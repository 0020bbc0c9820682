-- include add-cards
-- Appends events to an account's stream, each id once, with their cards. `from` is the index in ARGV of the first id,
-- type, body, mark, value, and the five numbers of its card. Marks: 'hold' (held back, by which flood), 'only' (for which
-- subscriptions), or empty.
local function append_events(stream, ids, boxes, from, count)
  local appended = 0
  local add_card = card_writer(boxes)
  for i = 0, count - 1 do
    local at = from + i * 10
    local id, type, body, mark, value = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
    if redis.call('HEXISTS', ids, id) == 0 then
      local fields = { 'id', id, 'type', type, 'body', body }
      if mark ~= '' then
        fields[7], fields[8] = mark, value
      end
      local position = redis.call('XADD', stream, '*', unpack(fields))
      redis.call('HSET', ids, id, position)
      add_card(position, at + 5, 0)
      appended = appended + 1
    end
  end
  return appended
end
