import type { Context, Hono } from "hono";
import type { Subscription } from "../../domain/subscription.js";
import { knownCollections } from "../collections.js";
import type { DashboardEnv } from "../env.js";
import { subscriptionName } from "../format.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { DeleteSubscription } from "../pages/delete-subscription.js";
import { Subscribe } from "../pages/subscribe.js";
import { Subscribed } from "../pages/subscribed.js";
import { PreviewPieces } from "../parts/preview.js";
import { type PreviewView, previewOf } from "../preview.js";
import type { Render } from "../render.js";
import { type DraftProblems, emptyDraft, readDraft, type SubscriptionDraft } from "../subscription-draft.js";
import { checkDraft, checkEdit, checkWish, problemsOf } from "../subscription-draft-check.js";
import { draftOf } from "../subscription-draft-of.js";
import { tidyPage } from "../tidy.js";

type Page = Context<DashboardEnv>;

/** A form as it was sent, or is to be shown. */
interface Sheet {
  readonly draft: SubscriptionDraft;
  /** The subscription that is changed; null for a new one. */
  readonly stored: Subscription | null;
  readonly isFirst: boolean;
}

const changedMeanwhile =
  "Somebody changed this subscription after you opened the page. Look your answers over: saved again, they count.";

/** Subscriptions come and go. Registered before the page of one, whose address is like that of the form. */
export function registerSubscribePages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { services, describe, now } = context;
  const { subscriptions, accounts } = services;

  async function listAccounts(draft: SubscriptionDraft) {
    const page = await accounts.list({ limit: 200, after: null });
    const isListed = draft.account === "" || page.data.some(({ id }) => id === draft.account);
    const named = isListed ? null : await accounts.get(draft.account);
    return named ? [named, ...page.data] : page.data;
  }

  async function known({ draft, stored }: Sheet) {
    const all = await listAccounts(draft);
    const own = stored?.account == null ? all : all.filter(({ id }) => id === stored.account);
    return { accounts: all, collections: await knownCollections(accounts, own) };
  }

  /** The collections that a draft is read with: there can be thousands, and names are seldom typed. */
  async function named(sheet: Sheet) {
    return sheet.draft.moreCollections === "" ? [] : (await known(sheet)).collections;
  }

  /** What a draft would have told, or why that cannot be said. */
  async function previewFor(
    sheet: Sheet,
    collections: Parameters<typeof checkDraft>[1],
  ): Promise<PreviewView> {
    const checked = checkWish(sheet.draft, { stored: sheet.stored, collections });
    if ("input" in checked) return previewOf(services, checked.input);
    const isEmpty = sheet.draft.events.length === 0;
    const sentence = isEmpty
      ? "Tick what it should tell, and see here which of the last events it would have told."
      : "One answer has to be mended first.";
    return { sentence, events: [] };
  }

  async function ask(c: Page, sheet: Sheet, problems: DraftProblems = {}) {
    const { accounts, collections } = await known(sheet);
    const preview = await previewFor(sheet, collections);
    const view = { ...sheet, problems, accounts, collections, preview, describe, now: now() };
    const title = sheet.stored === null ? "New subscription" : "Edit a subscription";
    const status = Object.keys(problems).length > 0 ? 422 : 200;
    return render.page(c, title, <Subscribe {...view} form={c.get("form")} />, status);
  }

  app.get("/subscriptions/new", render.mayChange, (c) => {
    const draft = emptyDraft(c.req.query("account") ?? "");
    return ask(c, { draft, stored: null, isFirst: c.req.query("first") === "1" });
  });

  app.post("/subscriptions", async (c) => {
    const fields = await c.req.parseBody({ all: true });
    const sheet: Sheet = { draft: readDraft(fields), stored: null, isFirst: fields.first === "1" };
    const checked = checkDraft(sheet.draft, await named(sheet));
    if ("problems" in checked) return ask(c, sheet, checked.problems);
    const result = await subscriptions.create(checked.input);
    if (result.kind === "refused") return ask(c, sheet, problemsOf(result));
    const { subscription, secret } = result;
    const path = `/subscriptions/${subscription.id}/subscribed`;
    if (subscription.channel.type !== "webhook")
      return c.redirect(sheet.isFirst ? `${path}?first=1` : path, 303);
    // Shown as the answer itself: a secret never travels through an address or a cookie.
    const view = { subscription, secret, attempt: null, isFirst: sheet.isFirst };
    return render.page(c, "Subscribed", <Subscribed {...view} form={c.get("form")} />, 201);
  });

  app.post("/subscriptions/preview", async (c) => {
    const fields = await c.req.parseBody({ all: true });
    const stored = typeof fields.of === "string" ? await subscriptions.get(fields.of) : null;
    if (typeof fields.of === "string" && stored === null) return render.missing(c, "subscription");
    const sheet: Sheet = { draft: readDraft(fields), stored, isFirst: fields.first === "1" };
    if (fields.pieces !== "1") return ask(c, sheet);
    const preview = await previewFor(sheet, await named(sheet));
    const view = { draft: sheet.draft, preview, describe, now: now() };
    return c.html(tidyPage(`${await (<PreviewPieces {...view} />)}`));
  });

  app.get("/subscriptions/:id/subscribed", render.mayChange, async (c) => {
    const subscription = await subscriptions.get(c.req.param("id"));
    if (!subscription) return render.missing(c, "subscription");
    const view = { subscription, secret: null, attempt: null, isFirst: c.req.query("first") === "1" };
    return render.page(c, "Subscribed", <Subscribed {...view} form={c.get("form")} />);
  });

  app.post("/subscriptions/:id/subscribed", async (c) => {
    const id = c.req.param("id");
    const [subscription, attempt] = await Promise.all([subscriptions.get(id), subscriptions.test(id)]);
    if (!subscription || !attempt) return render.missing(c, "subscription");
    const { first } = await c.req.parseBody();
    const view = { subscription, secret: null, attempt, isFirst: first === "1" };
    return render.page(c, "A test", <Subscribed {...view} form={c.get("form")} />);
  });

  app.get("/subscriptions/:id/edit", render.mayChange, async (c) => {
    const stored = await subscriptions.get(c.req.param("id"));
    if (!stored) return render.missing(c, "subscription");
    return ask(c, { draft: draftOf(stored), stored, isFirst: false });
  });

  app.post("/subscriptions/:id/edit", async (c) => {
    const stored = await subscriptions.get(c.req.param("id"));
    if (!stored) return render.missing(c, "subscription");
    const fields = await c.req.parseBody({ all: true });
    const sheet: Sheet = { draft: readDraft(fields), stored, isFirst: false };
    // A recipient may have left meanwhile, and would be on the list again.
    if (fields.version !== stored.updatedAt) return ask(c, sheet, { form: changedMeanwhile });
    const checked = checkEdit(sheet.draft, stored, await named(sheet));
    if ("problems" in checked) return ask(c, sheet, checked.problems);
    const { patch } = checked;
    const path = `/subscriptions/${stored.id}`;
    if (Object.keys(patch).length === 0)
      return guard.redirect(c, path, { tone: "good", text: "Nothing was changed." });
    const result = await subscriptions.update(stored.id, patch);
    if (result === null) return render.missing(c, "subscription");
    if (result.kind === "refused") return ask(c, sheet, problemsOf(result));
    const isNewWebhook = stored.channel.type !== "webhook" && patch.channel?.type === "webhook";
    const text = isNewWebhook
      ? "It is saved. Nobody has seen its signing secret yet: change the secret to get one."
      : "It is saved.";
    return guard.redirect(c, path, { tone: "good", text });
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
