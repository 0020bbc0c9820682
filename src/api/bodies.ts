import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createSeats } from "../streams.js";
import type { ApiEnv } from "./env.js";
import { ProblemError } from "./problem.js";

const mebibyte = 1_048_576;
/** What a browser got: a page of 20 MB, written as JSON. */
const answers = /^\/companion\/v1\/errands\/[^/]+\/answer$/;

/** Answers of one companion that are read at once. It is asked for one at a time; another may have come too late. */
const answersAtOnce = 2;

function limitTo(mebibytes: number): MiddlewareHandler<ApiEnv> {
  return bodyLimit({
    maxSize: mebibytes * mebibyte,
    onError: () => {
      throw new ProblemError("payload_too_large", `A request body may have ${mebibytes} MiB here.`);
    },
  });
}

/** Refuses bodies that are too large before they are read, and does not read many large ones of a companion at once. */
export function limitBodies(): MiddlewareHandler<ApiEnv> {
  const [usual, large] = [limitTo(1), limitTo(24)];
  const seats = createSeats(answersAtOnce);
  return async (c, next) => {
    const entry = answers.test(c.req.path) ? c.get("companion") : undefined;
    if (!entry) return usual(c, next);
    const leave = seats.take(entry.companion.id);
    if (!leave) {
      const detail = "Answers of this companion are being read already: send one at a time.";
      throw new ProblemError("rate_limited", detail, undefined, { "retry-after": "1" });
    }
    try {
      return await large(c, next);
    } finally {
      leave();
    }
  };
}
