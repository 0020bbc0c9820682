import { describe, expect, it } from "vitest";
import type { Subscription } from "../../src/domain/subscription.js";
import type { AccountView } from "../../src/services/accounts.js";
import { createBrowser } from "./support/browser.js";
import {
  accountId,
  at,
  makeAccount,
  makeDelivery,
  makeEvent,
  makeSource,
  makeSubscription,
} from "./support/fixtures.js";

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}_${String(index).padStart(16, "0")}`);

async function signedIn() {
  const browser = createBrowser();
  browser.state.accounts.set(accountId, makeAccount());
  await browser.signIn();
  const home = async () => (await browser.get("/")).text();
  const account = (id: string, overrides: Partial<AccountView> = {}) =>
    browser.state.accounts.set(id, makeAccount({ id, name: id, ...overrides }));
  const subscription = (id: string, overrides: Partial<Subscription> = {}) =>
    browser.state.subscriptions.set(id, makeSubscription({ id, description: id, ...overrides }));
  return { ...browser, home, account, subscription };
}

const expired = { ...makeAccount().session, status: "expired" } as const;
const gone = { enabled: false, disabledReason: "The endpoint answered 410 Gone" } as const;

describe("the verdict", () => {
  it("is about all accounts and subscriptions, and says how many it leaves out", async () => {
    const { home, account, subscription } = await signedIn();
    for (const id of ids("acc", 200)) account(id);
    for (const id of ids("sub", 2_000)) subscription(id);
    expect(await home()).toContain("Everything is working");
    account("acc_last0000000000", { session: expired });
    for (const id of ids("subgone", 19)) subscription(id, gone);
    const html = await home();
    expect(html).toContain("20 things need you");
    expect(html.match(/<li class="bad">/g)).toHaveLength(8);
    expect(html).toContain("And 12 more, which take their place here.");
    expect(html).toContain("acc_last0000000000: Pixieset no longer accepts the session.");
  });

  it("leaves neither accounts nor subscriptions out while there is room for some of both", async () => {
    const { home, account, subscription } = await signedIn();
    const texts = async () =>
      [...(await home()).matchAll(/<li class="bad"><span>(acc|sub)/g)].map(([, of]) => of);
    for (const id of ids("acc", 20)) account(id, { session: expired });
    expect(await texts()).toEqual(Array(8).fill("acc"));
    for (const id of ids("sub", 2)) subscription(id, gone);
    expect(await texts()).toEqual([...Array(6).fill("acc"), "sub", "sub"]);
    for (const id of ids("sub", 20)) subscription(id, gone);
    expect(await texts()).toEqual([...Array(4).fill("acc"), ...Array(4).fill("sub")]);
  });

  it("asks about no more than it shows", async () => {
    const { home, account, subscription, state } = await signedIn();
    for (const id of ids("acc", 200)) account(id, { session: expired });
    for (const id of ids("sub", 2_000)) subscription(id, gone);
    state.calls.length = 0;
    await home();
    expect(state.calls.filter((call) => call.startsWith("accounts."))).toEqual([]);
    expect(state.calls.filter((call) => call === "subscriptions.deliveries")).toHaveLength(8);
  });

  it("calls nobody for a session that is renewed by itself", async () => {
    const { home, account } = await signedIn();
    account(accountId, { session: { ...expired, renewal: "credentials" } });
    const html = await home();
    expect(html).toContain("Almost everything is working");
    expect(html).toContain("pixiehook signs in again by itself.");
  });

  it("keeps fresh by itself, as do the chart and the cards", async () => {
    const html = await (await signedIn()).home();
    for (const id of ["verdict", "day", "accounts-now", "subscriptions-now"])
      expect(html).toMatch(new RegExp(`id="${id}"[^>]* data-refresh="15"`));
  });
});

describe("an account's card", () => {
  it("says what to do about its session, and leads there", async () => {
    const { home, account } = await signedIn();
    account(accountId, { session: expired });
    const html = await home();
    expect(html).toMatch(new RegExp(`<a href="/accounts/${accountId}#session">Renew the session</a>`));
    account(accountId, { session: { ...expired, status: "unverified" } });
    expect(await home()).toContain(`<a href="/accounts/${accountId}#session">Connect it</a>`);
  });

  it("counts what cannot be read, and leads there", async () => {
    const { home, state } = await signedIn();
    const failing = { status: "failing", failures: 2, reason: "The upstream answered 502." } as const;
    const wedding = { id: "1", name: "Smith Wedding" };
    state.sources.set(accountId, [
      makeSource("favorites", wedding, failing),
      makeSource("downloads", wedding, { ...failing, failures: 5 }),
      makeSource("invoices", null),
    ]);
    const html = await home();
    expect(html).toContain("3 sources, last read");
    expect(html).toMatch(new RegExp(`href="/accounts/${accountId}#sources"[^>]*>2 cannot be read</a>`));
    expect(html).toContain("2 sources of Smith Studio cannot be read.");
  });

  it("comes sooner the more its account needs somebody; the others are counted", async () => {
    const { home, account } = await signedIn();
    for (const id of ids("acc", 20)) account(id);
    account("acc_wants000000000", { session: expired });
    const html = await home();
    expect(html.indexOf('id="account-acc_wants000000000"')).toBeLessThan(
      html.indexOf(`id="account-${accountId}"`),
    );
    expect(html).toContain("And 16 more accounts.");
  });
});

it("subscriptions that need somebody come first, and say why", async () => {
  const { home, subscription, state } = await signedIn();
  for (const id of ids("sub", 30)) subscription(id);
  subscription("sub_failing00000000");
  subscription("sub_gone0000000000", gone);
  const failingSince = Date.parse(at(-30));
  state.mailboxes.set("sub_failing00000000", { waiting: 1, due: 1, receiver: { failures: 1, failingSince } });
  const attempts = [
    { at: at(-30), durationMs: 9, outcome: "retry", status: 503, error: "It answered 503." },
  ] as const;
  const delivery = makeDelivery("evt_1", {
    subscription: "sub_failing00000000",
    status: "pending",
    attempts,
  });
  state.deliveries.set(delivery.id, delivery);
  const html = await home();
  const shown = [...html.matchAll(/id="row-(\w+)"/g)].map(([, id]) => id);
  expect(shown.slice(0, 2)).toEqual(["sub_gone0000000000", "sub_failing00000000"]);
  expect(shown).toHaveLength(8);
  expect(html).toContain("And 24 more subscriptions.");
  expect(html).toContain(
    '<span class="trouble bad">pixiehook switched it off: The endpoint answered 410 Gone</span>',
  );
  expect(html).toContain('<span class="trouble warn">It answered 503.</span>');
});

describe("the latest events", () => {
  it("begin with the first that ever happens, also when that is before the page listens", async () => {
    const { home, state } = await signedIn();
    expect(await home()).toContain('data-newest="none"');
    const event = makeEvent({ key: "first" });
    state.events.push(event);
    expect(await home()).toContain(`data-newest="${event.id}"`);
  });
});

describe("the last day", () => {
  const events = (type: string, count: number) => ids(type, count).map((key) => makeEvent({ key, type }));

  it("is told in a sentence, and each kind with its number, also of none", async () => {
    const { home, state } = await signedIn();
    state.events.push(
      ...events("favorite.added", 30),
      ...events("invoice.paid", 2),
      ...events("photo.starred", 10),
    );
    const html = await home();
    expect(html).toContain("42 events in the last 24 hours, most of them favorites.");
    const legend = [...html.matchAll(/swatch part-(\d)" aria-hidden="true"><\/span>([^<]*)</g)];
    expect(legend.map(([, part, text]) => `${part} ${text}`)).toEqual([
      "0 Favorites 30",
      "1 Downloads 0",
      "2 Invoices and payments 2",
      "3 Everything else 10",
    ]);
    expect(html).toContain("42 events (30 favorites, 2 invoices and payments, 10 everything else)");
    const drawn = [...html.matchAll(/<rect class="part-(\d)"/g)].map(([, part]) => part);
    expect(drawn).toEqual(["0", "2", "3"]);
  });

  it("knows all, none, one and no greatest part", async () => {
    const { home, state } = await signedIn();
    const said = async (...some: ReturnType<typeof events>[]) => {
      state.events.splice(0, Infinity, ...some.flat());
      return /<div class="card"><p>([^<]*)<\/p><svg/.exec(await home())?.[1];
    };
    expect(await said()).toBe("Nothing happened in the last 24 hours.");
    expect(await said(events("favorite.added", 1))).toBe("1 event in the last 24 hours.");
    expect(await said(events("download.created", 2))).toBe(
      "2 events in the last 24 hours, all of them downloads.",
    );
    expect(await said(events("favorite.added", 2), events("invoice.paid", 2))).toBe(
      "4 events in the last 24 hours.",
    );
    expect(await said(events("photo.starred", 3))).toBe("3 events in the last 24 hours.");
  });
});

it("whoever may only look sees no way to change anything on it", async () => {
  const { home, account, services, signIn } = await signedIn();
  account(accountId, { session: expired });
  const { secret } = await services.tokens.create({ name: "Wall", scope: "read", expiresAt: null });
  await signIn(secret);
  const html = await home();
  expect(html).not.toContain(">Renew the session</a></p>");
  expect(html).not.toContain("/subscriptions/new");
  expect(html).not.toContain("First steps");
});
