-- Records what became of deliveries together with their places in the mailbox, and how the receiver is. Said twice, it
-- counts once: the attempts that the caller saw must still be the attempts there are. Answers 1 or 0 for each.
-- KEYS 1 due, 2 deliveries, 3 lines, 4 receiver, 5 index, 6 finished, 7 members, 8 trimmed, 9 subscription;
-- ARGV 1 now ms, 2 receiver JSON (empty: as it is), 3 when the subscription that this is about was changed, 4 how many
--      finished ones are kept, 5 prefix of digest keys, 6 count; then for each: delivery, attempts seen, delivery JSON,
--      next attempt ms (empty: none), line
-- include forget-delivery
if redis.call('EXISTS', KEYS[9]) == 0 then return {} end
-- What was answered to a subscription as it was says nothing about one that was switched on again, or changed.
if ARGV[2] ~= '' and string.find(redis.call('GET', KEYS[9]), '"updatedAt":"' .. ARGV[3] .. '"', 1, true) then
  redis.call('SET', KEYS[4], ARGV[2])
end
local recorded = {}
for i = 0, tonumber(ARGV[6]) - 1 do
  local at = 7 + i * 5
  local id, next, line = ARGV[at], ARGV[at + 3], ARGV[at + 4]
  local current = redis.call('HGET', KEYS[2], id)
  -- Not decoded: text that Lua's reader does not know (a lone surrogate) must not keep an outcome from being recorded.
  if not current or string.match(current, '"attemptCount":(%d+)') ~= ARGV[at + 1] then
    recorded[i + 1] = 0
  else
    recorded[i + 1] = 1
    redis.call('HSET', KEYS[2], id, ARGV[at + 2])
    if next ~= '' then
      redis.call('ZADD', KEYS[1], next, id)
      redis.call('ZREM', KEYS[6], id)
    else
      redis.call('ZREM', KEYS[1], id)
      redis.call('ZADD', KEYS[6], ARGV[1], id)
      local waiting = line ~= '' and redis.call('HGET', KEYS[3], line)
      if waiting and string.match(waiting, '^%S+') == id then
        local rest = string.match(waiting, '^%S+ (.+)$')
        if rest then
          redis.call('HSET', KEYS[3], line, rest)
          redis.call('ZADD', KEYS[1], ARGV[1], (string.match(rest, '^%S+')))
        else
          redis.call('HDEL', KEYS[3], line)
        end
      elseif waiting then
        local from, to = string.find(waiting, ' ' .. id, 1, true)
        if from then redis.call('HSET', KEYS[3], line, string.sub(waiting, 1, from - 1) .. string.sub(waiting, to + 1)) end
      end
    end
  end
end
local excess = redis.call('ZCARD', KEYS[6]) - tonumber(ARGV[4])
if excess > 0 then
  -- A few at a time: whoever upgrades with many of them does not wait for it.
  for _, id in ipairs(redis.call('ZRANGE', KEYS[6], 0, math.min(excess, 50 + tonumber(ARGV[6])) - 1)) do
    local made = tonumber(redis.call('ZSCORE', KEYS[5], id) or '0')
    if made > tonumber(redis.call('GET', KEYS[8]) or '0') then redis.call('SET', KEYS[8], string.format('%.0f', made)) end
    forget_delivery(id, ARGV[5])
  end
end
return recorded
