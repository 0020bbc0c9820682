import { describe, expect, it } from "vitest";
import type { Hold } from "../../src/domain/hold.js";
import { createBrowser } from "./support/browser.js";
import { accountId, at, makeAccount, makeEvent } from "./support/fixtures.js";

const flood: Hold = {
  id: "hold_1",
  account: accountId,
  source: "src_1",
  resource: "favorites",
  collection: { id: "90516387", name: "Smith Wedding" },
  count: 412,
  status: "held",
  createdAt: at(-1_200),
  resolvedAt: null,
};
const path = `/accounts/${accountId}`;

async function withHolds(...holds: Partial<Hold>[]) {
  const browser = createBrowser();
  const { state } = browser;
  state.accounts.set(accountId, makeAccount());
  for (const hold of holds) state.holds.set(hold.id ?? flood.id, { ...flood, ...hold });
  await browser.signIn();
  const page = async (address: string) => (await browser.get(address)).text();
  return { ...browser, page };
}

describe("floods on the home page", () => {
  it("need a person", async () => {
    const html = await (await withHolds({})).page("/");
    expect(html).toContain("1 thing needs you");
    expect(html).toContain(
      "412 changes to favorites in Smith Wedding came at once and are held back: look before they go out.",
    );
    expect(html).toContain(`href="${path}#held"`);
  });

  it("are told beside a session that ended, with the account where no collection says which", async () => {
    const { page, state } = await withHolds({ resource: "sharing_links", collection: null });
    const account = makeAccount();
    state.accounts.set(accountId, { ...account, session: { ...account.session, status: "expired" } });
    const html = await page("/");
    expect(html).toContain("2 things need you");
    expect(html).toContain("Smith Studio: 412 changes to sharing links came at once");
  });

  it("are one concern when there are many", async () => {
    const html = await (await withHolds({ id: "hold_1" }, { id: "hold_2", count: 1_000 })).page("/");
    expect(html).toContain("1 thing needs you");
    expect(html).toContain("1,412 changes to lists of Smith Studio came at once and are held back");
  });

  it("are no concern once they are decided", async () => {
    const decided = ["releasing", "released", "discarded"] as const;
    const { page } = await withHolds(...decided.map((status) => ({ id: status, status })));
    expect(await page("/")).toContain("Everything is working");
  });
});

describe("floods on the page of their account", () => {
  it("say what, where, how many and since when, with what can be done", async () => {
    const html = await (await withHolds({})).page(path);
    expect(html).toContain('<section id="held"');
    expect(html).toContain("412 changes to favorites in Smith Wedding");
    expect(html).toContain("20 min ago");
    expect(html).toContain(`href="/events?account=${accountId}&amp;type=favorite.*&amp;collection=90516387"`);
    for (const action of ["release", "discard"]) {
      expect(html).toContain(`<form method="post" action="${path}/holds/hold_1/${action}"`);
    }
  });

  it("show some of what is in them, of the same list and from before they were held back", async () => {
    const { page, emit } = await withHolds({});
    const collection = flood.collection;
    for (let key = 1; key <= 7; key++) emit(makeEvent({ key: `${key}`, collection, seconds: -1_200 - key }));
    emit(makeEvent({ key: "later", collection, seconds: -1_000 }));
    emit(makeEvent({ key: "elsewhere", collection: { id: "2", name: "Other" }, seconds: -1_300 }));
    const [, inside = ""] = /<ul class="examples">(.*?)<\/ul>/.exec(await page(path)) ?? [];
    expect(inside.match(/<a href="\/events\/evt_[^"]+">Favorite added: SW-\d.jpg<\/a>/g)).toHaveLength(5);
    expect(inside).not.toMatch(/later|elsewhere/);
    expect(await page(path)).toContain("And 407 more");
  });

  it("cannot be decided twice, and go when they are done", async () => {
    const { page, state } = await withHolds({ status: "releasing" });
    const html = await page(path);
    expect(html).toContain("On their way");
    expect(html).not.toContain("/holds/hold_1/");
    for (const status of ["released", "discarded"] as const) {
      state.holds.set(flood.id, { ...flood, status });
      expect(await page(path)).not.toContain("Held back");
    }
  });

  it("write the names of others as text", async () => {
    const { page } = await withHolds({ collection: { id: "1", name: "<script>alert(1)</script>" } });
    for (const address of ["/", path]) expect(await page(address)).not.toContain("<script>alert(1)");
  });
});

describe.each([
  ["release", "releasing", "Let go and on the way now: 412 changes to favorites in Smith Wedding."],
  ["discard", "discarded", "Dropped, and kept in the list of events only: 412 changes to favorites in"],
])("the form to %s a flood", (action, status, notice) => {
  const form = `${path}/holds/hold_1/${action}`;

  it("decides, and comes back to the account", async () => {
    const { submit, state } = await withHolds({});
    const html = await submit(form);
    expect(html).toContain(notice);
    expect(html).toContain("<h1>Smith Studio</h1>");
    expect(state.holds.get(flood.id)?.status).toBe(status);
  });

  it("says why it cannot", async () => {
    const { submit, state } = await withHolds({});
    const detail = "This flood is released already.";
    state.refuse["accounts.resolveHold"] = { kind: "refused", code: "hold_resolved", detail };
    expect(await submit(form)).toContain(detail);
  });

  it("says that a flood or an account is not there", async () => {
    const { submit, post, formToken } = await withHolds();
    expect(await submit(form)).toContain("This flood is not there any more.");
    const elsewhere = `/accounts/acc_x/holds/hold_1/${action}`;
    expect((await post(elsewhere, { form: await formToken() })).status).toBe(404);
  });

  it("is taken from nobody but us", async () => {
    const { post, state, formToken, jar } = await withHolds({});
    const token = await formToken();
    for (const fields of [{}, { form: "" }, { form: "wrong" }]) {
      expect((await post(form, fields)).status).toBe(403);
    }
    expect((await post(form, { form: token }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    jar.clear();
    expect((await post(form, { form: token })).headers.get("location")).toMatch(/^\/sign-in/);
    expect(state.calls).not.toContain("accounts.resolveHold");
    expect(state.holds.get(flood.id)?.status).toBe("held");
  });
});
