import type { Context, MiddlewareHandler } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { DashboardEnv } from "./env.js";
import type { Guard } from "./guard.js";
import type { DashboardContext } from "./options.js";
import { type Frame, Layout } from "./pages/layout.js";
import { Message } from "./pages/message.js";
import { tidyPage } from "./tidy.js";

type Page = Context<DashboardEnv>;

/** Writes pages into their frame. */
export interface Render {
  page(c: Page, title: string, content: Child, status?: ContentfulStatusCode): Promise<Response>;
  /** A page that is the same for everybody, whoever is signed in and whatever they did before. */
  everybody(c: Page, title: string, content: Child): Promise<Response>;
  /** The 404 of a page about something that is not there. */
  missing(c: Page, what: string): Promise<Response>;
  /** Lets only those through who may change things; others are told so. Goes before what is only a form. */
  readonly mayChange: MiddlewareHandler<DashboardEnv>;
}

/** Makes the renderer of one dashboard. */
export function createRender(context: DashboardContext, guard: Guard): Render {
  const { assets, version } = context;
  const write = async (frame: Frame, title: string, content: Child) => {
    const html = (
      <Layout frame={frame} title={title}>
        {content}
      </Layout>
    );
    return tidyPage(`<!doctype html>${await html}`);
  };
  const page: Render["page"] = async (c, title, content, status = 200) => {
    const frame = {
      assets,
      version,
      session: c.get("session") ?? null,
      mayChange: c.get("form") !== null,
      path: c.req.path,
      notice: guard.notice(c),
    };
    return c.html(await write(frame, title, content), status);
  };
  const everybody: Render["everybody"] = async (c, title, content) => {
    const frame = { assets, version, session: null, mayChange: false, path: c.req.path, notice: null };
    return c.html(await write(frame, title, content));
  };
  const missing: Render["missing"] = (c, what) => {
    const lines = [`There is no ${what} at this address. It may have been deleted.`];
    return page(c, "Not found", <Message title="Not found" lines={lines} />, 404);
  };
  const mayChange: Render["mayChange"] = async (c, next) => {
    if (c.get("form") !== null) return next();
    const lines = [
      "You signed in with a token that may only look. To change things, sign in with an admin token.",
    ];
    return page(c, "Only to look", <Message title="This needs an admin token" lines={lines} />, 403);
  };
  return { page, everybody, missing, mayChange };
}
