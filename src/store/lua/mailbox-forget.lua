-- Deletes deliveries that wait no more; one that somebody asked for again meanwhile is kept.
-- KEYS 1 due, 2 deliveries, 3 groups, 4 lines, 5 index, 6 finished, 7 members; ARGV 1 prefix of digest keys, then the
--      deliveries
-- include forget-delivery
for i = 2, #ARGV do
  if not string.find(redis.call('HGET', KEYS[2], ARGV[i]) or '', '"status":"pending"', 1, true) then
    redis.call('ZREM', KEYS[1], ARGV[i])
    forget_delivery(ARGV[i], ARGV[1])
  end
end
return #ARGV - 1
