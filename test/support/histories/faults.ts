/** An answer as the client reports it, without what became of the cookies. */
export type RawAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: "transient"; readonly reason: string; readonly afterMs: null };

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html; charset=UTF-8" };
const login =
  '<!DOCTYPE html><html><body><form action="/login"><input type="password" name="password"></form></body></html>';
const challenge =
  "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script src='/cdn-cgi/challenge-platform/x.js'></script></body></html>";

const answer = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = json,
): (() => RawAnswer) => {
  return () => ({ kind: "answer", status, headers, body });
};
const silence = (reason: string) => (): RawAnswer => ({ kind: "transient", reason, afterMs: null });

/** What a session that is not accepted any more is answered with. */
export const loginAnswers = {
  "401": answer(401, '{"error":"Unauthorized","message":"Please log in"}'),
  "401 with a code": answer(401, '{"error":{"code":"UNAUTHORIZED","message":"Session expired"}}'),
  "302 to the login page": answer(302, "", { location: "https://accounts.pixieset.com/login" }),
  "the login page": answer(200, login, html),
  "419": answer(419, '{"message":"CSRF token mismatch."}'),
} as const;
export type Login = keyof typeof loginAnswers;

const challenges = {
  "a challenge": answer(403, challenge, { ...html, "cf-mitigated": "challenge" }),
  "a challenge page": answer(503, challenge, html),
} as const;

/** What says that there is no such page, or that it must not be asked for: beyond the end of a list, its end. */
const refusals = {
  "404": answer(404, '{"message":"Not Found"}'),
  "410": answer(410, '{"message":"Gone"}'),
  "400": answer(400, '{"message":"Bad Request"}'),
  "422": answer(422, '{"message":"The given data was invalid."}'),
} as const;

const troubles = {
  "403": answer(403, '{"error":"Forbidden","message":"Upgrade your plan"}'),
  "429": answer(429, '{"message":"Too Many Requests"}'),
  "429 for seconds": answer(429, "", { ...json, "retry-after": "7" }),
  "429 until a date": answer(429, "", { ...json, "retry-after": new Date(1_900_000_000_000).toUTCString() }),
  "408": answer(408, ""),
  "425": answer(425, ""),
  "500": answer(500, '{"message":"Server Error"}'),
  "502": answer(502, "<html><body>Bad Gateway</body></html>", html),
  "503": answer(503, "Service Unavailable", { "content-type": "text/plain", "retry-after": "3" }),
  "504": answer(504, "<html><body>Gateway Time-out</body></html>", html),
  "a connection that is reset": silence("Pixieset Galleries gave no answer: read ECONNRESET"),
  "a connection that hangs": silence("Pixieset Galleries gave no whole answer within 30000 ms"),
  garbage: answer(200, "\u0000\u0001\ufffd garbage"),
  nothing: answer(200, ""),
  null: answer(200, "null"),
  "an envelope without a list": answer(200, '{"data":{"user":{"name":"Ann"}},"meta":{"total":3}}'),
  "200 that says error": answer(200, '{"error":{"message":"Something went wrong"}}'),
  "200 that says unauthorized": answer(200, '{"error":"Unauthorized"}'),
  "200 that says failure": answer(200, '{"success":false,"data":[]}'),
} as const;

const hard = { ...loginAnswers, ...challenges, ...refusals, ...troubles };
type Hard = keyof typeof hard;

/** A fault of one answer. */
export type Fault =
  /** Something else than the page. */
  | { readonly kind: "hard"; readonly name: Hard }
  /** The page, cut off after this share of it. */
  | { readonly kind: "truncated"; readonly share: number }
  /** A row stands on the page twice. */
  | { readonly kind: "duplicate"; readonly row: number }
  /** A row is left out, and the total, where there is one, says so or not. */
  | { readonly kind: "drop"; readonly row: number; readonly silent: boolean }
  /** A row stands there as something that cannot be read. */
  | { readonly kind: "unreadable"; readonly row: number; readonly as: unknown }
  /** The total is another on this page. */
  | { readonly kind: "total"; readonly shift: number }
  /** An empty list, with 200. */
  | { readonly kind: "hollow" };

export const hardFaults = Object.keys(hard) as Hard[];
export const isRefusal = (name: Hard) => name in refusals;
export const isRefusedSession = (name: Hard) => name in loginAnswers || /unauthorized/.test(name);
export const isChallenge = (name: Hard) => name in challenges;
export const hardAnswer = (name: Hard): RawAnswer => hard[name]();
