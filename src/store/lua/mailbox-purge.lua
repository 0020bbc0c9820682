-- Deletes deliveries whatever they wait for, with the lines and the groups that they stand in: all in those go along.
-- KEYS 1 due, 2 deliveries, 3 groups, 4 lines, 5 index, 6 finished, 7 members; ARGV 1 prefix of digest keys; then for each:
--      delivery, group, line (empty: none)
-- include forget-delivery
for i = 2, #ARGV, 3 do
  redis.call('ZREM', KEYS[1], ARGV[i])
  if ARGV[i + 1] ~= '' then redis.call('HDEL', KEYS[3], ARGV[i + 1]) end
  if ARGV[i + 2] ~= '' then redis.call('HDEL', KEYS[4], ARGV[i + 2]) end
  forget_delivery(ARGV[i], ARGV[1])
end
return 1
