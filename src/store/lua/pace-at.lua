-- The share of its budget that an account may use now: `paceAt` in src/domain/pace.ts.
local function pace_at(text, now, recovery)
  if not text then return 1 end
  local pace = cjson.decode(text)
  return math.min(1, pace.factor + math.max(0, now - pace.at) / recovery)
end
