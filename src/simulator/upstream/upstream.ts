import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { World } from "../world.js";
import type { Cell } from "./cells.js";
import { type DialectName, dialects } from "./dialects.js";
import type { Fault, Faults } from "./faults.js";
import { isListTrouble, type Paging, readPaging } from "./paging.js";
import { refuse } from "./refusals.js";
import type { RequestLog, UpstreamRequest } from "./requests.js";
import type { Host, Session, Sessions } from "./session.js";
import { withBadRows, withBigIds } from "./spoil.js";
import type { Volatile } from "./volatile.js";

/** Nobody; requests that no browser sent; everybody, until a person has passed the page. */
export const challengedKinds = ["nobody", "servers", "everybody"] as const;
export type Challenged = (typeof challengedKinds)[number];

/** Everything that the simulated hosts answer from. */
export interface Upstream {
  readonly world: World;
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly volatile: Volatile;
  /** Can be changed while it runs: the endpoint that changes its shape overnight. */
  dialect: DialectName;
  /** Requests a minute that a session may make before it gets 429; null: no limit. */
  rateLimit: number | null;
  /** Whether the login form stands behind a bot challenge. */
  loginChallenge: boolean;
  /** Who meets a bot challenge on every path of both hosts. */
  challenged: Challenged;
  /** What lets browsers pass where everybody is challenged; `set` empties it. */
  readonly clearances: Set<string>;
  /** Where the two hosts have names of their own; null: one origin for both. */
  readonly hostNames: Readonly<Record<Host, string>> | null;
  /** Somebody else, with a studio and lists of her own. */
  readonly stranger: World;
  /** Whether numeric row ids stand beyond 2^53. */
  bigIds: boolean;
  /** Whether answers carry validators, and one that has not changed is answered with 304. */
  etags: boolean;
  /** Ends answers that would otherwise never come. */
  readonly closing: AbortSignal;
}

/** What travels with a request. */
export interface UpstreamEnv {
  Bindings: HttpBindings;
  Variables: {
    entry: UpstreamRequest;
    fault: Fault | null;
    bigIds: boolean;
    /** Null: nobody is signed in. */
    session: Session | null;
  };
}

export type UpstreamContext = Context<UpstreamEnv>;

/** Rows on a listing page, and on others where the request names no number. */
export const perPage = { listing: 24, collection: 50, studio: 25 } as const;

/** Answers with a list, or 422 when the page asked for is not a number. */
export function answerList(
  context: UpstreamContext,
  defaultPerPage: number,
  body: (paging: Paging, path: string) => Cell,
): Response {
  const fault = context.get("fault");
  const rows = fault?.rows ?? 1;
  const trouble = isListTrouble(fault?.kind) ? { kind: fault.kind, rows } : null;
  const paging = readPaging((name) => context.req.query(name), defaultPerPage, trouble);
  if (paging === null) return refuse("422", "");
  const { origin, pathname } = new URL(context.req.url);
  const honest = body(paging, origin + pathname);
  const answer = fault?.kind === "bad-rows" ? withBadRows(honest, rows) : honest;
  if (!context.get("bigIds")) return context.json(answer);
  return context.body(withBigIds(answer), 200, { "content-type": "application/json" });
}

/** The dialect that is spoken now. */
export function dialectOf(upstream: Upstream) {
  return dialects[upstream.dialect];
}
