import type { Hono } from "hono";
import { replayChoices } from "../../domain/replay.js";
import type { DashboardEnv } from "../env.js";
import { count } from "../format.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { spans } from "../parts/send-again.js";
import type { Render } from "../render.js";

/** Sending past events again, and stopping that. */
export function registerReplayForms(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { services, now } = context;
  const { replays } = services;

  app.post("/subscriptions/:id/replay", async (c) => {
    const id = c.req.param("id");
    const fields = await c.req.parseBody();
    const only = replayChoices.find((choice) => choice === fields.only);
    const [hours] = spans.find(([span]) => String(span) === fields.hours) ?? [];
    const back = `/subscriptions/${id}`;
    if (only === undefined || hours === undefined)
      return guard.redirect(c, back, { tone: "bad", text: "Choose what is sent again, and since when." });
    const since = new Date(now().getTime() - hours * 3_600_000).toISOString();
    const result = await replays.begin(id, { since, until: null, only });
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
    const back = `/subscriptions/${id}`;
    if ("kind" in result) return guard.redirect(c, back, { tone: "bad", text: result.detail });
    return guard.redirect(c, back, { tone: "good", text: "Stopped. What is in the mailbox is still sent." });
  });
}
