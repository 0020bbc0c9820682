import type { Hono } from "hono";
import { accountInputSchema } from "../../domain/account.js";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { Connect } from "../pages/welcome.js";
import type { Render } from "../render.js";

/** Accounts are connected. Registered before the page of one, whose address is like that of the form. */
export function registerConnect(
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
}
