import type { Hono } from "hono";
import { accountInputSchema } from "../../domain/account.js";
import type { DashboardEnv } from "../env.js";
import { count } from "../format.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { AccountPage } from "../pages/account.js";
import { Connect } from "../pages/welcome.js";
import type { Render } from "../render.js";

/** Accounts: connect, look at, renew, poll. */
export function registerAccountPages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { accounts } = context.services;

  app.get("/accounts/new", render.mayChange, (c) =>
    render.page(c, "Add an account", <Connect form={c.get("form")} first={false} />),
  );

  app.post("/accounts", async (c) => {
    const { name, cookies } = await c.req.parseBody();
    const input = accountInputSchema.safeParse({ name, session: { cookies } });
    if (!input.success) {
      return guard.redirect(c, "/accounts/new", {
        tone: "bad",
        text: "Fill in a name and paste the cookies.",
      });
    }
    const result = await accounts.create(input.data);
    if (result.kind === "refused")
      return guard.redirect(c, "/accounts/new", { tone: "bad", text: result.detail });
    const text = `${result.account.name} is connected. The first reading runs now and is silent.`;
    return guard.redirect(c, `/accounts/${result.account.id}`, { tone: "good", text });
  });

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
