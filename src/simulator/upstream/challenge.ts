import { randomUUID } from "node:crypto";
import { Hono, type MiddlewareHandler } from "hono";
import { addressOn, isFromBrowser, setCookie } from "./browser.js";
import { challengePage } from "./pages.js";
import { refuse } from "./refusals.js";
import { type Host, readCookies } from "./session.js";
import type { Upstream, UpstreamContext, UpstreamEnv } from "./upstream.js";

const clearance = "cf_clearance";
const prefix = "/cdn-cgi/";

/** Stands before everything on a host: whoever is challenged gets the page, and no more. */
export function challenging(upstream: Upstream, host: Host): MiddlewareHandler<UpstreamEnv> {
  return async (context, next) => {
    const isBrowser = isFromBrowser(context);
    if (upstream.challenged === "nobody" || (isBrowser && upstream.challenged === "servers")) return next();
    // What a person has passed is good in that browser alone, and not for a program that was given the cookies.
    if (!isBrowser) return refuse("challenge", "");
    if (new URL(context.req.url).pathname.startsWith(`/${host}${prefix}`) || isCleared(upstream, context)) {
      return next();
    }
    const headers = { "cf-mitigated": "challenge", server: "cloudflare" };
    return context.html(challengePage(`/${host}${prefix}challenge`), 403, headers);
  };
}

/** Where a person passes the challenge: for both hosts at once, one after the other, and then on to the dashboard. */
export function passing(upstream: Upstream, host: Host): Hono<UpstreamEnv> {
  const other: Host = host === "gallery" ? "studio" : "gallery";
  const pass = (context: UpstreamContext, value: string, next: string): Response => {
    context.header("set-cookie", setCookie(clearance, value, upstream.sessions.lifetimeSeconds));
    return context.redirect(next, 303);
  };
  const app = new Hono<UpstreamEnv>({ strict: true });
  app.post("/challenge", (context) => {
    const value = randomUUID();
    upstream.clearances.add(value);
    return pass(context, value, addressOn(upstream, other, `${prefix}clearance?of=${value}`, context));
  });
  app.get("/clearance", (context) => {
    const value = context.req.query("of") ?? "";
    if (!upstream.clearances.has(value)) return refuse("challenge", "");
    return pass(context, value, addressOn(upstream, "gallery", "/dashboard", context));
  });
  return app;
}

function isCleared(upstream: Upstream, context: UpstreamContext): boolean {
  return upstream.clearances.has(readCookies(context.req.header("cookie")).get(clearance) ?? "");
}
