-- Adds events to the log of all accounts, each once. KEYS 1 log, 2 positions by event; ARGV account, event, type …
for i = 1, #ARGV, 3 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i + 1]) == 0 then
    local at = redis.call('XADD', KEYS[1], '*', 'account', ARGV[i], 'event', ARGV[i + 1], 'type', ARGV[i + 2])
    redis.call('HSET', KEYS[2], ARGV[i + 1], at)
  end
end
return 1
