import type { Hono } from "hono";
import { type DeliveryStatus, deliveryStatuses } from "../../domain/delivery.js";
import { CursorError } from "../../services.js";
import type { DashboardEnv } from "../env.js";
import { took } from "../format.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { SubscriptionPage } from "../pages/subscription.js";
import { Subscriptions } from "../pages/subscriptions.js";
import type { Render } from "../render.js";
import { withLatest } from "./home.js";

const pageSize = 50;

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
    const rows = await withLatest(services, page.data);
    const older = page.next && `/subscriptions?${new URLSearchParams({ after: page.next })}`;
    return render.page(c, "Subscriptions", <Subscriptions rows={rows} older={older} now={now()} />);
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
    const [newest] = await withLatest(services, [subscription]);
    const older = page.next && olderPath(id, status, page.next);
    const view = {
      subscription,
      latest: newest?.latest ?? null,
      deliveries: page.data,
      replay: replays?.[0] ?? null,
      status,
      older,
      form: c.get("formToken"),
      now: now(),
    };
    return render.page(c, "Subscription", <SubscriptionPage {...view} />);
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

  for (const [verb, enabled] of [
    ["enable", true],
    ["disable", false],
  ] as const) {
    app.post(`/subscriptions/:id/${verb}`, async (c) => {
      const id = c.req.param("id");
      const result = await subscriptions.update(id, { enabled });
      if (!result) return render.missing(c, "subscription");
      const back = `/subscriptions/${id}`;
      if (result.kind === "refused") return guard.redirect(c, back, { tone: "bad", text: result.detail });
      return guard.redirect(c, back, {
        tone: "good",
        text: enabled ? "It is on." : "It is off. Nothing is sent to it.",
      });
    });
  }

  app.post("/deliveries/:id/redeliver", async (c) => {
    const id = c.req.param("id");
    const [before, result] = [await deliveries.get(id), await deliveries.redeliver(id)];
    if (!before || !result) return render.missing(c, "delivery");
    const back = `/subscriptions/${before.subscription}`;
    if ("kind" in result) return guard.redirect(c, back, { tone: "bad", text: result.detail });
    return guard.redirect(c, back, { tone: "good", text: "It is sent again now." });
  });
}

function olderPath(id: string, status: DeliveryStatus | null, after: string): string {
  return `/subscriptions/${id}?${new URLSearchParams({ ...(status && { status }), after })}`;
}
