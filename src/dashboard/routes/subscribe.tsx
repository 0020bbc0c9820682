import type { Context, Hono } from "hono";
import type { DashboardEnv } from "../env.js";
import { subscriptionName } from "../format.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { DeleteSubscription } from "../pages/delete-subscription.js";
import { Subscribe } from "../pages/subscribe.js";
import { Subscribed } from "../pages/subscribed.js";
import type { Render } from "../render.js";
import {
  checkDraft,
  type DraftProblems,
  emptyDraft,
  problemsOf,
  readDraft,
  type SubscriptionDraft,
} from "../subscription-draft.js";

/** Subscriptions come and go. Registered before the page of one, whose address is like that of the form. */
export function registerSubscribePages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { subscriptions, accounts } = context.services;

  /** Whether there are no more than so many: the first visit goes on as long as there is nothing else. */
  const areAtMost = async (most: number) =>
    (await subscriptions.list({ limit: most + 1, after: null })).data.length <= most;

  const ask = async (c: Context<DashboardEnv>, draft: SubscriptionDraft, problems: DraftProblems = {}) => {
    const page = await accounts.list({ limit: 200, after: null });
    const listed = page.data.some(({ id }) => id === draft.account);
    const named = listed || draft.account === "" ? null : await accounts.get(draft.account);
    const view = { draft, problems, accounts: named ? [named, ...page.data] : page.data };
    const content = <Subscribe {...view} isFirst={await areAtMost(0)} form={c.get("form")} />;
    return render.page(c, "New subscription", content, Object.keys(problems).length > 0 ? 422 : 200);
  };

  app.get("/subscriptions/new", render.mayChange, (c) => ask(c, emptyDraft(c.req.query("account") ?? "")));

  app.post("/subscriptions", async (c) => {
    const draft = readDraft(await c.req.parseBody({ all: true }));
    const checked = checkDraft(draft);
    if ("problems" in checked) return ask(c, draft, checked.problems);
    const result = await subscriptions.create(checked.input);
    if (result.kind === "refused") return ask(c, draft, problemsOf(result));
    const { subscription, secret } = result;
    const isFirst = await areAtMost(1);
    if (subscription.channel.type !== "webhook") {
      const text = `${subscriptionName(subscription)} is on. Send a test to see it arrive.`;
      return guard.redirect(c, `/subscriptions/${subscription.id}${isFirst ? "?first" : ""}`, {
        tone: "good",
        text,
      });
    }
    // Shown as the answer itself: a secret never travels through an address or a cookie.
    const content = (
      <Subscribed subscription={subscription} secret={secret} isFirst={isFirst} form={c.get("form")} />
    );
    return render.page(c, "Subscribed", content, 201);
  });

  app.get("/subscriptions/:id/delete", render.mayChange, async (c) => {
    const subscription = await subscriptions.get(c.req.param("id"));
    if (!subscription) return render.missing(c, "subscription");
    const content = <DeleteSubscription subscription={subscription} form={c.get("form")} />;
    return render.page(c, "Delete a subscription", content);
  });

  app.post("/subscriptions/:id/delete", async (c) => {
    const id = c.req.param("id");
    const subscription = await subscriptions.get(id);
    if (!subscription || !(await subscriptions.remove(id))) return render.missing(c, "subscription");
    const text = `${subscriptionName(subscription)} was deleted.`;
    return guard.redirect(c, "/subscriptions", { tone: "good", text });
  });
}
