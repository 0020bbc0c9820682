import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ApiEnv } from "./env.js";

interface ProblemKind {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** What it means and what to do, for the reference. */
  readonly help: string;
}

const kind = (status: ContentfulStatusCode, title: string, help: string): ProblemKind => ({
  status,
  title,
  help,
});

/** Every code that an answer can carry. A code keeps its status and its meaning. */
export const problemKinds = {
  invalid_request: kind(
    400,
    "The request is not valid",
    "`errors` names each wrong field and what it should be. Nothing was done.",
  ),
  invalid_json: kind(400, "The body is not JSON", "Send one JSON value, in UTF-8."),
  invalid_cursor: kind(
    400,
    "The cursor cannot be read",
    "`after` takes the `next` of an earlier page, unchanged. Begin again without it.",
  ),
  unauthorized: kind(
    401,
    "A valid token is needed",
    "Send `Authorization: Bearer TOKEN`. The first token is printed when pixiehook first starts. A companion whose token is not valid any more is paired anew.",
  ),
  scope_missing: kind(
    403,
    "The token may not do this",
    "`detail` names the scope that it takes. Use such a token, or make one with `POST /v1/tokens`.",
  ),
  not_found: kind(404, "Not found", "Nothing has this id, or it was deleted. `detail` names it."),
  pairing_unknown: kind(
    404,
    "This pairing code is not good",
    "It was mistyped, used already, or is older than ten minutes. Make a new one on the account's page.",
  ),
  errand_over: kind(404, "Nobody waits for this errand", "It took too long, or another browser took it."),
  route_not_found: kind(404, "No such route", "Compare the address with this reference."),
  method_not_allowed: kind(405, "Method not allowed", "The `Allow` header lists the methods of this route."),
  session_inactive: kind(
    409,
    "The account's session is not active",
    "Renew it with `PUT /v1/accounts/{id}/session`, then ask again.",
  ),
  delivery_pending: kind(
    409,
    "The digest is still collecting events",
    "It goes out by itself; `detail` says when. Redeliver it once it was delivered or has failed.",
  ),
  hold_resolved: kind(
    409,
    "This flood was decided already",
    "It was released or discarded before; `detail` says which. Nothing was done.",
  ),
  replay_running: kind(
    409,
    "A replay of this subscription is still running",
    "Wait until it is done, or cancel it; `detail` names it. Nothing was done.",
  ),
  replay_ended: kind(409, "This replay has ended", "It is done or was cancelled before. Nothing was done."),
  subscription_disabled: kind(
    409,
    "The subscription is disabled",
    "Enable it with `PATCH /v1/subscriptions/{id}`, then ask again. Nothing was done.",
  ),
  token_is_setting: kind(
    409,
    "This token is a setting",
    "Change `PIXIEHOOK_API_TOKEN` where pixiehook runs, or remove `api-token` from its data folder, and restart it.",
  ),
  browser_away: kind(
    409,
    "No browser is there to read",
    "Open a browser that is paired with the account, or let the server read: `PATCH /v1/accounts/{id}` with `readBy`.",
  ),
  companion_missing: kind(
    409,
    "No browser is paired with this account",
    "Pair one with `POST /v1/accounts/{id}/pairings` first. Nothing was changed.",
  ),
  read_by_changed: kind(
    409,
    "Who reads this account was changed",
    "Ask for the state with `GET /companion/v1/state`, and hand over what it asks for.",
  ),
  idempotency_in_progress: kind(
    409,
    "A request with this key is still running",
    "Wait a moment and send the same request again.",
  ),
  payload_too_large: kind(
    413,
    "The body is too large",
    "A body may have 1 MiB, and what a browser got for an errand 24 MiB.",
  ),
  unsupported_media_type: kind(
    415,
    "The body must be JSON",
    "Send the body with `Content-Type: application/json`.",
  ),
  session_rejected: kind(
    422,
    "Pixieset does not accept this session",
    "Sign in to Pixieset in a browser and copy the cookies again.",
  ),
  session_of_another: kind(
    422,
    "This session is of another login",
    "`detail` names the login that the account watches: sign in to Pixieset as that, and hand over again.",
  ),
  session_unreadable: kind(
    422,
    "No cookies were found in what was sent",
    "Send a Cookie header, a cookies.txt, a browser's JSON export, or a “Copy as cURL”.",
  ),
  login_not_configured: kind(
    422,
    "Signing in with a password is not set up",
    "Send `cookies`, or set `PIXIESET_LOGIN_URL` where pixiehook runs.",
  ),
  email_not_configured: kind(
    422,
    "Sending email is not set up",
    "Set `SMTP_URL` and `EMAIL_FROM` where pixiehook runs.",
  ),
  url_not_allowed: kind(
    422,
    "This address may not be reached",
    "Use a public https address, or allow its network with `PIXIEHOOK_ALLOWED_NETWORKS`.",
  ),
  account_not_found: kind(422, "The account in the body does not exist", "Use the id of an account."),
  account_missing: kind(
    422,
    "There is no account yet",
    "Connect one with `POST /v1/accounts`, then ask again.",
  ),
  subscription_not_found: kind(
    422,
    "A subscription in the body does not exist",
    "Use the id of a subscription; `detail` names the one that is none. Nothing was sent.",
  ),
  not_wanted: kind(
    422,
    "The subscription does not want such events",
    "`detail` says what it wants. Choose another type, or change it with `PATCH /v1/subscriptions/{id}`.",
  ),
  idempotency_key_reused: kind(
    422,
    "This key belongs to another request",
    "Use a new `Idempotency-Key` for each different request.",
  ),
  too_many_failures: kind(
    429,
    "Too many wrong tokens or pairing codes came from this address",
    "Twenty a minute are let through. Mend the token or the code, then ask again after the seconds in `Retry-After`.",
  ),
  rate_limited: kind(
    429,
    "This token makes too many requests",
    "Ask again after the seconds in `Retry-After`. `RateLimit-Limit`, `-Remaining` and `-Reset` are on every answer.",
  ),
  too_many_streams: kind(
    429,
    "This token has too many event streams open",
    "Close one, or let programs share one.",
  ),
  internal: kind(500, "Something went wrong on our side", "The log has the details under the request id."),
  upstream_unreachable: kind(
    502,
    "Pixieset could not be reached",
    "Nothing was changed. Ask again in a moment.",
  ),
  unavailable: kind(
    503,
    "The store cannot be reached",
    "Redis is away. Ask again after the seconds in `Retry-After`; nothing that was accepted is lost.",
  ),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemKinds;

/** One wrong place of a request. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Ends a request with a problem. Routes throw it; `answerProblem` writes it. */
export class ProblemError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly errors?: readonly FieldError[],
    /** Of the answer. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** The 404 for something that was asked for by id. */
export function notFound(what: string, id: string): ProblemError {
  return new ProblemError("not_found", `There is no ${what} ${JSON.stringify(id)}.`);
}

/** Writes a problem as `application/problem+json`. Source: RFC 9457. */
export function answerProblem(
  c: Context<ApiEnv>,
  publicUrl: string,
  problem: Pick<ProblemError, "code" | "detail" | "errors">,
  headers: Record<string, string> = {},
): Response {
  const { status, title } = problemKinds[problem.code];
  const body = {
    type: `${publicUrl}/docs/errors#${problem.code}`,
    title,
    status,
    detail: problem.detail,
    code: problem.code,
    requestId: c.get("requestId"),
    ...(problem.errors && { errors: problem.errors }),
  };
  return c.body(JSON.stringify(body), status, { "content-type": "application/problem+json", ...headers });
}
