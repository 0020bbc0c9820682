import type { Hono } from "hono";
import { floodName } from "../concerns.js";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import type { Render } from "../render.js";

const decisions = {
  release: "Let go and on the way now",
  discard: "Dropped, and kept in the list of events only",
} as const;

/** What a person decides about a flood. */
export function registerHoldForms(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { accounts } = context.services;

  for (const decision of ["release", "discard"] as const) {
    app.post(`/accounts/:id/holds/:hold/${decision}`, async (c) => {
      const { id, hold } = c.req.param();
      const result = await accounts.resolveHold(id, hold, decision);
      if (!result && !(await accounts.get(id))) return render.missing(c, "account");
      const back = `/accounts/${id}`;
      if (!result) {
        const text = "This flood is not there any more. Its events may have become too old to keep.";
        return guard.redirect(c, back, { tone: "bad", text });
      }
      if ("kind" in result) return guard.redirect(c, back, { tone: "bad", text: result.detail });
      const text = `${decisions[decision]}: ${floodName(result)}.`;
      return guard.redirect(c, back, { tone: "good", text });
    });
  }
}
