-- A source is kept as `version snapshot-version epoch {fields}`; an earlier release kept JSON, and the rest elsewhere.
local function read_source(sources, versions, epochs, id)
  local text = redis.call('HGET', sources, id)
  if not text then return nil end
  local version, snapshot, epoch = string.match(text, '^(%d+) (%d+) (%d+) ')
  if version then return { version = version, snapshot = snapshot, epoch = epoch } end
  version = redis.call('HGET', versions, id) or '0'
  return { version = version, snapshot = version, epoch = redis.call('HGET', epochs, id) or '1' }
end

local function write_source(sources, versions, epochs, id, version, snapshot, epoch, fields)
  redis.call('HSET', sources, id, version .. ' ' .. snapshot .. ' ' .. epoch .. ' ' .. fields)
  redis.call('HDEL', versions, id)
  redis.call('HDEL', epochs, id)
end
