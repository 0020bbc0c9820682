import type { Context, Hono } from "hono";
import { readers } from "../../domain/companion.js";
import type { Pairing } from "../../services/companions.js";
import type { DashboardEnv } from "../env.js";
import type { Guard } from "../guard.js";
import type { DashboardContext } from "../options.js";
import { EndPairing, PairBrowser } from "../pages/companion.js";
import { OpenedLink } from "../pages/companion-link.js";
import type { Render } from "../render.js";

const said = {
  server: "This server reads from now on, with the session that it was handed.",
  browser: "The browser reads from now on: it begins within a minute.",
};

/** What a pairing link opens in a browser. Registered before the guard: whoever opens it may not be signed in. */
export function registerOpenedLink(
  app: Hono<DashboardEnv>,
  { companionFor }: Pick<DashboardContext, "companionFor">,
  render: Render,
): void {
  const content = <OpenedLink companionFor={companionFor} />;
  app.get("/companion", (c) => render.everybody(c, "Pair a browser", content));
}

/** Browsers that are paired with an account: pair one, end one, and who of them and this server reads. */
export function registerCompanionPages(
  app: Hono<DashboardEnv>,
  { services, companionFor, now }: DashboardContext,
  guard: Guard,
  render: Render,
): void {
  const { accounts, companions, subscriptions } = services;

  const read = async (id: string) => {
    const [account, paired] = await Promise.all([accounts.get(id), companions.list(id)]);
    return account && paired ? { account, companions: paired } : null;
  };
  const show = async (c: Context<DashboardEnv>, id: string, pairing: Pairing | null) => {
    const [found, told] = await Promise.all([read(id), subscriptions.list({ limit: 1, after: null })]);
    if (!found) return render.missing(c, "account");
    const view = { ...found, companionFor, pairing, isFirst: told.data.length === 0, now: now() };
    const content = <PairBrowser {...view} form={c.get("form")} />;
    return render.page(c, "Pair a browser", content, pairing === null ? 200 : 201);
  };

  app.get("/accounts/:id/companion", render.mayChange, (c) => show(c, c.req.param("id"), null));

  // Shown as the answer itself: a code never travels through an address or a cookie.
  app.post("/accounts/:id/companion", async (c) => {
    const id = c.req.param("id");
    const pairing = await companions.pairing(id);
    return pairing ? show(c, id, pairing) : render.missing(c, "account");
  });

  app.get("/accounts/:id/companions/:companion/end", render.mayChange, async (c) => {
    const found = await read(c.req.param("id"));
    const companion = found?.companions.find(({ id }) => id === c.req.param("companion"));
    if (!found || !companion) return render.missing(c, "paired browser");
    const { account } = found;
    const isLastReader = account.readBy === "browser" && found.companions.length === 1;
    const view = { account, companion, isLastReader, form: c.get("form") };
    return render.page(c, "End a pairing", <EndPairing {...view} />);
  });

  app.post("/accounts/:id/companions/:companion/end", async (c) => {
    const { id, companion } = c.req.param();
    const named = (await companions.list(id))?.find((each) => each.id === companion);
    if (!named || !(await companions.remove(id, companion))) return render.missing(c, "paired browser");
    const text = `The pairing with ${named.browser} is ended.`;
    return guard.redirect(c, `/accounts/${id}#browsers`, { tone: "good", text });
  });

  app.post("/accounts/:id/read-by", async (c) => {
    const id = c.req.param("id");
    const fields = await c.req.parseBody();
    const readBy = readers.find((reader) => reader === fields.readBy);
    const back = `/accounts/${id}`;
    if (!readBy)
      return guard.redirect(c, back, { tone: "bad", text: "Choose who reads, then keep the choice." });
    const updated = await accounts.update(id, { readBy });
    if (!updated) return render.missing(c, "account");
    if (!("kind" in updated)) return guard.redirect(c, back, { tone: "good", text: said[readBy] });
    const isMissing = updated.code === "companion_missing";
    const text = isMissing ? "Pair a browser first, then let it read. Nothing was changed." : updated.detail;
    return guard.redirect(c, isMissing ? `${back}/companion` : back, { tone: "bad", text });
  });
}
