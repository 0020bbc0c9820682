-- Deletes deliveries that wait no more.
-- KEYS 1 due, 2 deliveries, 3 groups, 4 lines, 5 index, 6 finished, 7 members; ARGV 1 prefix of digest keys, then the
--      deliveries
-- include forget-delivery
for i = 2, #ARGV do
  redis.call('ZREM', KEYS[1], ARGV[i])
  forget_delivery(ARGV[i], ARGV[1])
end
return #ARGV - 1
