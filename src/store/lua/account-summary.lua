-- An account in numbers: its session, rate, sources by status, floods that are held, and requests of the last minute.
-- KEYS 1 record, 2 sources, 3 holds, 4 requests
local record = redis.call('HMGET', KEYS[1], 'session', 'rate')
if not record[1] then return {} end
local function status(text)
  -- A quote within a text would have a backslash before it. A source that is well says nothing of its status.
  local from = string.find(text, '"status":"', 1, true)
  return from and string.match(text, '^%a+', from + 10) or 'active'
end
local counts = { waiting = 0, active = 0, failing = 0, off = 0 }
for _, text in ipairs(redis.call('HVALS', KEYS[2])) do
  local found = status(text)
  counts[found] = (counts[found] or 0) + 1
end
local held = 0
for _, text in ipairs(redis.call('HVALS', KEYS[3])) do
  if status(text) == 'held' then held = held + 1 end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local used = redis.call('ZCOUNT', KEYS[4], '(' .. (now - 60000), '+inf')
return {
  status(record[1]), record[2] or '0', counts.waiting, counts.active, counts.failing, counts.off, held, used
}
