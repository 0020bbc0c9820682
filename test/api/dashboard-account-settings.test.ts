import { describe, expect, it } from "vitest";
import { createBrowser } from "./support/browser.js";
import { accountId, makeAccount, makeSource, makeSubscription, subscriptionId } from "./support/fixtures.js";
import { tellStory } from "./support/story.js";

const path = `/accounts/${accountId}`;

async function withStory() {
  const browser = createBrowser();
  tellStory(browser);
  await browser.signIn();
  const page = async (address: string) => (await browser.get(address)).text();
  const account = () => browser.state.accounts.get(accountId) ?? makeAccount();
  return { ...browser, page, account };
}

/** The form as it is when nobody has touched it. */
const fields = {
  name: "Smith Studio",
  timezone: "Europe/London",
  requestsPerMinute: "30",
  minIntervalSeconds: "60",
  maxIntervalMinutes: "720",
  floodThreshold: "200",
  which: "all",
};

describe("the form of an account's settings", () => {
  it("shows what is set", async () => {
    const { page, state, account } = await withStory();
    const chosen = ["90516387", "424242"];
    state.accounts.set(accountId, {
      ...account(),
      collections: chosen,
      resources: ["quotes"],
      timezone: "Etc/GMT+3",
    });
    const html = await page(`${path}/edit`);
    expect(html).toContain('name="name" value="Smith Studio"');
    expect(html).toContain('<option value="Etc/GMT+3" selected="">');
    expect(html).toContain('<option value="Europe/London">Europe/London</option>');
    expect(html).toMatch(/name="maxIntervalMinutes"[^>]* value="720"/);
    expect(html).toMatch(/name="which" value="chosen" checked=""/);
    expect(html).toMatch(/name="collections" value="90516387" checked=""/);
    expect(html).toMatch(/name="collections" value="90516402" id|name="collections" value="90516402"\/>/);
    expect(html).toMatch(/<textarea id="others"[^>]*>424242<\/textarea>/);
    expect(html).toMatch(/name="resources" value="quotes" checked=""/);
  });

  it("saves all of it", async () => {
    const { submit, account } = await withStory();
    const html = await submit(`${path}/edit`, {
      ...fields,
      name: " Smith & Daughter ",
      timezone: "America/New_York",
      requestsPerMinute: "0.5",
      minIntervalSeconds: "120",
      maxIntervalMinutes: "1440",
      floodThreshold: "50",
      which: "chosen",
      collections: ["90516402"],
      others: "smith wedding 2025\r\n\r\n777\r\n",
      resources: ["quotes", "invoices", "nonsense"],
    });
    expect(html).toContain("Saved.");
    expect(account()).toMatchObject({
      name: "Smith & Daughter",
      timezone: "America/New_York",
      polling: { requestsPerMinute: 0.5, minIntervalSeconds: 120, maxIntervalMinutes: 1_440 },
      floodThreshold: 50,
      collections: ["90516402", "90516387", "777"],
      resources: ["invoices", "quotes"],
    });
    await submit(`${path}/edit`, { ...fields, collections: ["90516402"], others: "not looked at" });
    expect(account()).toMatchObject({ collections: "all", resources: null, name: "Smith Studio" });
  });

  it.each([
    [{ name: "" }, "name", "Give it a name."],
    [{ name: "x".repeat(201) }, "name", "This is too long: 200 characters at most."],
    [{ timezone: "Mars/Phobos" }, "timezone", "Choose a time zone from the list."],
    [{ requestsPerMinute: "" }, "requestsPerMinute", "Write a number from 0.1 to 6,000."],
    [{ requestsPerMinute: "6001" }, "requestsPerMinute", "Write a number from 0.1 to 6,000."],
    [{ minIntervalSeconds: "often" }, "minIntervalSeconds", "Write a number from 0.05 to 86,400"],
    [{ maxIntervalMinutes: "0" }, "maxIntervalMinutes", "Write a number from 0.05 to 43,200"],
    [
      { minIntervalSeconds: "3600", maxIntervalMinutes: "59" },
      "maxIntervalMinutes",
      "This must not be shorter than",
    ],
    [{ floodThreshold: "1.5" }, "floodThreshold", "Write a whole number from 1 to 1,000,000."],
    [
      { which: "chosen", others: "No such wedding" },
      "collections",
      "No collection that is known is called “No such",
    ],
    [{ which: "chosen", others: "x".repeat(65) }, "collections", "ids of at most 64 characters"],
  ])("says beside the field what is wrong: %j", async (change, field, problem) => {
    const { post, formToken, state } = await withStory();
    const draft = { ...fields, resources: ["quotes"], collections: ["90516402"], ...change };
    const answer = await post(`${path}/edit`, { form: await formToken(), ...draft });
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain("Nothing was saved yet: 1 answer below needs another look.");
    const [, said = ""] = new RegExp(`id="${field}-problem">([^<]+)<`).exec(html) ?? [];
    expect(said).toContain(problem);
    expect(html).toContain(`aria-describedby="${field}-problem"`);
    expect(state.calls).not.toContain("accounts.update");
  });

  it("loses nothing when it is refused", async () => {
    const { post, formToken } = await withStory();
    const draft = {
      ...{ ...fields, name: "", timezone: "Asia/Tokyo", requestsPerMinute: "12.5", minIntervalSeconds: "61" },
      ...{ maxIntervalMinutes: "721", floodThreshold: "201", which: "chosen" },
      ...{ collections: ["90516402"], others: "777\n888", resources: ["quotes"] },
    };
    const html = await (await post(`${path}/edit`, { form: await formToken(), ...draft })).text();
    expect(html).toContain('<option value="Asia/Tokyo" selected="">');
    for (const [name, value] of [
      ["requestsPerMinute", "12.5"],
      ["minIntervalSeconds", "61"],
      ["maxIntervalMinutes", "721"],
      ["floodThreshold", "201"],
    ]) {
      expect(html).toMatch(new RegExp(`name="${name}"[^>]* value="${value}"`));
    }
    expect(html).toMatch(/name="which" value="chosen" checked=""/);
    expect(html).toMatch(/name="collections" value="90516402" checked=""/);
    expect(html).toMatch(/name="resources" value="quotes" checked=""/);
    expect(html).toMatch(/<textarea id="others"[^>]*>777\n888<\/textarea>/);
  });

  it("keeps every collection that is chosen, however many there are", async () => {
    const { page, submit, state, account } = await withStory();
    const names = Array.from({ length: 700 }, (_, index) => ({ id: `${index}`, name: `Wedding ${index}` }));
    state.sources.set(
      accountId,
      names.map((scope) => makeSource("favorites", scope)),
    );
    const chosen = names.slice(50, 650).map(({ id }) => id);
    state.accounts.set(accountId, { ...account(), collections: chosen });
    const html = await page(`${path}/edit`);
    const ticked = [...html.matchAll(/name="collections" value="(\d+)" checked=""/g)].map(
      ([, id = ""]) => id,
    );
    const [, others = ""] = /<textarea id="others"[^>]*>([^<]*)</.exec(html) ?? [];
    expect(ticked).toHaveLength(500);
    await submit(`${path}/edit`, { ...fields, which: "chosen", collections: ticked, others });
    expect(new Set(account().collections)).toEqual(new Set(chosen));
  });
});

describe("the end of an account", () => {
  it("is asked about, with what goes", async () => {
    const { page, state } = await withStory();
    state.subscriptions.clear();
    const own = makeSubscription({
      id: subscriptionId,
      account: accountId,
      description: "Old <b>planner</b>",
    });
    state.subscriptions.set(own.id, own);
    const shared = makeSubscription({ id: "sub_0000000000000001", description: "Everyone" });
    state.subscriptions.set(shared.id, shared);
    const html = await page(`${path}/delete`);
    expect(html).toContain("Delete Smith Studio?");
    expect(html).toContain("1 subscription of this account alone: Old &lt;b&gt;planner");
    expect(html).not.toContain("Everyone");
  });

  it("comes only with a tick", async () => {
    const { submit, state, post, formToken } = await withStory();
    const unsure = await post(`${path}/delete`, { form: await formToken() });
    expect(unsure.status).toBe(422);
    const html = await unsure.text();
    expect(html).toContain('aria-describedby="sure-problem"');
    expect(html).toContain("Tick this first: it cannot be undone.");
    expect(state.calls).not.toContain("accounts.remove");
    expect(await submit(`${path}/delete`, { sure: "yes" })).toContain("Smith Studio was deleted.");
    expect(state.accounts.has(accountId)).toBe(false);
  });
});

describe("those who may only look", () => {
  it("find nothing to press, and reach no form", async () => {
    const browser = createBrowser();
    tellStory(browser);
    const { secret } = await browser.services.tokens.create({
      name: "Reader",
      scope: "read",
      expiresAt: null,
    });
    await browser.signIn(secret);
    for (const address of ["/accounts", path]) {
      const html = await (await browser.get(address)).text();
      expect([...html.matchAll(/<form method="post" action="([^"]*)"/g)].map(([, to]) => to)).toEqual([
        "/sign-out",
      ]);
      expect(html).not.toMatch(/href="[^"]*\/(new|edit|delete)["?]/);
      expect(html).not.toContain('type="radio"');
    }
    for (const form of ["edit", "delete"]) expect((await browser.get(`${path}/${form}`)).status).toBe(403);
  });
});
