import { Hono, type MiddlewareHandler } from "hono";
import { etag } from "hono/etag";
import type { World } from "../world.js";
import { isFromBrowser } from "./browser.js";
import { challenging, passing } from "./challenge.js";
import { answerFault } from "./fault-answers.js";
import { refuse, tooMany } from "./refusals.js";
import type { Host, Who } from "./session.js";
import { type SignInTickets, signIn, worldOf } from "./sign-in.js";
import type { Upstream, UpstreamContext, UpstreamEnv } from "./upstream.js";

/** One host: what people meet, and its API behind the request log, faults, challenge, rate limit and session. */
export function hostApp(
  upstream: Upstream,
  host: Host,
  tickets: SignInTickets,
  api: (upstream: Upstream, world: World) => Hono<UpstreamEnv>,
): Hono<UpstreamEnv> {
  const login = `/${host}/login`;
  const app = new Hono<UpstreamEnv>({ strict: true });
  app.use(logged(upstream, host, login));
  app.use(challenging(upstream, host));
  app.route("/cdn-cgi", passing(upstream, host));
  app.route("/", signIn(upstream, host, tickets));
  app.use("/api/v1/*", guarded(upstream, host, login));
  const tagged = etag();
  app.use("/api/v1/*", (context, next) => (upstream.etags ? tagged(context, next) : next()));
  for (const who of ["owner", "stranger"] as const) {
    app.route("/api/v1", onlyOf(who, api(upstream, worldOf(upstream, who))));
  }
  const { routes } = api(upstream, upstream.world);
  app.all("*", (context) => otherSlash(routes, context) ?? refuse("404", login));
  return app;
}

/** The same paths for one person's sessions alone: everybody sees the own studio. */
function onlyOf(who: Who, api: Hono<UpstreamEnv>): Hono<UpstreamEnv> {
  const app = new Hono<UpstreamEnv>({ strict: true });
  for (const { method, path, handler } of api.routes) {
    app.on(method, path, (context, next) =>
      context.get("session")?.who === who ? handler(context, next) : next(),
    );
  }
  return app;
}

/** Writes every request down, and lets faults happen before anything else is looked at. */
function logged(upstream: Upstream, host: Host, login: string): MiddlewareHandler<UpstreamEnv> {
  return async (context, next) => {
    const url = new URL(context.req.url);
    const session = upstream.sessions.find(host, context.req.header("cookie"));
    const entry = upstream.requests.begin({
      method: context.req.method,
      path: url.pathname,
      query: url.search,
      session: session?.id ?? null,
      userAgent: context.req.header("user-agent") ?? null,
      fromBrowser: isFromBrowser(context),
    });
    context.env.outgoing.once("close", () => upstream.requests.end(entry));
    const fault = upstream.faults.take(url.pathname);
    entry.fault = fault?.kind ?? null;
    context.set("fault", fault);
    context.set("session", session);
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
    const session = context.get("session");
    if (session === null) {
      return refuse(upstream.sessions.form ?? (host === "gallery" ? "401" : "401-object"), login);
    }
    const now = upstream.world.now();
    const recent = (spent.get(session.id) ?? []).filter((at) => at > now - 60_000);
    const limit = upstream.rateLimit;
    const oldest = recent[0];
    if (limit !== null && recent.length >= limit && oldest !== undefined) {
      return tooMany("seconds", Math.ceil((oldest + 60_000 - now) / 1000), now);
    }
    if (limit !== null) spent.set(session.id, [...recent, now]);
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

/** A known path with the slash missing or too much is answered with a redirect, as web servers do. */
function otherSlash(routes: readonly { readonly path: string }[], context: UpstreamContext): Response | null {
  const url = new URL(context.req.url);
  const other = url.pathname.endsWith("/") ? url.pathname.slice(0, -1) : `${url.pathname}/`;
  const inner = other.slice(other.indexOf("/api/v1") + "/api/v1".length);
  const known = routes.some(({ path }) => new RegExp(`^${path.replace(/:[a-z]+/g, "[^/]+")}$`).test(inner));
  return known ? context.redirect(other + url.search, 301) : null;
}
