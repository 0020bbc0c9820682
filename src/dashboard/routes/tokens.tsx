import type { Context, Hono } from "hono";
import { firstToken } from "../../domain/token.js";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { pageAt } from "../page-at.js";
import { DeleteToken, TokenMade } from "../pages/token.js";
import { Tokens } from "../pages/tokens.js";
import type { Render } from "../render.js";
import { checkTokenDraft, emptyTokenDraft, readTokenDraft, type TokenProblems } from "../token-draft.js";

const pageSize = 50;

/** The tokens that open dashboard and API: list, make, delete. */
export function registerTokenPages(
  app: Hono<DashboardEnv>,
  { services, now }: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { tokens } = services;

  const show = async (
    c: Context<DashboardEnv>,
    draft = emptyTokenDraft,
    problems: TokenProblems = {},
    after: string | null = null,
  ) => {
    const { data, next } = await pageAt(after, (place) => tokens.list({ limit: pageSize, after: place }));
    const older = next && `/tokens?${new URLSearchParams({ after: next })}`;
    const view = { tokens: data, older, own: c.get("tokenId"), draft, problems };
    const content = <Tokens {...view} form={c.get("form")} now={now()} />;
    return render.page(c, "API tokens", content, Object.keys(problems).length > 0 ? 422 : 200);
  };

  app.get("/tokens", (c) => show(c, emptyTokenDraft, {}, c.req.query("after") ?? null));

  app.post("/tokens", async (c) => {
    const draft = readTokenDraft(await c.req.parseBody());
    const checked = checkTokenDraft(draft, now());
    if ("problems" in checked) return show(c, draft, checked.problems);
    // Shown as the answer itself: a token never travels through an address or a cookie.
    const made = await tokens.create(checked.input);
    return render.page(c, "A new token", <TokenMade {...made} />, 201);
  });

  app.get("/tokens/:id/delete", render.mayChange, async (c) => {
    const id = c.req.param("id");
    // Its line in the list says how it is changed.
    if (id === firstToken.id) return c.redirect(`/tokens#${id}`, 303);
    const token = await tokens.get(id);
    if (!token) return render.missing(c, "token");
    const content = <DeleteToken token={token} isOwn={id === c.get("tokenId")} form={c.get("form")} />;
    return render.page(c, "Delete a token", content);
  });

  app.post("/tokens/:id/delete", async (c) => {
    const id = c.req.param("id");
    const token = await tokens.get(id);
    const result = await tokens.remove(id);
    if (!result) return render.missing(c, "token");
    if (result.kind === "refused") return guard.redirect(c, "/tokens", { tone: "bad", text: result.detail });
    const name = token?.name ?? "The token";
    if (id !== c.get("tokenId"))
      return guard.redirect(c, "/tokens", { tone: "good", text: `${name} was deleted.` });
    guard.signOut(c);
    const text = `${name} was deleted, and you are signed out.`;
    return guard.redirect(c, "/sign-in", { tone: "good", text });
  });
}
