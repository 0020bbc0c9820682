import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { messageOf } from "../errors.js";
import { CursorError, type Refusal } from "../services/shared.js";
import type { ApiEnv } from "./env.js";
import { answerProblem, ProblemError } from "./problem.js";

const awayNames = new Set(["MaxRetriesPerRequestError", "ClusterAllFailedError"]);
const awayMessage =
  /connection is closed|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT.*\.sock|stream isn't writeable|command timed out|max retries per request|connect ETIMEDOUT|CLUSTERDOWN|Cluster redirections|Cluster isn.t ready|startup nodes|^(TRYAGAIN|LOADING|MISCONF|OOM|READONLY) /i;

/** Of several at once (AggregateError), or of the commands of a transaction that Redis refused as a whole. */
function innerErrors(error: Error): readonly unknown[] {
  const { errors = [], previousErrors = [] } = error as { errors?: unknown; previousErrors?: unknown };
  return [errors, previousErrors].flatMap((some) => (Array.isArray(some) ? some : []));
}

/** Whether an error says that Redis cannot be reached right now, anywhere along its causes. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  if (awayMessage.test(error.message) || ("code" in error && awayMessage.test(String(error.code))))
    return true;
  if (awayNames.has(error.name)) return true;
  return [...innerErrors(error), error.cause].some((inner) => isUnavailable(inner, depth + 1));
}

/** Hands an answer on, or ends the request with the problem that a refusal stands for. */
export function unlessRefused<T extends object>(result: T | Refusal): Exclude<T, Refusal> {
  if ("kind" in result && result.kind === "refused") {
    const refusal = result as Refusal;
    const { code, detail } = refusal;
    const place = code === "url_not_allowed" ? [{ path: "channel.url", message: detail }] : undefined;
    throw new ProblemError(code, detail, place);
  }
  return result as Exclude<T, Refusal>;
}

/** Whether a client went away, or was cut off, before its body was whole: it reads like a store that went away. */
const isCutOff = (error: unknown): boolean =>
  error instanceof Error && /^aborted$|prematurely closed/.test(error.message);

function problemOf(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (isCutOff(error)) return new ProblemError("invalid_json", "The body ended before it was whole.");
  if (error instanceof CursorError) {
    return new ProblemError(
      "invalid_cursor",
      "The cursor in `after` is not one that this list gave out, or names an event that is not in it: begin without `after`.",
    );
  }
  if (error instanceof HTTPException && error.status === 400) {
    return new ProblemError("invalid_json", "The body could not be read as JSON.");
  }
  if (error instanceof HTTPException && error.status === 415) {
    return new ProblemError("unsupported_media_type", "Send the body with Content-Type: application/json.");
  }
  if (isUnavailable(error)) {
    return new ProblemError(
      "unavailable",
      "The store cannot be reached right now. Ask again in a few seconds.",
    );
  }
  return null;
}

/** Turns whatever a route threw into a problem. What is not ours to explain is logged and kept inside. */
export function answerFailure(publicUrl: string): ErrorHandler<ApiEnv> {
  return (error, c) => {
    const problem =
      problemOf(error) ??
      new ProblemError(
        "internal",
        "The request was not completed. Quote the request id when you report this.",
      );
    if (problem.code === "internal") c.get("log").error({ err: error }, "request failed");
    if (problem.code === "unavailable") c.get("log").warn({ reason: messageOf(error) }, "store unavailable");
    const headers: Record<string, string> = { ...problem.headers };
    if (problem.code === "unavailable") headers["retry-after"] = "5";
    if (problem.code === "unauthorized") headers["www-authenticate"] = 'Bearer realm="pixiehook"';
    return answerProblem(c, publicUrl, problem, headers);
  };
}
