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

/** What an upstream says of its own budget: requests left, and milliseconds until there are more. */
export interface UpstreamLimit {
  readonly remaining: number;
  readonly resetMs: number;
}

/** Headers longer than this are no budget. */
const longestHeader = 1_000;
const numberOf = (text: string | undefined) => (/^\d+$/.test(text ?? "") ? Number(text) : null);

/** Items of `"burst";r=0;t=5, "day";r=900;t=4000`, or of the older `limit=10, remaining=0, reset=5`, which is one. */
function combined(header: string): { remaining: string | undefined; reset: string | undefined }[] {
  const member = (item: string, short: string, long: string) =>
    new RegExp(`(?:^|[;,\\s])(?:${long}|${short})\\s*=\\s*(\\d+)(?![\\d.])`, "i").exec(item)?.[1];
  const items = /(?:^|[,\s])(?:remaining|reset)\s*=/i.test(header) ? [header] : header.split(",");
  return items.map((item) => ({
    remaining: member(item, "r", "remaining"),
    reset: member(item, "t", "reset"),
  }));
}

/**
 * What the RateLimit-* or X-RateLimit-* headers say; of several budgets the one that lets the fewest requests through
 * until its reset. Null when they say nothing, or nonsense. Source: draft-ietf-httpapi-ratelimit-headers 03 (three
 * headers), 07 (`remaining=0, reset=5`) and later (`"default";r=0;t=5`).
 */
export function toldLimit(headers: Headers, now: number): UpstreamLimit | null {
  const single = (name: string) =>
    headers[`ratelimit-${name}`] ?? headers[`x-ratelimit-${name}`] ?? headers[`x-rate-limit-${name}`];
  const [left = "", reset = ""] = [single("remaining"), single("reset")];
  const all = headers.ratelimit ?? "";
  if (Math.max(left.length, reset.length, all.length) > longestHeader) return null;
  // A header that came twice says two budgets; a date has a comma of its own.
  const resets = /[a-z]/i.test(reset) ? [reset] : reset.split(",");
  const pairs = left.split(",").map((remaining, i) => ({ remaining, reset: resets[i] ?? resets[0] }));
  const limits = [...pairs, ...combined(all)].flatMap((said) => {
    const remaining = numberOf(said.remaining?.trim());
    const untilReset = said.reset ? resetMs(said.reset.trim(), now) : null;
    return remaining === null || !untilReset ? [] : [{ remaining, resetMs: untilReset }];
  });
  const gap = (limit: UpstreamLimit) => limit.resetMs / (limit.remaining + 1);
  return limits.sort((a, b) => gap(b) - gap(a))[0] ?? null;
}

/** How long the budget of these headers is used up, ms; null when it is not, or they say nothing. */
export function rateLimitMs(headers: Headers, now: number): number | null {
  const limit = toldLimit(headers, now);
  return limit?.remaining === 0 ? limit.resetMs : null;
}
