-- What the upstream told of its own budgets and still holds. Each is kept as `left ends gap next`: requests left when
-- it was told, and times in ms.
-- `longest`: nothing that was told lasts longer; one that seems to is from before the clock was set back.
local function told_limits(key, now, longest)
  local limits = {}
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local left, ends, gap, next_at = string.match(fields[i + 1], '^(%d+) (%d+) (%d+) (%d+)$')
    local limit = { by = fields[i], left = tonumber(left), ends = tonumber(ends), gap = tonumber(gap), next_at = tonumber(next_at) }
    if limit.ends > now and limit.ends <= now + longest then limits[#limits + 1] = limit end
  end
  return limits
end

local function keep_limit(key, limit)
  redis.call('HSET', key, limit.by, string.format('%.0f %.0f %.0f %.0f', limit.left, limit.ends, limit.gap, limit.next_at))
end
