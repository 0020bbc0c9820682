import type { Hono } from "hono";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { graces, RotatedSecret, RotateSecret } from "../pages/rotate-secret.js";
import type { Render } from "../render.js";

/** A new signing secret for a webhook. */
export function registerSecretPages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { subscriptions } = context.services;
  const unsigned = {
    tone: "bad",
    text: "Only webhooks are signed, so there is no secret to change.",
  } as const;

  app.get("/subscriptions/:id/rotate", render.mayChange, async (c) => {
    const id = c.req.param("id");
    const subscription = await subscriptions.get(id);
    if (!subscription) return render.missing(c, "subscription");
    if (subscription.channel.type !== "webhook") return guard.redirect(c, `/subscriptions/${id}`, unsigned);
    const content = <RotateSecret subscription={subscription} form={c.get("form")} />;
    return render.page(c, "Change the signing secret", content);
  });

  app.post("/subscriptions/:id/rotate", async (c) => {
    const id = c.req.param("id");
    const { grace } = await c.req.parseBody();
    const subscription = await subscriptions.get(id);
    if (!subscription) return render.missing(c, "subscription");
    if (subscription.channel.type !== "webhook") return guard.redirect(c, `/subscriptions/${id}`, unsigned);
    const [seconds] = graces.find(([each]) => String(each) === grace) ?? [];
    if (seconds === undefined) {
      const problem = "Choose how long the former one signs too.";
      const content = <RotateSecret subscription={subscription} problem={problem} form={c.get("form")} />;
      return render.page(c, "Change the signing secret", content, 422);
    }
    const rotated = await subscriptions.rotateSecret(id, seconds);
    // Read again: with it the public key has changed.
    const changed = rotated && (await subscriptions.get(id));
    if (!rotated || !changed) return render.missing(c, "subscription");
    // Shown as the answer itself: a secret never travels through an address or a cookie.
    const content = (
      <RotatedSecret
        subscription={changed}
        secret={rotated.secret}
        until={seconds === 0 ? null : rotated.previousValidUntil}
        form={c.get("form")}
      />
    );
    return render.page(c, "The signing secret is new", content);
  });
}
