import type { MiddlewareHandler } from "hono";
import { messageOf } from "../errors.js";
import { createSeats } from "../streams.js";
import type { ApiEnv } from "./env.js";
import { ProblemError } from "./problem.js";

/** How many requests a token may make, counted over all processes. */
export interface RequestRate {
  readonly perMinute: number;
  /** Takes one request of a token. `left`: how many more there are now; `waitMs`: until the next one. */
  take(token: string): Promise<{ readonly granted: number; readonly left: number; readonly waitMs: number }>;
}

/** How long (ms) a store that does not answer may hold a request up here: the route itself says that it is away. */
const patienceMs = 1_000;

/** Refuses requests beyond a token's rate, and says on every answer how much of it is left. */
export function limitRequests(rate: RequestRate | undefined): MiddlewareHandler<ApiEnv> {
  if (!rate) return (_, next) => next();
  const { perMinute } = rate;

  return async (c, next) => {
    if (c.req.method === "OPTIONS") return next();
    const token = c.get("token");
    const taken = await withPatience(rate.take(token.id)).catch((error: unknown) => {
      c.get("log").debug({ reason: messageOf(error) }, "requests of this token were not counted");
      return null;
    });
    if (taken === null) return next();
    const { granted, left, waitMs } = taken;
    const reset = Math.ceil(((perMinute - left) * 60) / perMinute);
    const told = {
      "ratelimit-limit": String(perMinute),
      "ratelimit-remaining": String(left),
      "ratelimit-reset": String(reset),
    };
    if (granted === 0) {
      const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
      const detail = `This token may make ${perMinute} requests a minute (PIXIEHOOK_API_RATE_LIMIT): ask again in ${seconds} s.`;
      throw new ProblemError("rate_limited", detail, undefined, { ...told, "retry-after": String(seconds) });
    }
    await next();
    for (const [name, value] of Object.entries(told)) c.header(name, value);
  };
}

async function withPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the store does not answer")), patienceMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Seats of event streams: each token has some in this process. */
export interface StreamSeats {
  /** Takes a seat; a function that gives it back. Throws `ProblemError` when all are taken. */
  take(token: string): () => void;
}

export function createStreamSeats(perToken: number): StreamSeats {
  const seats = createSeats(perToken);
  return {
    take(token) {
      const leave = seats.take(token);
      if (leave) return leave;
      const detail = `This token has ${perToken} event streams open, which is the most: close one, or let programs share one.`;
      throw new ProblemError("too_many_streams", detail, undefined, { "retry-after": "5" });
    },
  };
}
