import type { Host } from "./session.js";
import type { Upstream, UpstreamContext } from "./upstream.js";

/** Whether a browser sent this. Programs can send `sec-fetch-mode` too; the one here only browsers do. */
export function isFromBrowser(context: UpstreamContext): boolean {
  return context.req.header("sec-fetch-site") !== undefined;
}

/** Whether somebody goes to a page with it, and no script asks for it. */
export function isVisit(context: UpstreamContext): boolean {
  return isFromBrowser(context) && context.req.header("sec-fetch-dest") === "document";
}

/** An address on a host: with its origin where the two have one each, else the path alone. */
export function addressOn(upstream: Upstream, host: Host, path: string, context: UpstreamContext): string {
  const full = `/${host}${path}`;
  if (upstream.hostNames === null) return full;
  const url = new URL(context.req.url);
  url.hostname = upstream.hostNames[host];
  return url.origin + full;
}

/** A Set-Cookie header of a cookie that is still there when the browser is opened again. */
export function setCookie(name: string, value: string, maxAgeSeconds: number, httpOnly = true): string {
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=/; SameSite=Lax${httpOnly ? "; HttpOnly" : ""}`;
}

/** Takes a cookie away. */
export function dropCookie(name: string): string {
  return setCookie(name, "", 0);
}
