import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { allows } from "../domain/token.js";
import type { Entrance } from "../services/tokens.js";
import type { DashboardEnv } from "./env.js";
import { type Gate, same } from "./session.js";

/** What is said once, on the page after an action. */
export interface Notice {
  readonly tone: "good" | "bad";
  readonly text: string;
  /** What somebody else said of it, as it is. */
  readonly detail?: string;
}

/** Cookies and checks around every page. */
export interface Guard {
  /** Lets only signed-in people through; others are sent to sign in. */
  readonly signedIn: MiddlewareHandler<DashboardEnv>;
  /** Refuses forms that another site sent. */
  readonly sameSite: MiddlewareHandler<DashboardEnv>;
  /** Refuses forms that this session was not given. */
  readonly ownForm: MiddlewareHandler<DashboardEnv>;
  signIn(c: Context<DashboardEnv>, tokenId: string): void;
  signOut(c: Context<DashboardEnv>): void;
  /** Answers a form: says something on the page that comes next. */
  redirect(c: Context<DashboardEnv>, path: string, notice: Notice): Response;
  /** What the action before wanted to say; it is said once. */
  notice(c: Context<DashboardEnv>): Notice | null;
}

/** Browsers leave a cookie out that has more than 4 kB: sealed, so many bytes of JSON stay below that. */
const mostNoticeBytes = 2_900;

/** A notice that a cookie can hold: where it says too much, the end of its text is left out. */
function fitting(notice: Notice): Notice {
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  if (bytes(notice) <= mostNoticeBytes) return notice;
  let room = mostNoticeBytes - bytes({ ...notice, text: "…" });
  const held: string[] = [];
  for (const character of notice.text) {
    room -= bytes(character) - bytes("");
    if (room < 0) break;
    held.push(character);
  }
  return { ...notice, text: `${held.join("")}…` };
}

/** A page of ours to go to after signing in; anything else is the home page. */
export function safePath(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : "/";
}

/** Whether a browser says that this request comes from a page of ours. Old browsers say nothing. */
function isForeign(c: Context, publicUrl: string): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin";
  const origin = c.req.header("origin");
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  const { host } = new URL(origin);
  return host !== c.req.header("host") && host !== new URL(publicUrl).host;
}

/** Makes the guard of one dashboard. */
export function createGuard(
  gate: Gate,
  options: { entrance: Entrance; publicUrl: string; secure: boolean; now: () => Date },
): Guard {
  const { entrance, publicUrl, secure, now } = options;
  const sessionCookie = secure ? "__Host-pixiehook" : "pixiehook";
  const noticeCookie = secure ? "__Host-pixiehook-notice" : "pixiehook-notice";
  const settings = { path: "/", httpOnly: true, sameSite: "Strict", secure } as const;

  return {
    signedIn: async (c, next) => {
      const value = getCookie(c, sessionCookie);
      const tokenId = value === undefined ? null : gate.accepts(value, now());
      // Asked each time, so that a token that was ended ends its sessions.
      const token = tokenId === null ? null : await entrance.standing(tokenId);
      if (value !== undefined && token) {
        c.set("session", gate.formToken(value));
        c.set("form", allows(token.scope, "admin") ? gate.formToken(value) : null);
        c.set("tokenId", token.id);
        return next();
      }
      if (c.req.path === "/live") return c.text("Sign in first.", 401);
      const { pathname, search } = new URL(c.req.url);
      const back =
        c.req.method === "GET" && pathname !== "/" ? `?next=${encodeURIComponent(pathname + search)}` : "";
      return c.redirect(`/sign-in${back}`, 303);
    },
    sameSite: async (c, next) => {
      if (isForeign(c, publicUrl)) return c.text("This form was sent from another site.", 403);
      return next();
    },
    ownForm: async (c, next) => {
      const { form } = await c.req.parseBody();
      if (typeof form !== "string" || !same(form, c.get("session"))) {
        return c.text("This form is out of date. Go back, reload the page and send it again.", 403);
      }
      return next();
    },
    signIn: (c, tokenId) => {
      const { value, seconds } = gate.begin(tokenId, now());
      setCookie(c, sessionCookie, value, { ...settings, maxAge: seconds });
    },
    signOut: (c) => {
      deleteCookie(c, sessionCookie, settings);
    },
    redirect: (c, path, notice) => {
      setCookie(c, noticeCookie, gate.seal(JSON.stringify(fitting(notice))), { ...settings, maxAge: 60 });
      return c.redirect(path, 303);
    },
    notice: (c) => {
      const sealed = getCookie(c, noticeCookie);
      if (sealed === undefined) return null;
      deleteCookie(c, noticeCookie, settings);
      const text = gate.open(sealed);
      return text === null ? null : (JSON.parse(text) as Notice);
    },
  };
}
