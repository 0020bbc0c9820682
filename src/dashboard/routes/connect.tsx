import type { Context, Hono } from "hono";
import {
  type ConnectDraft,
  type ConnectProblems,
  checkConnect,
  emptyConnectDraft,
  problemsOfRefusal,
  readConnectDraft,
} from "../connect-draft.js";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { Welcome } from "../pages/welcome.js";
import type { Render } from "../render.js";

/** Accounts are connected. Registered before the page of one, whose address is like that of the form. */
export function registerConnect(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { services, simulated } = context;
  const one = { limit: 1, after: null };

  const ask = async (c: Context<DashboardEnv>, draft: ConnectDraft, problems: ConnectProblems = {}) => {
    const isFirst = (await services.accounts.list(one)).data.length === 0;
    const view = { draft, problems, simulated, isFirst, form: c.get("form") };
    const title = isFirst ? "Welcome" : "Add an account";
    return render.page(c, title, <Welcome {...view} />, Object.keys(problems).length > 0 ? 422 : 200);
  };

  app.get("/accounts/new", render.mayChange, (c) => ask(c, emptyConnectDraft));

  app.post("/accounts", async (c) => {
    const fields = await c.req.parseBody();
    const draft = readConnectDraft(fields);
    const checked = checkConnect(draft, fields.cookies, fields.by);
    if ("problems" in checked) return ask(c, draft, checked.problems);
    const result = await services.accounts.create(checked.input);
    if (result.kind === "refused") return ask(c, draft, problemsOfRefusal(result));
    const { id, name, session } = result.account;
    if (session.status === "unverified") {
      const added = `${name} is added. Pair your browser now: it hands over the session.`;
      return guard.redirect(c, `/accounts/${id}/companion`, { tone: "good", text: added });
    }
    const text = `${name} is connected. The first reading runs now and is silent.`;
    const isTold = (await services.subscriptions.list(one)).data.length > 0;
    // Nobody would hear of anything yet: the form for a subscription comes next.
    return guard.redirect(c, isTold ? `/accounts/${id}` : `/subscriptions/new?account=${id}&first=1`, {
      tone: "good",
      text,
    });
  });
}
