import type { Context, MiddlewareHandler } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { DashboardEnv } from "./env.js";
import type { Guard } from "./guard.js";
import type { DashboardContext } from "./options.js";
import { Layout } from "./pages/layout.js";
import { Message } from "./pages/message.js";
import { tidyPage } from "./tidy.js";

type Page = Context<DashboardEnv>;

/** Writes pages into their frame. */
export interface Render {
  page(c: Page, title: string, content: Child, status?: ContentfulStatusCode): Promise<Response>;
  /** The 404 of a page about something that is not there. */
  missing(c: Page, what: string): Promise<Response>;
  /** Lets only those through who may change things; others are told so. Goes before what is only a form. */
  readonly mayChange: MiddlewareHandler<DashboardEnv>;
}

/** Makes the renderer of one dashboard. */
export function createRender(context: DashboardContext, guard: Guard): Render {
  const page: Render["page"] = async (c, title, content, status = 200) => {
    const session = c.get("session") ?? null;
    const { assets, version } = context;
    const frame = {
      assets,
      version,
      session,
      mayChange: c.get("form") !== null,
      path: c.req.path,
      notice: guard.notice(c),
    };
    const html = (
      <Layout frame={frame} title={title}>
        {content}
      </Layout>
    );
    return c.html(tidyPage(`<!doctype html>${await html}`), status);
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
  return { page, missing, mayChange };
}
