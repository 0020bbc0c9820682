import type { AttemptOutcome } from "../domain/delivery.js";
import type { HttpOutcome } from "./http.js";

export type Answered = Extract<HttpOutcome, { kind: "answered" }>;

const maxRetryAfterMs = 24 * 3_600_000;

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
  return ms > 0 ? Math.min(ms, maxRetryAfterMs) : null;
}

/** A failed attempt that takes the next delay on the ladder. */
export function retryLater(error: string, answer?: Answered): AttemptOutcome {
  return { kind: "retry", error, afterMs: null, holdMailbox: false, ...shown(answer) };
}

/** A receiver that asks for a pause: with a `Retry-After` the whole mailbox waits. */
export function retryWhenAsked(error: string, answer: Answered, now: Date): AttemptOutcome {
  const afterMs = retryAfterMs(answer.headers["retry-after"], now);
  return { kind: "retry", error, afterMs, holdMailbox: afterMs !== null, ...shown(answer) };
}

/** What is recorded of an answer. */
export function shown(answer?: Answered): { status?: number; responseBody?: string } {
  return answer ? { status: answer.status, responseBody: answer.body } : {};
}
