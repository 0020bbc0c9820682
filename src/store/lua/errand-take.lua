-- Gives the page that waits to be got to a browser, once, and says that this one reads. While another one reads, it is
-- given only what is for itself, or what that one has left lying: pages of one list should come from one browser.
-- A browser that comes where none was changes nothing before that was announced.
-- KEYS 1 errand, 2 attending; ARGV 1 browser, 2 its sign-in, 3 how long it counts as there ms, 4 left lying for ms,
-- 5 1 when it was announced
local reader = redis.call('GET', KEYS[2])
if not reader and ARGV[5] ~= '1' then return { 1, false } end
local errand = redis.call('HMGET', KEYS[1], 'text', 'at', 'by', 'for')
local own = errand[4] == ARGV[1]
local open = errand[1] and not errand[3] and (own or not errand[4])
local reads = not reader or reader == ARGV[1]
if not reads and not (open and own) then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if not open or now - tonumber(errand[2]) < tonumber(ARGV[4]) then return { 0, false } end
  reads = true
end
-- One that is asked something of its own is not the one that reads for that.
if reads then redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3]) end
local news = reader and 0 or 1
if not open then return { news, false } end
redis.call('HSET', KEYS[1], 'by', ARGV[1], 'sign-in', ARGV[2])
return { news, errand[1] }
