import type { Hono } from "hono";
import type { Attempt } from "../../domain/delivery.js";
import { deliveryStatuses } from "../../domain/delivery.js";
import type { DashboardEnv } from "../env.js";
import { subscriptionName, took } from "../format.js";
import type { Guard, Notice } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { pageAt } from "../page-at.js";
import { SubscriptionPage } from "../pages/subscription.js";
import { Subscriptions } from "../pages/subscriptions.js";
import type { Render } from "../render.js";
import { emptyReplay } from "../replay-draft.js";
import { viewSubscription } from "../subscription-view.js";
import { viewsOf } from "./home.js";

const pageSize = 50;

/** What a button does, and what is said then. */
const switches = [
  ["enable", { enabled: true }, "It is on."],
  ["disable", { enabled: false }, "It is off. Nothing is sent to it."],
  ["pause", { paused: true }, "It is paused. What comes is collected, and nothing is sent."],
  ["resume", { paused: false }, "It goes on, slowly at first."],
] as const;

/** It travels in a cookie, which holds 4 kB: so many characters of what the receiver said. */
const mostSaid = 600;
const excerpt = (text: string) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that would take six characters each.
  const clean = text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "").trim();
  return clean.length > mostSaid ? `${clean.slice(0, mostSaid)}…` : clean;
};

/** What came of a test: whether it arrived, how long that took, and what the receiver said. */
function testNotice({ outcome, error, durationMs, status, responseBody }: Attempt): Notice {
  const isGood = outcome === "delivered";
  const said = responseBody ? excerpt(responseBody) : "";
  const code = status === undefined ? "" : ` The receiver answered ${status}${said === "" ? "." : ":"}`;
  const why = error ? `: ${error.slice(0, 300).replace(/\.$/, "")}` : "";
  const text = isGood
    ? `The test was delivered in ${took(durationMs)}.${code}`
    : `The test did not arrive${why}. It took ${took(durationMs)}.${code}`;
  return { tone: isGood ? "good" : "bad", text, ...(said === "" ? {} : { detail: said }) };
}

/** Subscriptions and their deliveries. */
export function registerSubscriptionPages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { services, now } = context;
  const { subscriptions } = services;

  app.get("/subscriptions", async (c) => {
    const page = await pageAt(c.req.query("after"), (after) =>
      subscriptions.list({ limit: pageSize, after }),
    );
    const rows = await viewsOf(services, page.data);
    const older = page.next && `/subscriptions?${new URLSearchParams({ after: page.next })}`;
    return render.page(
      c,
      "Subscriptions",
      <Subscriptions rows={rows} older={older} form={c.get("form")} now={now()} />,
    );
  });

  app.get("/subscriptions/:id", async (c) => {
    const id = c.req.param("id");
    const asked = c.req.query("status");
    const status = deliveryStatuses.find((name) => name === asked) ?? null;
    const view = await pageAt(c.req.query("after"), (after) =>
      viewSubscription(context, c.get("form"), { id, status, after, draft: emptyReplay, problems: {} }),
    );
    if (!view) return render.missing(c, "subscription");
    return render.page(c, subscriptionName(view.row.subscription), <SubscriptionPage view={view} />);
  });

  app.post("/subscriptions/:id/test", async (c) => {
    const id = c.req.param("id");
    const attempt = await subscriptions.test(id);
    if (!attempt) return render.missing(c, "subscription");
    return guard.redirect(c, `/subscriptions/${id}`, testNotice(attempt));
  });

  for (const [verb, patch, text] of switches) {
    app.post(`/subscriptions/:id/${verb}`, async (c) => {
      const id = c.req.param("id");
      const before = await subscriptions.get(id);
      const result = before && (await subscriptions.update(id, patch));
      if (!result) return render.missing(c, "subscription");
      const back = `/subscriptions/${id}`;
      if (result.kind === "refused") return guard.redirect(c, back, { tone: "bad", text: result.detail });
      const reason = verb === "enable" ? before.disabledReason : null;
      return guard.redirect(c, back, { tone: "good", text: reason === null ? text : onAgain(reason) });
    });
  }
}

/** What pixiehook switched off itself can go wrong again for the same reason. */
function onAgain(reason: string): string {
  const why = reason.slice(0, 300).replace(/\.$/, "");
  return `It is on. pixiehook had switched it off: ${why}. What happened meanwhile was not sent: see “Send again” for what it never got.`;
}
