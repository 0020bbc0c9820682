import { Hono, type MiddlewareHandler } from "hono";
import { usualRetentionMs } from "../domain/retention.js";
import { messageOf } from "../errors.js";
import { serveAssets } from "./assets.js";
import type { DashboardEnv } from "./env.js";
import { plainSentence } from "./format.js";
import { createGuard } from "./guard.js";
import type { DashboardContext, DashboardOptions } from "./options.js";
import { Message } from "./pages/message.js";
import { createRender } from "./render.js";
import { registerSignIn, registerSignOut } from "./routes/access.js";
import { registerAccountSettings } from "./routes/account-settings.js";
import { registerAccountPages } from "./routes/accounts.js";
import { registerCompanionPages, registerOpenedLink } from "./routes/companions.js";
import { registerConnect } from "./routes/connect.js";
import { registerDeliveryPages } from "./routes/deliveries.js";
import { registerEventPages } from "./routes/events.js";
import { registerHoldForms } from "./routes/holds.js";
import { registerHome } from "./routes/home.js";
import { registerLive } from "./routes/live.js";
import { registerReplayForms } from "./routes/replays.js";
import { registerSecretPages } from "./routes/secrets.js";
import { registerSubscribePages } from "./routes/subscribe.js";
import { registerSubscriptionPages } from "./routes/subscriptions.js";
import { registerSystemPage } from "./routes/system.js";
import { registerTokenPages } from "./routes/tokens.js";
import { createGate } from "./session.js";

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Pages load only what is ours. Forms name their origin, which `no-referrer` would hide. */
const headers: MiddlewareHandler<DashboardEnv> = async (c, next) => {
  await next();
  c.header("content-security-policy", policy);
  c.header("referrer-policy", "same-origin");
  c.header("x-content-type-options", "nosniff");
  if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
};

/** The dashboard: server-rendered pages that open with the API token and work without scripts. */
export function createDashboard(options: DashboardOptions): Hono<DashboardEnv> {
  const { services, entrance, publicUrl, version, secure, log } = options;
  const app = new Hono<DashboardEnv>();
  const now = options.now ?? (() => new Date());
  const gate = createGate(options.apiToken);
  const context: DashboardContext = {
    services,
    version,
    publicUrl,
    simulated: options.simulated ?? false,
    companionFor: options.companionFor ?? [],
    retentionMs: options.retentionMs ?? usualRetentionMs,
    now,
    describe: options.describe ?? plainSentence,
    signal: options.signal ?? new AbortController().signal,
    entrance,
    gate,
    assets: serveAssets(app.use(headers)),
  };
  const guard = createGuard(gate, { entrance, publicUrl, secure, now });
  const render = createRender(context, guard);

  app.on("POST", "*", guard.sameSite);
  registerSignIn(app, context, guard, render);
  registerOpenedLink(app, context, render);
  app.use(guard.signedIn);
  app.on("POST", "*", guard.ownForm);
  registerSignOut(app, guard);
  app.on("POST", "*", render.mayChange);
  registerHome(app, context, render);
  registerLive(app, context, options.live);
  registerEventPages(app, context, render);
  registerConnect(app, context, guard, render);
  registerAccountPages(app, context, guard, render);
  registerAccountSettings(app, context, guard, render);
  registerCompanionPages(app, context, guard, render);
  registerHoldForms(app, context, guard, render);
  registerSubscribePages(app, context, guard, render);
  registerSubscriptionPages(app, context, guard, render);
  registerSecretPages(app, context, guard, render);
  registerDeliveryPages(app, context, guard, render);
  registerReplayForms(app, context, guard, render);
  registerSystemPage(app, context, render);
  registerTokenPages(app, context, guard, render);

  app.notFound((c) => render.missing(c, "page"));
  app.onError(async (error, c) => {
    // A form that was cut off on its way, or is none: nobody is there to read a page about it.
    if (/^aborted$|prematurely closed|parse body as FormData/.test(error.message))
      return c.text("The form was not whole.", 400);
    // Who calls it without a server hands nothing along.
    const own = (c.env as DashboardEnv["Bindings"] | undefined)?.log ?? log;
    own?.error({ err: error, path: c.req.path }, "page failed");
    const ready = await services.health.ready().catch((reason: unknown) => {
      own?.warn({ reason: messageOf(reason) }, "health could not be told");
      return { ok: false, problems: ["The store cannot be reached."] };
    });
    const title = ready.ok ? "This page could not be shown" : "pixiehook has trouble right now";
    const advice = ready.ok
      ? "The log says why. Nothing was lost."
      : "It goes on by itself when the trouble is over. Nothing that was found is lost.";
    const content = <Message title={title} lines={[...ready.problems, advice]} />;
    return render.page(c, title, content, ready.ok ? 500 : 503);
  });
  return app;
}
