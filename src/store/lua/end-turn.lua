-- Gives the turn to make requests back. The gap to the next one begins anew, with the answer: a request that went out, or
-- was noted, late would have the next one at its heels.
-- KEYS 1 turn, 2 pace; ARGV 1 holder, 2 whether the upstream answered well
if ARGV[2] == '1' then redis.call('HDEL', KEYS[2], 'troubles') end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('HEXISTS', KEYS[2], 'last') == 1 then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[2], 'last', time[1] * 1000 + math.floor(time[2] / 1000))
end
return redis.call('DEL', KEYS[1])
