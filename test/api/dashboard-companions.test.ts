import { describe, expect, it } from "vitest";
import type { AccountView } from "../../src/services/accounts.js";
import { createBrowser } from "./support/browser.js";
import { accountId, at, makeAccount, makeSubscription } from "./support/fixtures.js";

const path = `/accounts/${accountId}`;
const code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/;
const expired = {
  ...makeAccount().session,
  status: "expired",
  reason: "The upstream answered 401.",
} as const;

/** An account as told, with these browsers; each was heard of so many seconds ago. */
async function withBrowsers(
  browsers: Record<string, number> = {},
  account: Partial<AccountView> = {},
  options: Parameters<typeof createBrowser>[0] = {},
) {
  const browser = createBrowser(options);
  const { state } = browser;
  const heard = Object.values(browsers).map((seconds) => at(-seconds));
  const lastHeardAt = heard.toSorted().at(-1);
  const view = lastHeardAt === undefined ? null : ({ status: "connected", lastHeardAt } as const);
  state.accounts.set(accountId, makeAccount({ browser: view, ...account }));
  for (const [index, name] of Object.keys(browsers).entries()) {
    const companion = {
      id: `cmp_${index}`,
      browser: name,
      createdAt: at(-7_200),
      lastHeardAt: heard[index] ?? "",
    };
    state.companions.byToken.set(`pxc_${index}`, { account: accountId, companion });
  }
  await browser.signIn();
  const page = async (address: string) => (await browser.get(address)).text();
  return { ...browser, page };
}

/** What stands between the tags, without them. */
const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
const away = { status: "away", lastHeardAt: at(-600) } as const;
const isChosen = (html: string, reader: string) => html.includes(`value="${reader}" checked=""`);

describe("the browsers of an account", () => {
  it("are offered where there are none, in two sentences that lead on", async () => {
    const { page } = await withBrowsers();
    const html = await page(path);
    expect(textOf(html)).toContain("there are no cookies to paste any more");
    expect(html).toContain(`href="${path}/companion">Pair a browser</a>`);
    expect(html).not.toContain("Who reads the lists");
  });

  it("get a companion that is built for what this service reads", async () => {
    const command = (html: string) => /<code id="build-command">([^<]*)</.exec(html)?.[1];
    const real = await withBrowsers();
    const simulated = await withBrowsers(
      {},
      {},
      { companionFor: ["http://127.0.0.1:4010", "http://localhost:4010"] },
    );
    for (const address of [`${path}/companion`, "/companion"]) {
      expect(command(await real.page(address))).toBe("npm run companion");
      expect(command(await simulated.page(address))).toBe(
        "npm run companion -- --for http://127.0.0.1:4010 --for http://localhost:4010",
      );
    }
  });

  it("stand with what they call themselves, and whether they are there", async () => {
    const { page } = await withBrowsers({ "Firefox on Windows": 9_000, "Chromium on Linux": 20 });
    const text = textOf(await page(path));
    expect(text).toMatch(/Chromium on Linux Paired 2 h ago Connected End pairing/);
    expect(text).toMatch(/Firefox on Windows Paired 2 h ago Away, last heard of 3 h ago End pairing/);
  });

  it("name themselves, as text", async () => {
    const { page } = await withBrowsers({ "<script>alert(1)</script>": 20 }, { session: expired });
    for (const address of [path, "/", "/accounts", `${path}/companion`, `${path}/companions/cmp_0/end`])
      expect(await page(address), address).not.toContain("<script>alert");
  });

  it("are ended after a question, one by one", async () => {
    const { page, submit, state } = await withBrowsers({ "Chromium on Linux": 20, "Firefox on macOS": 30 });
    const question = await page(`${path}/companions/cmp_0/end`);
    expect(question).toContain("<h1>End this pairing?</h1>");
    expect(question).not.toContain("nothing is read from then on");
    expect(state.companions.byToken.size).toBe(2);
    expect(await submit(`${path}/companions/cmp_0/end`)).toContain(
      "The pairing with Chromium on Linux is ended.",
    );
    expect([...state.companions.byToken.values()].map(({ companion }) => companion.id)).toEqual(["cmp_1"]);
    expect(await submit(`${path}/companions/cmp_0/end`)).toContain("<h1>Not found</h1>");
    expect(await page(`/accounts/acc_0000000000000000/companions/cmp_1/end`)).toContain("<h1>Not found</h1>");
  });

  it("are missed where the last one that reads goes", async () => {
    const { page } = await withBrowsers({ "Chromium on Linux": 20 }, { readBy: "browser" });
    expect(await page(`${path}/companions/cmp_0/end`)).toContain("nothing is read from then on");
  });
});

describe("pairing a browser", () => {
  it("makes a link by a form, shows it once, and puts the code into no address and no cookie", async () => {
    const { page, post, formToken, state, setCookies } = await withBrowsers();
    const before = await page(`${path}/companion`);
    expect(before).not.toMatch(code);
    expect(state.companions.pairings.size).toBe(0);
    const answer = await post(`${path}/companion`, { form: await formToken() });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBeNull();
    const html = await answer.text();
    const [made = ""] = state.companions.pairings.keys();
    expect(html).toContain(`http://pixiehook.test/companion#${made}</code>`);
    expect(textOf(html)).toContain("good once, until 20 Nov 2026, 10:10:00 UTC");
    expect(html).toContain(`data-address="${path}/companion"`);
    expect(await page(`${path}/companion`)).not.toMatch(code);
    expect(setCookies.join()).not.toContain(made);
    expect(html).not.toMatch(/(href|action)="[^"]*#[0-9A-Z]{4}-/);
  });

  it("says by itself that a browser was paired, and what comes next", async () => {
    const { page, services, state, wait } = await withBrowsers();
    const arrived = async () =>
      textOf(
        /<div id="arrived" data-refresh="3">([\s\S]*?)<\/div>/.exec(await page(`${path}/companion`))?.[1] ??
          "",
      );
    expect(await arrived()).toContain("Nothing has arrived yet.");
    const pairing = await services.companions.pairing(accountId);
    await services.companions.pair(pairing?.code ?? "", "Chromium on Linux", "");
    expect(await arrived()).toContain("Chromium on Linux is paired");
    expect(await page(`${path}/companion`)).toContain(`/subscriptions/new?account=${accountId}&amp;first=1`);
    const subscription = makeSubscription();
    state.subscriptions.set(subscription.id, subscription);
    expect(await page(`${path}/companion`)).toContain(`href="${path}#browsers" id="next"`);
    wait(700);
    expect(await arrived()).toContain("Nothing has arrived yet.");
  });

  it("is for those who may change things, of accounts that there are", async () => {
    const { get, post, services, signIn, page, formToken, submit } = await withBrowsers({
      "Chromium on Linux": 20,
    });
    expect((await get("/accounts/acc_0000000000000000/companion")).status).toBe(404);
    expect(await submit("/accounts/acc_0000000000000000/companion")).toContain("<h1>Not found</h1>");
    expect((await post(`${path}/companion`, {})).status).toBe(403);
    const token = { name: "Wall", scope: "read", expiresAt: null } as const;
    await signIn((await services.tokens.create(token)).secret);
    for (const address of [`${path}/companion`, `${path}/companions/cmp_0/end`])
      expect((await get(address)).status, address).toBe(403);
    for (const address of [`${path}/companion`, `${path}/companions/cmp_0/end`, `${path}/read-by`])
      expect((await post(address, { form: await formToken() })).status, address).toBe(403);
    const html = await page(path);
    expect(html).toContain("Chromium on Linux");
    expect(html).not.toMatch(/Pair another browser|End pairing|name="readBy"/);
  });

  it("begins with the account, without cookies", async () => {
    const { page, submit, state } = await withBrowsers();
    expect(await page("/accounts/new")).toContain('name="by" value="companion"');
    const next = await submit("/accounts", { name: "Harbour", cookies: "", by: "companion" });
    expect(next).toContain("Harbour is added. Pair your browser now");
    expect(next).toContain("<h1>Pair a browser</h1>");
    const added = [...state.accounts.values()].at(-1);
    expect(added).toMatchObject({ name: "Harbour", session: { status: "unverified" } });
    expect(await submit("/accounts", { name: "", by: "companion" })).toContain("Give it a name");
    expect(await submit("/accounts", { name: "Pier", cookies: "" })).toContain(
      "Or connect with your browser.",
    );
    // Cookies that were pasted are tried, whichever button was pressed.
    await submit("/accounts", { name: "Quay", cookies: "PIXIESET_SESSION=x", by: "companion" });
    expect([...state.accounts.values()].at(-1)).toMatchObject({
      name: "Quay",
      session: { status: "active" },
    });
  });
});

describe("what a pairing link opens", () => {
  it("is the same for everybody, and tells nothing of the accounts", async () => {
    const { page, post, formToken, app } = await withBrowsers({ "Chromium on Linux": 20 });
    const stranger = await app.request("http://pixiehook.test/companion");
    expect(stranger.status).toBe(200);
    const html = await stranger.text();
    expect(html).toContain("<h1>This link is for the companion</h1>");
    expect(html).not.toMatch(/Smith Studio|Chromium on Linux|Sign out/);
    expect(await page("/companion")).toBe(html);
    expect(stranger.headers.get("set-cookie")).toBeNull();
    // What was said to somebody waits for a page of theirs.
    await post(`${path}/read-by`, { form: await formToken() });
    expect(await page("/companion")).toBe(html);
    expect(await page(path)).toContain("Choose who reads");
  });
});

describe("who reads", () => {
  it("is chosen, with what it costs beside it", async () => {
    const { page, submit, state } = await withBrowsers({ "Chromium on Linux": 20 });
    const html = await page(path);
    expect(isChosen(html, "server")).toBe(true);
    expect(html).toContain("nothing is read while the browser is closed");
    const chosen = await submit(`${path}/read-by`, { readBy: "browser" });
    expect(chosen).toContain("The browser reads from now on");
    expect(isChosen(chosen, "browser")).toBe(true);
    expect(state.accounts.get(accountId)?.readBy).toBe("browser");
    expect(await submit(`${path}/read-by`, { readBy: "server" })).toContain("This server reads from now on");
    expect(await submit(`${path}/read-by`, { readBy: "nobody" })).toContain("Choose who reads");
    expect(state.accounts.get(accountId)?.readBy).toBe("server");
  });

  it("is refused kindly where no browser is paired", async () => {
    const { submit, state } = await withBrowsers();
    const detail = "No browser is paired with this account.";
    state.refuse["accounts.update"] = { kind: "refused", code: "companion_missing", detail };
    const html = await submit(`${path}/read-by`, { readBy: "browser" });
    expect(html).toContain("Pair a browser first, then let it read. Nothing was changed.");
    expect(html).toContain("<h1>Pair a browser</h1>");
  });

  it("can be taken back where the last browser is gone", async () => {
    const { page } = await withBrowsers({}, { readBy: "browser" });
    const html = await page(path);
    expect(html).toContain("none is paired. Pair one, or let this server read.");
    expect(isChosen(html, "browser")).toBe(true);
    expect(await page("/")).toContain("1 thing needs you");
  });
});

describe("a browser that reads and is closed", () => {
  const closed = { readBy: "browser", browser: away } as const;

  it("is waited for on every page, with since when", async () => {
    const { page } = await withBrowsers({ "Chromium on Linux": 600 }, closed);
    const waiting =
      "Waiting for the browser: once Chromium on Linux is open, reading goes on within a minute. Last heard of 10 min ago";
    for (const address of [path, "/accounts", "/"]) {
      const text = textOf(await page(address));
      expect(text, address).toContain(waiting);
      if (address !== path) expect(text, address).not.toMatch(/found in about/i);
    }
    expect(textOf(await page(path))).toContain("Changes found When the browser is open");
    const home = await page("/");
    expect(home).toContain("Almost everything is working");
    expect(home).toContain(`href="${path}#browsers" id="concern-0">See the browsers</a>`);
    expect(await page(path)).not.toContain("Poll now");
  });

  it("stands as away, though it was heard of just now", async () => {
    const browser = { status: "away", lastHeardAt: at(-20) } as const;
    const { page } = await withBrowsers({ "Chromium on Linux": 20 }, { ...closed, browser });
    expect(textOf(await page(path))).toContain("Away, last heard of 25 s ago End pairing");
  });

  it("needs somebody after a day", async () => {
    const browser = { status: "away", lastHeardAt: at(-100_000) } as const;
    const { page } = await withBrowsers({ "Chromium on Linux": 100_000 }, { ...closed, browser });
    expect(await page("/")).toContain("1 thing needs you");
  });

  it("is not missed while the server reads, or while it is there", async () => {
    const { page, state } = await withBrowsers({ "Chromium on Linux": 600 }, { browser: away });
    expect(await page("/")).toContain("Everything is working");
    const there = { readBy: "browser", browser: { status: "connected", lastHeardAt: at(-20) } } as const;
    state.accounts.set(accountId, makeAccount(there));
    expect(await page("/")).toContain("Everything is working");
  });
});

describe("a session that ended", () => {
  it("is renewed in a paired browser, and cookies come second", async () => {
    const { page } = await withBrowsers({ "Chromium on Linux": 20 }, { session: expired });
    const html = await page(path);
    expect(textOf(html)).toContain("Sign in to Pixieset in Chromium on Linux, as you always do.");
    expect(html).toContain("<h3>Or paste cookies</h3>");
    expect(html).toContain('name="cookies"');
  });

  it("asks for no cookies while the browser reads", async () => {
    const { page, state } = await withBrowsers(
      { "Chromium on Linux": 20 },
      { session: expired, readBy: "browser" },
    );
    const html = await page(path);
    expect(textOf(html)).toContain("Sign in to Pixieset in Chromium on Linux.");
    expect(html).not.toContain("cookies");
    const challenged = { ...expired, status: "challenged" } as const;
    state.accounts.set(accountId, makeAccount({ session: challenged, readBy: "browser", browser: away }));
    const checked = await page(path);
    expect(textOf(checked)).toContain("Open Pixieset in Chromium on Linux and do what it asks.");
    expect(checked).not.toContain("cookies");
  });

  it("offers the companion where none is paired", async () => {
    const { page } = await withBrowsers({}, { session: expired });
    const html = await page(path);
    expect(html).toContain(`href="${path}/companion">Easier: pair a browser</a>`);
    expect(html).toContain('name="cookies"');
  });
});
