import type { Hono } from "hono";
import type { DashboardEnv } from "../env.js";
import { count } from "../format.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { AccountPage } from "../pages/account.js";
import type { Render } from "../render.js";

/** Accounts: look at, renew, poll. Registered after the form for a new one, whose address is like that of a page. */
export function registerAccountPages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { accounts } = context.services;

  app.get("/accounts/:id", async (c) => {
    const id = c.req.param("id");
    const [account, sources, holds, forecast] = await Promise.all([
      accounts.get(id),
      accounts.sources(id),
      accounts.holds(id),
      accounts.forecast(id),
    ]);
    if (!account) return render.missing(c, "account");
    const view = {
      account,
      sources: sources ?? [],
      holds: holds ?? [],
      forecast,
      form: c.get("form"),
      now: context.now(),
    };
    return render.page(c, account.name, <AccountPage {...view} />);
  });

  app.post("/accounts/:id/session", async (c) => {
    const id = c.req.param("id");
    const { cookies } = await c.req.parseBody();
    const result = await accounts.renewSession(id, { cookies: typeof cookies === "string" ? cookies : "" });
    if (!result) return render.missing(c, "account");
    const back = `/accounts/${id}`;
    if (result.kind === "refused") return guard.redirect(c, back, { tone: "bad", text: result.detail });
    const user = result.session.user?.name ?? result.session.user?.email;
    const text = `Pixieset accepts the session${user ? ` of ${user}` : ""}. Polling goes on by itself.`;
    return guard.redirect(c, back, { tone: "good", text });
  });

  app.post("/accounts/:id/poll", async (c) => {
    const id = c.req.param("id");
    const result = await accounts.requestPoll(id);
    if (!result) return render.missing(c, "account");
    const back = `/accounts/${id}`;
    if (result.kind === "refused") return guard.redirect(c, back, { tone: "bad", text: result.detail });
    const text = `Polling ${count(result.sources, "source")} now, within the request budget.`;
    return guard.redirect(c, back, { tone: "good", text });
  });
}
