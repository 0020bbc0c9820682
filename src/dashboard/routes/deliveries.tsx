import type { Hono } from "hono";
import { eventSentence, viewDeliveries } from "../delivery-words.js";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { DeliveryPage } from "../pages/delivery.js";
import type { Render } from "../render.js";

/** Events of a digest that its page names; the API names all. */
const shownEvents = 100;

/** When a delivery is sent that somebody asked for, where that is not now. */
const sendTimes: Readonly<Record<string, string>> = {
  asked: "when the pause is over that the receiver asked for",
  paused: "when the subscription is resumed",
  disabled: "when the subscription is switched on",
};

/** One delivery, and sending it again. */
export function registerDeliveryPages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { services, describe } = context;
  const { subscriptions, deliveries, events } = services;

  app.get("/deliveries/:id", async (c) => {
    const now = context.now();
    const delivery = await deliveries.get(c.req.param("id"));
    const subscription = delivery && (await subscriptions.get(delivery.subscription));
    if (!delivery || !subscription) return render.missing(c, "delivery");
    const mailbox = await subscriptions.mailbox(subscription);
    const ids = delivery.events.slice(0, shownEvents);
    const [[view], bodies] = await Promise.all([
      viewDeliveries([delivery], { subscription, mailbox }, { services, describe, now }),
      events.getMany(ids),
    ]);
    if (!view) return render.missing(c, "delivery");
    const carried = ids.map((id, index) => {
      const body = bodies[index] ?? null;
      return { id, sentence: eventSentence(body, delivery.type, describe), isKept: body !== null };
    });
    const shown = { view, subscription, mailbox, carried, form: c.get("form"), now };
    return render.page(c, view.sentence, <DeliveryPage {...shown} />);
  });

  app.post("/deliveries/:id/redeliver", async (c) => {
    const id = c.req.param("id");
    const { back: from } = await c.req.parseBody();
    const [before, result] = [await deliveries.get(id), await deliveries.redeliver(id)];
    if (!before || !result) return render.missing(c, "delivery");
    const back = from === "delivery" ? `/deliveries/${id}` : `/subscriptions/${before.subscription}`;
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
