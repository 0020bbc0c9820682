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

/** A Set-Cookie header. Without a value it takes the cookie away. */
export function setCookie(name: string, value: string | null, options = { httpOnly: true }): string {
  const parts = [`${name}=${value ?? ""}`, "Path=/", "SameSite=Lax"];
  if (value === null) parts.push("Max-Age=0");
  if (options.httpOnly) parts.push("HttpOnly");
  return parts.join("; ");
}
