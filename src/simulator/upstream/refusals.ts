/** Every way in which the real one says no, as plain answers. */
const loginPage = `<!doctype html><html><head><title>Log in | Pixieset</title></head><body>
<form method="post" action="login"><input type="hidden" name="_token" value="t0k3n">
<label>Email <input name="email" type="email"></label>
<label>Password <input name="password" type="password"></label>
<button>Log in</button></form></body></html>`;

const challengePage = `<!doctype html><html><head><title>Just a moment...</title></head><body>
<h1>Checking your browser before you continue</h1>
<script>window._cf_chl_opt={cType:"managed"};</script>
<div id="challenge-form" class="cf-turnstile"></div></body></html>`;

const errorPage =
  "<!doctype html><html><body><h1>We'll be right back</h1><p>Scheduled work.</p></body></html>";

const html = (status: number, body: string, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { "content-type": "text/html; charset=UTF-8", ...headers } });

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });

const message = (status: number, text: string): Response => json(status, { message: text });

/** Answers that need nothing but themselves. `login` is the path of the login page. */
export const refusals = {
  "400": () => message(400, "The request could not be understood."),
  "401": () => json(401, { error: "Unauthorized", message: "Unauthenticated." }),
  "401-object": () => json(401, { error: { code: 401, message: "Session expired" } }),
  "redirect-login": (login: string) => new Response(null, { status: 302, headers: { location: login } }),
  "redirect-login-303": (login: string) => new Response(null, { status: 303, headers: { location: login } }),
  "html-login": () => html(200, loginPage),
  "419": () => message(419, "CSRF token mismatch."),
  challenge: () => html(403, challengePage, { "cf-mitigated": "challenge", server: "cloudflare" }),
  "challenge-html": () => html(403, challengePage, { server: "cloudflare" }),
  "challenge-503": () => html(503, challengePage, { server: "cloudflare" }),
  "403": () => json(403, { error: { code: 403, message: "This feature is not part of your plan." } }),
  "404": () => json(404, { error: { code: 404, message: "Not found" } }),
  "410": () => json(410, { error: { code: 410, message: "Gone" } }),
  "422": () => json(422, { message: "The given data was invalid.", errors: { page: ["must be a number"] } }),
  "408": () => message(408, "Request timeout"),
  "425": () => message(425, "Too early"),
  "500": () => message(500, "Server Error"),
  "502": () => html(502, errorPage),
  "503": () => html(503, errorPage),
  "504": () => html(504, errorPage),
  html: () => html(200, errorPage),
  garbage: () => new Response("{{]not json", { headers: { "content-type": "application/json" } }),
  "empty-body": () => new Response("", { headers: { "content-type": "application/json" } }),
  "empty-envelope": () => json(200, {}),
  "null-data": () => json(200, { data: null }),
  "other-shape": () => json(200, { result: { entries: { count: 0 } } }),
} satisfies Record<string, (login: string) => Response>;

export type Refusal = keyof typeof refusals;

export function refuse(kind: Refusal, login: string): Response {
  return refusals[kind](login);
}

/** 429 with seconds, an HTTP date `seconds` ahead, or nothing in Retry-After. */
export function tooMany(form: "seconds" | "date" | "none", seconds: number, now: number): Response {
  const value = form === "date" ? new Date(now + seconds * 1000).toUTCString() : String(seconds);
  return json(429, { message: "Too Many Attempts." }, form === "none" ? {} : { "retry-after": value });
}
