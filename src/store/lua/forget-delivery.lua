-- Deletes a finished delivery, with its digest. Needs KEYS 2 deliveries, 5 index, 6 finished, 7 members.
local function forget_delivery(id, digests)
  redis.call('HDEL', KEYS[2], id)
  redis.call('ZREM', KEYS[5], id)
  redis.call('ZREM', KEYS[6], id)
  for _, event in ipairs(redis.call('LRANGE', digests .. id, 0, -1)) do redis.call('HDEL', KEYS[7], event) end
  redis.call('DEL', digests .. id)
end
