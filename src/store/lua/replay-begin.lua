-- Begins a replay, unless one runs already; forgets others.
-- KEYS 1 replays, 2 subscription; ARGV 1 replay, 2 replay JSON; then replays to forget …
if redis.call('EXISTS', KEYS[2]) == 0 then return 'gone' end
for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
  if string.find(text, '"status":"running"', 1, true) then return 'running' end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
for i = 3, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
return 'begun'
