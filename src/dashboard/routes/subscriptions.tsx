import type { Hono } from "hono";
import { type DeliveryStatus, deliveryStatuses } from "../../domain/delivery.js";
import { CursorError } from "../../services.js";
import type { DashboardEnv } from "../env.js";
import { took } from "../format.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { SubscriptionPage } from "../pages/subscription.js";
import { Subscriptions } from "../pages/subscriptions.js";
import { FirstSteps } from "../parts/first-steps.js";
import type { Render } from "../render.js";
import { viewsOf } from "./home.js";

const pageSize = 50;

/** When a delivery is sent that somebody asked for, where that is not now. */
const sendTimes: Readonly<Record<string, string>> = {
  asked: "when the pause is over that the receiver asked for",
  paused: "when the subscription is resumed",
  disabled: "when the subscription is switched on",
};

/** What a button does, and what is said then. */
const switches = [
  ["enable", { enabled: true }, "It is on."],
  ["disable", { enabled: false }, "It is off. Nothing is sent to it."],
  ["pause", { paused: true }, "It is paused. What comes is collected, and nothing is sent."],
  ["resume", { paused: false }, "It goes on, slowly at first."],
] as const;

/** A page by its cursor; the first page when the cursor is not one of ours. */
async function pageAt<T>(after: string | undefined, load: (after: string | null) => Promise<T>): Promise<T> {
  if (after === undefined) return load(null);
  try {
    return await load(after);
  } catch (error) {
    if (error instanceof CursorError) return load(null);
    throw error;
  }
}

/** Subscriptions and their deliveries. */
export function registerSubscriptionPages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { services, now } = context;
  const { subscriptions, deliveries } = services;

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
    const [subscription, replays, page] = await Promise.all([
      subscriptions.get(id),
      services.replays.list(id),
      pageAt(c.req.query("after"), (after) =>
        subscriptions.deliveries(id, { limit: pageSize, after, status }),
      ),
    ]);
    if (!subscription || !page) return render.missing(c, "subscription");
    const [row] = await viewsOf(services, [subscription]);
    if (!row) return render.missing(c, "subscription");
    const older = page.next && olderPath(id, status, page.next);
    const view = {
      row,
      deliveries: page.data,
      replay: replays?.[0] ?? null,
      status,
      older,
      form: c.get("form"),
      now: now(),
    };
    return render.page(
      c,
      "Subscription",
      <>
        {c.req.query("first") === undefined ? null : <FirstSteps at="test" />}
        <SubscriptionPage {...view} />
      </>,
    );
  });

  app.post("/subscriptions/:id/test", async (c) => {
    const id = c.req.param("id");
    const attempt = await subscriptions.test(id);
    if (!attempt) return render.missing(c, "subscription");
    const good = attempt.outcome === "delivered";
    const why = attempt.error ? `: ${attempt.error}` : "";
    const text = good
      ? `The test was delivered in ${took(attempt.durationMs)}.`
      : `The test did not arrive${why}.`;
    return guard.redirect(c, `/subscriptions/${id}`, { tone: good ? "good" : "bad", text });
  });

  for (const [verb, patch, text] of switches) {
    app.post(`/subscriptions/:id/${verb}`, async (c) => {
      const id = c.req.param("id");
      const result = await subscriptions.update(id, patch);
      if (!result) return render.missing(c, "subscription");
      const back = `/subscriptions/${id}`;
      if (result.kind === "refused") return guard.redirect(c, back, { tone: "bad", text: result.detail });
      return guard.redirect(c, back, { tone: "good", text });
    });
  }

  app.post("/deliveries/:id/redeliver", async (c) => {
    const id = c.req.param("id");
    const [before, result] = [await deliveries.get(id), await deliveries.redeliver(id)];
    if (!before || !result) return render.missing(c, "delivery");
    const back = `/subscriptions/${before.subscription}`;
    if ("kind" in result) return guard.redirect(c, back, { tone: "bad", text: result.detail });
    const subscription = await subscriptions.get(before.subscription);
    if (!subscription) return render.missing(c, "subscription");
    const { status, restReason } = await subscriptions.mailbox(subscription);
    const waitsFor = restReason === "asked" ? "asked" : status;
    const again = before.attemptCount === 0 ? "" : "again ";
    const text = `It is sent ${again}${sendTimes[waitsFor] ?? "now"}.`;
    return guard.redirect(c, back, { tone: "good", text });
  });
}

function olderPath(id: string, status: DeliveryStatus | null, after: string): string {
  return `/subscriptions/${id}?${new URLSearchParams({ ...(status && { status }), after })}`;
}
