import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

const aheadKey = "test:ahead";

/** In front of each script: TIME, and the ids of new stream entries, are ahead by what the test says (ms). */
const preamble = `
local direct = redis
local ahead = tonumber(direct.call('GET', '${aheadKey}') or '0')
local function time()
  local now = direct.call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000) + ahead
end
local redis = setmetatable({ call = function(name, ...)
  local args = { ... }
  if name == 'TIME' then
    local now = time()
    return { string.format('%.0f', math.floor(now / 1000)), string.format('%.0f', now % 1000 * 1000) }
  end
  if name == 'XADD' and args[2] == '*' then
    local now, last = time(), direct.call('XREVRANGE', args[1], '+', '-', 'COUNT', 1)[1]
    local ms, sequence = string.match(last and last[1] or '0-0', '(%d+)-(%d+)')
    args[2] = tonumber(ms) >= now and ms .. '-' .. (sequence + 1) or string.format('%.0f-1', now)
  end
  return direct.call(name, unpack(args))
end }, { __index = direct })
`;

const hashOf = (text: string) => createHash("sha1").update(text).digest("hex");

/** A connection over which scripts see the time of Redis as the test moved it. */
export function throughAhead(client: Redis): Redis {
  const moved = new Map<string, string>();
  return new Proxy(client, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name === "eval")
        return (text: string, ...rest: [number, ...string[]]) => {
          moved.set(hashOf(text), hashOf(preamble + text));
          return target.eval(preamble + text, ...rest);
        };
      if (name === "evalsha")
        return async (hash: string, ...rest: [number, ...string[]]) => {
          const known = moved.get(hash);
          if (known === undefined) throw new Error("NOSCRIPT");
          return target.evalsha(known, ...rest);
        };
      return member.bind(target);
    },
  });
}

/** Every key that ends by itself ends sooner. ARGV 1 ms */
const age = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end
end
`;

/** Moves the time of Redis on: of its scripts, and of every key that ends by itself. */
export async function moveRedis(client: Redis, ms: number): Promise<void> {
  await client.incrby(aheadKey, ms);
  await client.eval(age, 0, String(ms));
}
