import type { Context, Hono } from "hono";
import { accountPatchSchema } from "../../domain/account.js";
import { readAccountPage } from "../account-page.js";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { pageAt } from "../page-at.js";
import { AccountPage } from "../pages/account.js";
import { Accounts } from "../pages/accounts.js";
import { pollNotice } from "../poll-report.js";
import type { Render } from "../render.js";

/** Accounts on a page of the list. */
const pageSize = 20;
/** How long (ms) an answer waits for what came of a poll; what takes longer runs on. */
const pollPatienceMs = 5_000;

/** Accounts: look at, renew, poll, set the budget. Registered after the form for a new one, whose address is like that of a page. */
export function registerAccountPages(
  app: Hono<DashboardEnv>,
  context: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { accounts, companions } = context.services;

  const show = async (c: Context<DashboardEnv>, id: string, sessionProblem: string | null = null) => {
    const wanted = { name: (c.req.query("q") ?? "").slice(0, 200), page: Number(c.req.query("page")) || 1 };
    const view = await readAccountPage(id, wanted, context);
    if (!view) return render.missing(c, "account");
    const content = <AccountPage {...view} sessionProblem={sessionProblem} form={c.get("form")} />;
    return render.page(c, view.account.name, content, sessionProblem === null ? 200 : 422);
  };

  app.get("/accounts", async (c) => {
    const { data, next } = await pageAt(c.req.query("after"), (after) =>
      accounts.list({ limit: pageSize, after }),
    );
    const rows = await Promise.all(
      data.map(async (account) => {
        const [outlook, paired] = await Promise.all([
          accounts.outlook(account.id),
          account.browser === null ? [] : companions.list(account.id),
        ]);
        return { account, outlook, companions: paired ?? [] };
      }),
    );
    const older = next && `/accounts?${new URLSearchParams({ after: next })}`;
    const content = <Accounts rows={rows} older={older} form={c.get("form")} now={context.now()} />;
    return render.page(c, "Accounts", content);
  });

  app.get("/accounts/:id", (c) => show(c, c.req.param("id")));

  app.post("/accounts/:id/session", async (c) => {
    const id = c.req.param("id");
    const { cookies } = await c.req.parseBody();
    if (typeof cookies !== "string" || cookies.trim() === "")
      return show(c, id, "Paste the cookies here first.");
    const result = await accounts.renewSession(id, { cookies });
    if (!result) return render.missing(c, "account");
    if (result.kind === "refused") return show(c, id, result.detail);
    const user = result.session.user?.name ?? result.session.user?.email;
    const text = `Pixieset accepts the session${user ? ` of ${user}` : ""}. Polling goes on by itself.`;
    return guard.redirect(c, `/accounts/${id}`, { tone: "good", text });
  });

  app.post("/accounts/:id/forget-password", async (c) => {
    const id = c.req.param("id");
    if (!(await accounts.update(id, { credentials: null }))) return render.missing(c, "account");
    const text = "The password is forgotten. When the session ends, paste fresh cookies.";
    return guard.redirect(c, `/accounts/${id}`, { tone: "good", text });
  });

  app.post("/accounts/:id/budget", async (c) => {
    const id = c.req.param("id");
    const { requestsPerMinute } = await c.req.parseBody();
    const patch = accountPatchSchema.safeParse({ polling: { requestsPerMinute: Number(requestsPerMinute) } });
    const back = `/accounts/${id}`;
    if (!patch.success) {
      return guard.redirect(c, back, { tone: "bad", text: "Choose one of the budgets, then set it." });
    }
    if (!(await accounts.update(id, patch.data))) return render.missing(c, "account");
    const text = `The budget is ${Number(requestsPerMinute).toLocaleString("en-GB")} requests a minute now.`;
    return guard.redirect(c, back, { tone: "good", text });
  });

  app.post("/accounts/:id/poll", async (c) => {
    const id = c.req.param("id");
    const result = await accounts.requestPoll(id);
    if (!result) return render.missing(c, "account");
    const back = `/accounts/${id}`;
    if (result.kind === "refused") return guard.redirect(c, back, { tone: "bad", text: result.detail });
    const patience = AbortSignal.any([AbortSignal.timeout(pollPatienceMs), context.signal]);
    const report = await accounts.waitForPoll(id, result.ticket, patience);
    const failed = report?.kind === "done" && report.failed.length > 0;
    const sources = failed ? await accounts.sources(id) : null;
    return guard.redirect(c, back, pollNotice(report, result.sources, sources ?? []));
  });
}
