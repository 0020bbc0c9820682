import { longestHoldMs } from "../domain/backoff.js";
import type { AttemptOutcome } from "../domain/delivery.js";
import type { HttpOutcome } from "./http.js";

export type Answered = Extract<HttpOutcome, { kind: "answered" }>;

/**
 * Milliseconds of a `Retry-After` header: seconds or an HTTP date (RFC 9110, 10.2.3), at most 24 h.
 * Null when it is absent, unreadable or already over.
 */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const isDate = /^[A-Za-z]{3,9},? /.test(text);
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1_000
    : isDate
      ? Date.parse(text) - now.getTime()
      : Number.NaN;
  return ms > 0 ? Math.min(ms, longestHoldMs) : null;
}

/** What a proxy says whose backend cannot keep up (RFC 9110, 15.6.3 and 15.6.5). */
const overloadStatuses: readonly number[] = [502, 504];

/** A failed attempt that takes the next delay on the ladder. */
export function retryLater(error: string, answer?: Answered): AttemptOutcome {
  const overloaded = answer !== undefined && overloadStatuses.includes(answer.status);
  return { kind: "retry", error, afterMs: null, holdMailbox: false, overloaded, ...shown(answer) };
}

/** A receiver that asks for a pause: with a `Retry-After` the whole mailbox waits, without one it is slowed. */
export function retryWhenAsked(error: string, answer: Answered, now: Date): AttemptOutcome {
  const afterMs = retryAfterMs(answer.headers["retry-after"], now);
  const holdMailbox = afterMs !== null;
  return { kind: "retry", error, afterMs, holdMailbox, overloaded: !holdMailbox, ...shown(answer) };
}

/** What is recorded of an answer. */
export function shown(answer?: Answered): { status?: number; responseBody?: string } {
  return answer ? { status: answer.status, responseBody: answer.body } : {};
}
