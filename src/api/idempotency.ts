import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./env.js";
import { ProblemError } from "./problem.js";

/** An answer that is kept to be given again. The body can hold a new signing secret: store it encrypted. */
export interface StoredAnswer {
  /** Hash over address and body of the POST that it answered. */
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where answers are kept. Keys are hashes, safe in any store. */
export interface IdempotencyStore {
  get(key: string): Promise<StoredAnswer | null>;
  /** `about`: ids that the answer names; deleting one of these things deletes the answer. */
  put(key: string, answer: StoredAnswer, ttlSeconds: number, about: readonly string[]): Promise<void>;
  /** Takes the key for one request, however long: a function that gives it back, or null while another holds it. */
  lock(key: string, ttlSeconds: number): Promise<(() => Promise<void>) | null>;
}

const keptSeconds = 86_400;
/** How long the key of a process that was killed is held: whoever asks again is not kept waiting for long. */
const lockSeconds = 15;
/** Accounts, subscriptions and tokens; the ids of all else carry their owner's. */
const ownerIds = /\b(?:acc|sub|tok)_[0-9a-z]{16}\b/g;
const wellFormed = /^[\x21-\x7e]{1,255}$/;

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** Gives the same answer to the same POST with the same `Idempotency-Key`. Failures are not kept. */
export function honourIdempotencyKey(store: IdempotencyStore | undefined): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const given = c.req.method === "POST" ? c.req.header("idempotency-key") : undefined;
    if (given === undefined) return next();
    if (!wellFormed.test(given)) {
      const message = "must be 1 to 255 visible ASCII characters";
      throw new ProblemError("invalid_request", `The Idempotency-Key ${message}.`, [
        { path: "Idempotency-Key", message },
      ]);
    }
    if (!store) return next();

    // What was asked for is done by then: a store that went away meanwhile must not turn it into a failure.
    const forget = (error: unknown) =>
      c.get("log").warn({ err: error }, "answer not kept for its idempotency key");
    const key = hash([c.req.header("authorization") ?? "", given]);
    const { pathname, search } = new URL(c.req.url);
    const fingerprint = hash([pathname, search, await c.req.text()]);
    const replay = (answer: StoredAnswer): Response => {
      if (answer.fingerprint !== fingerprint) {
        throw new ProblemError(
          "idempotency_key_reused",
          "Another request was made with this Idempotency-Key.",
        );
      }
      const headers = { ...answer.headers, "idempotent-replayed": "true" };
      return new Response(answer.body === "" ? null : answer.body, { status: answer.status, headers });
    };

    const kept = await store.get(key);
    if (kept) return replay(kept);
    const release = await store.lock(key, lockSeconds);
    if (!release) {
      throw new ProblemError("idempotency_in_progress", "The first request with this key has not ended yet.");
    }
    try {
      // The other holder may have ended between the look and the lock.
      const late = await store.get(key);
      if (late) return replay(late);
      await next();
      if (!c.res.ok) return;
      const body = await c.res.clone().text();
      const headers: Record<string, string> = {};
      for (const name of ["content-type", "location"]) {
        const value = c.res.headers.get(name);
        if (value !== null) headers[name] = value;
      }
      const about = new Set(`${pathname} ${body}`.match(ownerIds));
      const answer = { fingerprint, status: c.res.status, headers, body };
      await store.put(key, answer, keptSeconds, [...about]).catch(forget);
    } finally {
      await release().catch(forget);
    }
  };
}
