import { Hono } from "hono";
import { addressOn, dropCookie, isVisit, setCookie } from "./browser.js";
import { dashboardPage, logInPage } from "./pages.js";
import { refuse } from "./refusals.js";
import { cookieOf, type Host, type Who } from "./session.js";
import { createTickets, type Tickets } from "./tickets.js";
import type { Upstream, UpstreamContext, UpstreamEnv } from "./upstream.js";

/** Carries a session from the galleries' host, where a person signs in, to the studio's. */
export type SignInTickets = Tickets<Record<string, string>>;
export const createSignInTickets = (): SignInTickets => createTickets();

/** The cookies that scripts of its pages read; all others are for the server alone. */
const readable = new Set(["GD-XSRF-TOKEN", "XSRF-TOKEN"]);

/** What people meet on a host: the form, the dashboard, and the way out. Programs may send the form as well. */
export function signIn(upstream: Upstream, host: Host, tickets: SignInTickets): Hono<UpstreamEnv> {
  const login = `/${host}/login`;
  const { lifetimeSeconds } = upstream.sessions;
  const app = new Hono<UpstreamEnv>({ strict: true });
  const on = (to: Host, path: string, context: UpstreamContext): Response =>
    context.redirect(addressOn(upstream, to, path, context), 303);

  app.get("/login", (context) =>
    upstream.loginChallenge ? refuse("challenge", login) : context.html(logInPage(null)),
  );
  app.post("/login", async (context) => {
    if (upstream.loginChallenge) return refuse("challenge", login);
    const who = await readPerson(upstream, context);
    if (who === null) return refuseLogin(context, login);
    const cookies = upstream.sessions.start(who);
    if (!isVisit(context)) return giveAll(context, cookies, login);
    const { [cookieOf.studio]: ofStudio = "", ...others } = cookies;
    give(context, { ...others, IDP_SID: `idp-${ofStudio.slice(-12)}` }, lifetimeSeconds);
    const ticket = tickets.issue({ [cookieOf.studio]: ofStudio, "XSRF-TOKEN": ofStudio.slice(-20) });
    return on("studio", `/sign-in?ticket=${ticket}`, context);
  });
  app.get("/sign-in", (context) => {
    const cookies = tickets.redeem(context.req.query("ticket"));
    if (cookies === null) return on("gallery", "/login", context);
    give(context, cookies, lifetimeSeconds);
    return on("gallery", "/dashboard", context);
  });
  app.get("/dashboard", (context) => {
    const session = context.get("session");
    if (session === null) return on("gallery", "/login", context);
    return context.html(dashboardPage(worldOf(upstream, session.who).studio.owner));
  });
  app.post("/logout", (context) => {
    const session = context.get("session");
    if (session !== null) upstream.sessions.end(session);
    take(context, [cookieOf.gallery, "GD-XSRF-TOKEN", "wsid", "IDP_SID"]);
    return on("studio", "/sign-out", context);
  });
  app.get("/sign-out", (context) => {
    take(context, [cookieOf.studio, "XSRF-TOKEN"]);
    return on("gallery", "/login", context);
  });
  return app;
}

/** The studio of whoever is signed in. */
export function worldOf(upstream: Upstream, who: Who) {
  return who === "owner" ? upstream.world : upstream.stranger;
}

async function readPerson(upstream: Upstream, context: UpstreamContext): Promise<Who | null> {
  const isJson = (context.req.header("content-type") ?? "").includes("json");
  const fields: Record<string, unknown> = await (isJson ? context.req.json() : context.req.parseBody()).catch(
    () => ({}),
  );
  const isOf = (who: Who): boolean => {
    const { email, password } = worldOf(upstream, who).studio.owner;
    return fields.email === email && fields.password === password;
  };
  return (["owner", "stranger"] as const).find(isOf) ?? null;
}

function refuseLogin(context: UpstreamContext, login: string): Response | Promise<Response> {
  const message = "These credentials do not match our records.";
  if ((context.req.header("accept") ?? "").includes("json")) return context.json({ message }, 422);
  return isVisit(context) ? context.html(logInPage(message), 422) : context.redirect(login, 302);
}

/** A program follows no way through two hosts: it gets the cookies of both where it sent the form. */
function giveAll(context: UpstreamContext, cookies: Record<string, string>, login: string): Response {
  for (const [name, value] of Object.entries(cookies)) {
    context.header("set-cookie", `${name}=${value}; Path=/; SameSite=Lax`, { append: true });
  }
  return context.redirect(login.replace(/login$/, "dashboard"), 302);
}

function give(context: UpstreamContext, cookies: Record<string, string>, lifetimeSeconds: number): void {
  for (const [name, value] of Object.entries(cookies)) {
    const header = setCookie(name, value, lifetimeSeconds, !readable.has(name));
    context.header("set-cookie", header, { append: true });
  }
}

function take(context: UpstreamContext, names: readonly string[]): void {
  for (const name of names) context.header("set-cookie", dropCookie(name), { append: true });
}
