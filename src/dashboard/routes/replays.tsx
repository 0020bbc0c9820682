import type { Hono } from "hono";
import type { DashboardEnv } from "../env.js";
import { count } from "../format.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { SubscriptionPage } from "../pages/subscription.js";
import type { Render } from "../render.js";
import { checkReplay, readReplay } from "../replay-draft.js";
import { viewSubscription } from "../subscription-view.js";

/** Sending past events again, and stopping that. */
export function registerReplayForms(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { services, now, retentionMs } = context;
  const { replays } = services;

  app.post("/subscriptions/:id/replay", async (c) => {
    const id = c.req.param("id");
    const back = `/subscriptions/${id}#again`;
    const draft = readReplay(await c.req.parseBody());
    const checked = checkReplay(draft, now(), retentionMs);
    if ("problems" in checked) {
      const { problems } = checked;
      const query = { id, status: null, after: null, draft, problems };
      const view = await viewSubscription(context, c.get("form"), query);
      if (!view) return render.missing(c, "subscription");
      return render.page(c, "Send again", <SubscriptionPage view={view} />, 422);
    }
    const result = await replays.begin(id, checked.input);
    if (!result) return render.missing(c, "subscription");
    if (result.kind === "refused") return guard.redirect(c, back, { tone: "bad", text: result.detail });
    const many = result.replay.count;
    const text =
      many === 0
        ? "There is nothing to send again."
        : `${many === null ? "They are" : `${count(many, "event")} ${many === 1 ? "is" : "are"}`} sent again now.`;
    return guard.redirect(c, back, { tone: "good", text });
  });

  app.post("/subscriptions/:id/replays/:replay/cancel", async (c) => {
    const { id, replay } = c.req.param();
    const result = await replays.cancel(id, replay);
    if (!result) return render.missing(c, "replay");
    const back = `/subscriptions/${id}#again`;
    if ("kind" in result) return guard.redirect(c, back, { tone: "bad", text: result.detail });
    return guard.redirect(c, back, { tone: "good", text: "Stopped. What is in the mailbox is still sent." });
  });
}
