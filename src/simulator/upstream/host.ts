import { Hono, type MiddlewareHandler } from "hono";
import { etag } from "hono/etag";
import { answerFault } from "./fault-answers.js";
import { loginPage, refuse, tooMany } from "./refusals.js";
import type { Host } from "./session.js";
import type { Upstream, UpstreamContext, UpstreamEnv } from "./upstream.js";

/** One host: its login form, and its API behind the request log, faults, rate limit and session. */
export function hostApp(
  upstream: Upstream,
  host: Host,
  login: string,
  api: Hono<UpstreamEnv>,
): Hono<UpstreamEnv> {
  const app = new Hono<UpstreamEnv>({ strict: true });
  app.use(logged(upstream, host, login));
  app.get("/login", (context) =>
    upstream.loginChallenge ? refuse("challenge", login) : context.html(loginPage),
  );
  app.post("/login", (context) => logIn(upstream, context, login));
  app.use("/api/v1/*", guarded(upstream, host, login));
  const tagged = etag();
  app.use("/api/v1/*", (context, next) => (upstream.etags ? tagged(context, next) : next()));
  app.route("/api/v1", api);
  app.all("*", (context) => otherSlash(api, context) ?? refuse("404", login));
  return app;
}

/** Writes every request down, and lets faults happen before anything else is looked at. */
function logged(upstream: Upstream, host: Host, login: string): MiddlewareHandler<UpstreamEnv> {
  return async (context, next) => {
    const url = new URL(context.req.url);
    const entry = upstream.requests.begin({
      method: context.req.method,
      path: url.pathname,
      query: url.search,
      session: upstream.sessions.find(host, context.req.header("cookie")),
      userAgent: context.req.header("user-agent") ?? null,
    });
    context.env.outgoing.once("close", () => upstream.requests.end(entry));
    const fault = upstream.faults.take(url.pathname);
    entry.fault = fault?.kind ?? null;
    context.set("fault", fault);
    context.set("bigIds", upstream.bigIds);
    if (fault) {
      const settings = { login, now: upstream.world.now(), closing: upstream.closing };
      context.res = await answerFault(fault, context, settings, async () => {
        await next();
        return context.res;
      });
    } else {
      await next();
    }
    const unanswered = ["timeout", "reset", "cut"].includes(fault?.kind ?? "");
    if (!unanswered) entry.status = context.res.status;
  };
}

/** Requires a session, counts against the rate limit, and renews a cookie from time to time. */
function guarded(upstream: Upstream, host: Host, login: string): MiddlewareHandler<UpstreamEnv> {
  const spent = new Map<string, number[]>();
  return async (context, next) => {
    const session = upstream.sessions.find(host, context.req.header("cookie"));
    if (session === null) {
      return refuse(upstream.sessions.form ?? (host === "gallery" ? "401" : "401-object"), login);
    }
    const now = upstream.world.now();
    const recent = (spent.get(session) ?? []).filter((at) => at > now - 60_000);
    const limit = upstream.rateLimit;
    const oldest = recent[0];
    if (limit !== null && recent.length >= limit && oldest !== undefined) {
      return tooMany("seconds", Math.ceil((oldest + 60_000 - now) / 1000), now);
    }
    if (limit !== null) spent.set(session, [...recent, now]);
    await next();
    const cookie = upstream.sessions.renewal(host, session);
    if (cookie !== null) context.header("set-cookie", cookie, { append: true });
    if (limit !== null) {
      context.header("x-ratelimit-limit", String(limit));
      context.header("x-ratelimit-remaining", String(limit - recent.length - 1));
    }
    return undefined;
  };
}

async function logIn(upstream: Upstream, context: UpstreamContext, login: string): Promise<Response> {
  if (upstream.loginChallenge) return refuse("challenge", login);
  const isJson = (context.req.header("content-type") ?? "").includes("json");
  const fields: Record<string, unknown> = await (isJson ? context.req.json() : context.req.parseBody()).catch(
    () => ({}),
  );
  const { email, password } = upstream.world.studio.owner;
  if (fields.email !== email || fields.password !== password) {
    const asJson = (context.req.header("accept") ?? "").includes("json");
    if (!asJson) return context.redirect(login, 302);
    return context.json({ message: "These credentials do not match our records." }, 422);
  }
  for (const [name, value] of Object.entries(upstream.sessions.start())) {
    context.header("set-cookie", `${name}=${value}; Path=/; SameSite=Lax`, { append: true });
  }
  return context.redirect(login.replace(/login$/, "dashboard"), 302);
}

/** A known path with the slash missing or too much is answered with a redirect, as web servers do. */
function otherSlash(api: Hono<UpstreamEnv>, context: UpstreamContext): Response | null {
  const url = new URL(context.req.url);
  const other = url.pathname.endsWith("/") ? url.pathname.slice(0, -1) : `${url.pathname}/`;
  const inner = other.slice(other.indexOf("/api/v1") + "/api/v1".length);
  const known = api.routes.some(({ path }) =>
    new RegExp(`^${path.replace(/:[a-z]+/g, "[^/]+")}$`).test(inner),
  );
  return known ? context.redirect(other + url.search, 301) : null;
}
