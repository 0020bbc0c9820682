-- One look into a mailbox. Answers the receiver's state, the delivery that somebody asked for (then forgotten), and
-- deliveries that are due, oldest first.
-- KEYS 1 due, 2 deliveries, 3 receiver, 4 knock; ARGV 1 now ms, 2 limit
local knock = redis.call('GET', KEYS[4])
if knock then
  redis.call('DEL', KEYS[4])
  -- One that waits in a line for others goes on waiting.
  if not redis.call('ZSCORE', KEYS[1], knock) then knock = nil end
end
local found = {}
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
if #ids > 0 then
  for i, text in ipairs(redis.call('HMGET', KEYS[2], unpack(ids))) do
    -- One whose delivery is not there any more is no work.
    if text then found[#found + 1] = text else redis.call('ZREM', KEYS[1], ids[i]) end
  end
end
return { redis.call('GET', KEYS[3]) or '', knock or '', found }
