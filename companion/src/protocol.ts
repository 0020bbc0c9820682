import { seconds } from "./length.js";
import { type Errand, fieldsOf, readErrand, readState, type State } from "./state.js";

/** A cookie as it is handed over, without the time at which it ends. */
export interface HandedCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
}

/** What came of an errand. */
export type ErrandAnswer =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly failure: "unreachable" | "too_slow" | "too_large" };

export type Said<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  /** The token opens nothing any more. */
  | { readonly kind: "ended" }
  | { readonly kind: "refused"; readonly status: number; readonly code: string; readonly detail: string }
  | { readonly kind: "unreachable"; readonly waitMs: number };

/** Where pixiehook is, and the token to show there; null before pairing. */
export interface Access {
  readonly address: string;
  readonly token: string | null;
}

interface Call<Value> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly withinMs: number;
  /** Null: this is no answer of pixiehook. */
  readonly read: (body: unknown) => Value | null;
}

const longestWait = seconds(600);
const longestDetail = 500;

function waitIn(response: Response): number {
  const asked = Number(response.headers.get("retry-after"));
  return Number.isFinite(asked) ? Math.min(Math.max(seconds(asked), 0), longestWait) : 0;
}

async function send(access: Access, { method, path, body, withinMs }: Call<unknown>, signal: AbortSignal) {
  const response = await fetch(`${access.address}/companion/v1${path}`, {
    method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(access.token === null ? {} : { authorization: `Bearer ${access.token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // Nothing of the user's but the token, and to this address alone.
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
  });
  return { response, text: await response.text() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Errors that pixiehook states itself have a code; what else answers in its place does not count as its word. */
async function call<Value>(access: Access, wanted: Call<Value>, signal: AbortSignal): Promise<Said<Value>> {
  const came = await send(access, wanted, signal).catch(() => null);
  if (came === null) return { kind: "unreachable", waitMs: 0 };
  const { response, text } = came;
  const body = parse(text);
  if (response.ok) {
    const value = wanted.read(body);
    return value === null ? { kind: "unreachable", waitMs: 0 } : { kind: "ok", value };
  }
  const { code, detail } = fieldsOf(body);
  if (response.status === 401 && code === "unauthorized") return { kind: "ended" };
  const isTrouble = typeof code !== "string" || response.status === 429 || response.status >= 500;
  if (isTrouble && code !== "upstream_unreachable") return { kind: "unreachable", waitMs: waitIn(response) };
  const sentence = typeof detail === "string" ? detail.slice(0, longestDetail) : "";
  return { kind: "refused", status: response.status, code: String(code), detail: sentence };
}

export interface Paired {
  readonly token: string;
  readonly state: State;
}

/** Exchanges a code. A refusal of too many wrong codes is told apart by its status. */
export async function pair(
  address: string,
  input: { readonly code: string; readonly browser: string },
  signal: AbortSignal,
): Promise<Said<Paired>> {
  const read = (body: unknown) => {
    const { token, state } = fieldsOf(body);
    const told = readState(state);
    return typeof token === "string" && told !== null ? { token, state: told } : null;
  };
  return call(
    { address, token: null },
    { method: "POST", path: "/pair", body: input, withinMs: seconds(20), read },
    signal,
  );
}

export function askState(access: Access, signal: AbortSignal): Promise<Said<State>> {
  return call(access, { method: "GET", path: "/state", withinMs: seconds(20), read: readState }, signal);
}

/** Ends the pairing there, too. */
export function endPairing(access: Access, signal: AbortSignal): Promise<Said<true>> {
  const read = () => true as const;
  return call(access, { method: "DELETE", path: "/pairing", withinMs: seconds(5), read }, signal);
}

/** Hands over cookies, or null: pixiehook asks through the browser whether somebody is signed in. */
export function handOver(
  access: Access,
  cookies: readonly HandedCookie[] | null,
  signal: AbortSignal,
): Promise<Said<State>> {
  const body = cookies === null ? {} : { cookies };
  return call(
    access,
    { method: "PUT", path: "/session", body, withinMs: seconds(90), read: readState },
    signal,
  );
}

/** Waits for a page to read. The worker may not wait for an answer for longer than half a minute. */
export function takeErrand(
  access: Access,
  signIn: string,
  signal: AbortSignal,
): Promise<Said<{ readonly state: State; readonly errand: Errand | null }>> {
  const read = (body: unknown) => {
    const { state, errand } = fieldsOf(body);
    const told = readState(state);
    return told === null ? null : { state: told, errand: readErrand(errand) };
  };
  const body = { waitSeconds: 20, signIn };
  return call(access, { method: "POST", path: "/errands/take", body, withinMs: seconds(29), read }, signal);
}

/** Too large for pixiehook as a whole: it is told that, and no more. */
export async function answerErrand(
  access: Access,
  errand: string,
  answer: ErrandAnswer,
  signal: AbortSignal,
): Promise<Said<true>> {
  const path = `/errands/${encodeURIComponent(errand)}/answer`;
  const tell = (body: ErrandAnswer) =>
    call(access, { method: "POST", path, body, withinMs: seconds(60), read: () => true as const }, signal);
  const said = await tell(answer);
  const isTooLarge = said.kind === "refused" && said.status === 413 && !("failure" in answer);
  return isTooLarge ? tell({ failure: "too_large" }) : said;
}
