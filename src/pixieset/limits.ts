type Headers = Readonly<Record<string, string>>;

const dayMs = 86_400_000;
const clamp = (ms: number) => Math.min(Math.max(Math.ceil(ms), 0), dayMs);

/** Milliseconds of a Retry-After header in seconds or as an HTTP date, at most a day; null when there is none. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers["retry-after"]?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return clamp(Number(value) * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : clamp(date - now);
}

/** A reset that says seconds from now, Unix seconds or milliseconds, or a date. */
function resetMs(value: string, now: number): number | null {
  if (/^\d+(\.\d+)?$/.test(value)) {
    const number = Number(value);
    if (number > 1e11) return clamp(number - now);
    return clamp(number > 1e9 ? number * 1_000 - now : number * 1_000);
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : clamp(date - now);
}

/**
 * How long the budget of the RateLimit-* or X-RateLimit-* headers is used up; null when it is not, or they say
 * nothing. Source: draft-ietf-httpapi-ratelimit-headers 03 (three headers), 07 (`remaining=0, reset=5`) and
 * later (`"default";r=0;t=5`).
 */
export function rateLimitMs(headers: Headers, now: number): number | null {
  const combined = headers.ratelimit ?? "";
  const inCombined = (short: string, long: string) =>
    new RegExp(`(?:^|[;,\\s])(?:${long}|${short})\\s*=\\s*(\\d+)`, "i").exec(combined)?.[1];
  const single = (name: string) =>
    headers[`ratelimit-${name}`] ?? headers[`x-ratelimit-${name}`] ?? headers[`x-rate-limit-${name}`];
  const remaining = single("remaining") ?? inCombined("r", "remaining");
  const reset = single("reset") ?? inCombined("t", "reset");
  if (remaining === undefined || reset === undefined || Number.parseInt(remaining, 10) !== 0) return null;
  return resetMs(reset.trim(), now);
}
