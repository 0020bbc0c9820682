import type { Context, Hono } from "hono";
import type { CollectionReference } from "../../domain/record.js";
import type { Subscription } from "../../domain/subscription.js";
import type { AccountView, SourceView } from "../../services/accounts.js";
import {
  type AccountDraft,
  type AccountProblems,
  checkAccountDraft,
  draftOf,
  readAccountDraft,
  tickedCollections,
} from "../account-draft.js";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { DeleteAccount } from "../pages/delete-account.js";
import { EditAccount } from "../pages/edit-account.js";
import type { Render } from "../render.js";
import { groupSources } from "../source-groups.js";

/** The collections that sources are of: the chosen ones first, then what changed last. */
function collectionsOf(account: AccountView, sources: readonly SourceView[]): CollectionReference[] {
  const known = groupSources(sources).flatMap(({ collection }) => collection ?? []);
  const chosen = new Set(account.collections === "all" ? [] : account.collections);
  return [...known.filter(({ id }) => chosen.has(id)), ...known.filter(({ id }) => !chosen.has(id))];
}

/** What can be set of an account, and its end. */
export function registerAccountSettings(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { accounts, subscriptions } = context.services;

  const read = async (id: string) => {
    const [account, sources] = await Promise.all([accounts.get(id), accounts.sources(id)]);
    return account && sources ? { account, known: collectionsOf(account, sources) } : null;
  };
  const edit = (
    c: Context<DashboardEnv>,
    account: AccountView,
    known: readonly CollectionReference[],
    draft: AccountDraft,
    problems: AccountProblems = {},
  ) => {
    const boxes = known.slice(0, tickedCollections);
    const view = { account, draft, problems, boxes, more: known.length - boxes.length };
    const status = Object.keys(problems).length > 0 ? 422 : 200;
    return render.page(c, `Edit ${account.name}`, <EditAccount {...view} form={c.get("form")} />, status);
  };

  app.get("/accounts/:id/edit", render.mayChange, async (c) => {
    const found = await read(c.req.param("id"));
    if (!found) return render.missing(c, "account");
    const { account, known } = found;
    return edit(c, account, known, draftOf(account, known.slice(0, tickedCollections)));
  });

  app.post("/accounts/:id/edit", async (c) => {
    const id = c.req.param("id");
    const found = await read(id);
    if (!found) return render.missing(c, "account");
    const draft = readAccountDraft(await c.req.parseBody({ all: true }));
    const checked = checkAccountDraft(draft, found.known);
    if ("problems" in checked) return edit(c, found.account, found.known, draft, checked.problems);
    const account = await accounts.update(id, checked.patch);
    if (!account) return render.missing(c, "account");
    return guard.redirect(c, `/accounts/${id}`, { tone: "good", text: "Saved." });
  });

  /** The subscriptions that tell of this account alone: they go with it. */
  const subscriptionsOf = async (id: string): Promise<Subscription[]> => {
    const found: Subscription[] = [];
    let after: string | null = null;
    do {
      const page = await subscriptions.list({ limit: 200, after });
      found.push(...page.data.filter(({ account }) => account === id));
      after = page.next;
    } while (after !== null);
    return found;
  };
  const ask = async (c: Context<DashboardEnv>, id: string, isUnsure: boolean) => {
    const [account, named] = await Promise.all([accounts.get(id), subscriptionsOf(id)]);
    if (!account) return render.missing(c, "account");
    const view = { account, subscriptions: named, isUnsure };
    const content = <DeleteAccount {...view} form={c.get("form")} />;
    return render.page(c, "Delete an account", content, isUnsure ? 422 : 200);
  };

  app.get("/accounts/:id/delete", render.mayChange, (c) => ask(c, c.req.param("id"), false));

  app.post("/accounts/:id/delete", async (c) => {
    const id = c.req.param("id");
    const { sure } = await c.req.parseBody();
    if (sure !== "yes") return ask(c, id, true);
    const account = await accounts.get(id);
    if (!account || !(await accounts.remove(id))) return render.missing(c, "account");
    return guard.redirect(c, "/accounts", { tone: "good", text: `${account.name} was deleted.` });
  });
}
