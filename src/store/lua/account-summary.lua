-- An account in numbers: its session, rate, sources by status, floods that are held, and requests of the last minute;
-- when a source was last read, and the one that failed most often in a row, as it is written.
-- KEYS 1 record, 2 sources, 3 holds, 4 requests
local record = redis.call('HMGET', KEYS[1], 'session', 'rate')
if not record[1] then return {} end
local function status(text)
  -- A quote within a text would have a backslash before it. A source that is well says nothing of its status.
  local from = string.find(text, '"status":"', 1, true)
  return from and string.match(text, '^%a+', from + 10) or 'active'
end
local counts = { waiting = 0, active = 0, failing = 0, off = 0 }
local readAt, worst, failures = 0, { '', '' }, -1
local sources = redis.call('HGETALL', KEYS[2])
for i = 1, #sources, 2 do
  local text = sources[i + 1]
  local found = status(text)
  counts[found] = (counts[found] or 0) + 1
  local polled = tonumber(string.match(text, '"lastPolledAt":(%d+)') or 0)
  if polled > readAt then readAt = polled end
  local failed = found == 'failing' and tonumber(string.match(text, '"failures":(%d+)') or 0) or -1
  if failed > failures then worst, failures = { sources[i], text }, failed end
end
local held = 0
for _, text in ipairs(redis.call('HVALS', KEYS[3])) do
  if status(text) == 'held' then held = held + 1 end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local used = redis.call('ZCOUNT', KEYS[4], '(' .. (now - 60000), '+inf')
return {
  status(record[1]), record[2] or '0', counts.waiting, counts.active, counts.failing, counts.off, held, used,
  readAt, worst[1], worst[2]
}
