import { describe, expect, it } from "vitest";
import type { PollReport } from "../../src/services/accounts.js";
import { createBrowser } from "./support/browser.js";
import { accountId, at, makeAccount, makeForecast, makeSource } from "./support/fixtures.js";
import { tellStory } from "./support/story.js";

const path = `/accounts/${accountId}`;

async function withStory(options: Parameters<typeof createBrowser>[0] = {}) {
  const browser = createBrowser(options);
  tellStory(browser);
  await browser.signIn();
  const page = async (address: string) => (await browser.get(address)).text();
  return { ...browser, page };
}

/** What stands between the tags, without them. */
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

describe("the list of accounts", () => {
  it("says of each how it does, and leads to it", async () => {
    const { page, state } = await withStory();
    const [other = ""] = [...state.accounts.keys()].filter((id) => id !== accountId);
    const html = await page("/accounts");
    expect(html).toContain(`href="${path}"`);
    expect(html).toContain("Signed in as Ana Smith.");
    expect(textOf(html)).toContain(
      "7 sources · changes found in about 4 min · 0 of 30 requests used in the last minute",
    );
    expect(html).toContain("1 failing");
    expect(html).toContain(`href="/accounts/${other}"`);
    expect(html).toContain("Paste fresh cookies to go on.");
    expect(html).toContain('href="/accounts/new"');
    expect(html).toContain('<a href="/accounts" aria-current="page">Accounts</a>');
  });

  it("comes in pages, and forgives an address that is none", async () => {
    const { page, state } = await withStory();
    for (let index = 0; index < 30; index++) {
      const id = `acc_${String(index).padStart(16, "0")}`;
      state.accounts.set(id, makeAccount({ id, name: `Studio ${index}` }));
    }
    const first = await page("/accounts");
    const [, next = ""] = /<a href="(\/accounts\?after=[^"]+)">More/.exec(first) ?? [];
    const shown = (html: string) => new Set(html.match(/href="\/accounts\/acc_[0-9a-z]{16}"/g));
    const second = await page(next);
    expect(shown(first).size).toBe(20);
    expect(shown(second).size).toBe(12);
    expect(new Set([...shown(first), ...shown(second)]).size).toBe(32);
    expect(shown(await page("/accounts?after=nonsense"))).toEqual(shown(first));
  });

  it("asks for the first one when there is none", async () => {
    const { page, state } = await withStory();
    state.accounts.clear();
    expect(await page("/accounts")).toContain("No account is watched yet.");
  });
});

describe("the sources of an account", () => {
  it("stand by collection: those of the account, then what fails, then the rest", async () => {
    const html = await (await withStory()).page(path);
    const names = [...html.matchAll(/<h3>([^<]+)<\/h3>/g)].map(([, name]) => name);
    expect(names).toEqual(["Whole account", "Olivia, newborn", "Smith Wedding 2025"]);
    const [, ofWedding = ""] = html.split('id="lists-90516387"');
    const lists = [...ofWedding.matchAll(/<h4>([^<]+)<\/h4>/g)].map(([, name]) => name);
    expect(lists).toEqual(["Downloads", "Favorites"]);
    expect(html).toContain('id="source-list" data-refresh="10"');
  });

  it("say when they were polled and are polled, how soon changes are found, and how much is in them", async () => {
    const text = textOf(await (await withStory()).page(path));
    expect(text).toContain(
      "Polled 17 s ago, next in 43 s · changes found in about 45 s · last change 17 s ago · 148 records",
    );
  });

  it("say why they fail or are off, and what comes next", async () => {
    const text = textOf(await (await withStory()).page(path));
    expect(text).toContain(
      "4 failures in a row: The upstream answered 502 Bad Gateway. It is tried again in 3 min.Last read 32 min ago",
    );
    expect(text).toContain("Not part of this plan. It is looked at again in 85 s.");
  });

  it("say once why many fail", async () => {
    const { page, state } = await withStory();
    const scope = (id: number) => ({ id: `${id}`, name: `Wedding ${id}` });
    const failing = { status: "failing", failures: 2 } as const;
    const sources = [1, 2, 3, 4, 5].map((id) =>
      makeSource("favorites", scope(id), { ...failing, reason: id === 5 ? "Slow." : "It answered 502" }),
    );
    state.sources.set(accountId, sources);
    const html = await page(path);
    expect(textOf(html)).toContain(
      "4 lists cannot be read: It answered 502.1 list cannot be read: Slow.They are tried again by themselves.",
    );
    expect(html).not.toMatch(/<details id="lists-[^"]*" open/);
    state.sources.set(accountId, sources.slice(0, 2));
    expect(await page(path)).toMatch(/<details id="lists-[^"]*" open/);
  });

  it("say what is left out, not compared, or in doubt", async () => {
    const { page, state } = await withStory();
    const [first] = state.sources.get(accountId) ?? [];
    if (!first) throw new Error("no source");
    const aside = { ...first.aside, paths: ["media.name"] };
    state.sources.set(accountId, [{ ...first, unreadable: 2, doubted: 1, aside }]);
    const html = await page(path);
    expect(html).toContain("2 rows could not be read and are left out.");
    expect(html).toContain("1 record went missing at once");
    expect(html).toContain("Change by themselves and are not compared for now: media.name.");
  });

  it("draw what happened in the last two weeks, each and of a collection together", async () => {
    const { page, state } = await withStory();
    const ofWedding = (state.sources.get(accountId) ?? []).filter(({ scope }) => scope?.id === "90516387");
    const days = (last: number) => [...Array.from({ length: 12 }, () => 0), 4, last];
    const ids = ofWedding.map(({ id }) => id);
    state.activity = { [ids[0] ?? ""]: days(3), [ids[1] ?? ""]: days(0) };
    const html = await page(path);
    expect(html).toContain('aria-label="11 events in 14 days, 3 of them today"');
    expect(html).toContain('aria-label="7 events in 14 days, 3 of them today"');
    expect(html).toContain('aria-label="4 events in 14 days, none of them today"');
    expect(html).toContain("<title>19 Nov: 3 events</title>");
    expect(html).toContain("Quiet for 14 days");
  });

  it("write the names of others as text", async () => {
    const { page, state } = await withStory();
    const name = '<script>alert(1)</script>"><img src=x>';
    state.sources.set(accountId, [makeSource("favorites", { id: "1", name }, { reason: name })]);
    for (const address of [path, `${path}?q=${encodeURIComponent(name)}`, `${path}/edit`]) {
      const html = await page(address);
      expect(html, address).not.toContain("<script>alert");
      expect(html, address).not.toContain("<img src=x");
    }
  });
});

describe("thousands of collections", () => {
  const size = 1_200;
  const withMany = async () => {
    const browser = await withStory();
    const resources = ["favorites", "downloads", "sharing_links"] as const;
    const sources = Array.from({ length: size }, (_, index) => {
      const scope = { id: `${index}`, name: index === 1_199 ? "Zoë & Łukasz" : `Wedding ${index}` };
      return resources.map((resource) => makeSource(resource, scope));
    });
    browser.state.sources.set(accountId, [makeSource("invoices", null), ...sources.flat()]);
    return browser;
  };
  const groupsIn = (html: string) => html.match(/<details id="lists-/g)?.length;

  it("make a page that stays small, with ways on and back", async () => {
    const { page } = await withMany();
    const first = await page(path);
    expect(first.length).toBeLessThan(200_000);
    expect(textOf(first)).toContain("3,601 lists, of the account and of 1,200 collections");
    expect(groupsIn(first)).toBe(26);
    expect(first).toContain("Page 1 of 48");
    expect(first).toContain(`href="${path}?page=2#sources"`);
    const last = await page(`${path}?page=9999`);
    expect(groupsIn(last)).toBe(25);
    expect(last).not.toContain("Whole account");
    expect(last).toContain(`href="${path}?page=47#sources"`);
    expect(groupsIn(await page(`${path}?page=-9.5`))).toBe(26);
  });

  it("are searched by a part of their name, without accents, or by their number", async () => {
    const { page } = await withMany();
    const found = await page(`${path}?q=zoe`);
    expect(groupsIn(found)).toBe(1);
    expect(found).toContain("Zoë &amp; Łukasz");
    expect(found).toContain('<details id="lists-1199" open');
    const many = await page(`${path}?q=WEDDING+1`);
    expect(groupsIn(many)).toBe(25);
    expect(many).toContain(`?q=WEDDING+1&amp;page=2#sources`);
    expect(await page(`${path}?q=77`)).toContain('<details id="lists-77"');
    expect(await page(`${path}?q=nobody`)).toContain(
      "No collection that is polled has “nobody” in its name.",
    );
  });
});

describe("what an account may use", () => {
  it("says what the budget buys, and what it would take", async () => {
    const { page, state } = await withStory();
    expect(await page(path)).toContain(
      "Changes are found in about 4 min on average; with twice the budget in about 2 min.",
    );
    const slow = { effectiveRequestsPerMinute: 7.5, usedRequestsPerMinute: 7.5, expectedDelaySeconds: 960 };
    const late = { keepsMaxInterval: false, requestsPerMinuteForMaxInterval: 41.7 };
    state.forecasts.set(accountId, makeForecast({ ...slow, ...late }));
    const html = await page(path);
    expect(html).toContain("in about 16 min on average while it is slowed down, in about 4 min with");
    expect(html).toContain("every list within 12 h, as was set, takes 41.7 requests a minute");
    state.forecasts.set(accountId, makeForecast({ usedRequestsPerMinute: 12, expectedDelaySeconds: 30 }));
    expect(await page(path)).toContain("more budget would not be used");
    state.forecasts.set(accountId, makeForecast({ expectedDelaySeconds: null }));
    expect(await page(path)).not.toContain("Changes are found");
  });

  it("says when it is slowed down, and until when it rests", async () => {
    const { page, state } = await withStory();
    expect(await page(path)).toContain("30 requests a minute</dd>");
    const budget = { requestsPerMinute: 30, pace: 0.5, usedLastMinute: 3 };
    const slow = { effectiveRequestsPerMinute: 1.875, restingUntil: at(60) };
    state.accounts.set(accountId, makeAccount({ budget: { ...budget, ...slow } }));
    expect(await page(path)).toMatch(/30 requests a minute, slowed down to 1.9 for now, none until <time/);
  });

  it("offers budgets with what each buys, the present one chosen", async () => {
    const { page, state } = await withStory();
    state.accounts.set(
      accountId,
      makeAccount({ polling: { ...makeAccount().polling, requestsPerMinute: 45 } }),
    );
    const html = await page(path);
    const radios = [
      ...html.matchAll(/<input type="radio" name="requestsPerMinute" value="([\d.]+)"( checked="")?/g),
    ];
    expect(radios.map(([, value]) => Number(value))).toEqual([1, 2, 5, 10, 20, 30, 45, 60, 120, 300, 600]);
    expect(radios.filter(([, , chosen]) => chosen).map(([, value]) => value)).toEqual(["45"]);
    expect(html).toContain(
      'data-buys="Changes are found in about 2 min on average. All of it is used. Every list is looked at within 12 h."',
    );
    expect(html).toContain('type="range" min="0" max="10" step="1" value="6"');
    state.forecasts.set(accountId, makeForecast({ expectedDelaySeconds: null }));
    expect(await page(path)).not.toContain('type="range"');
  });

  it("sets one of them, and nothing that cannot be set", async () => {
    const { submit, state } = await withStory();
    expect(await submit(`${path}/budget`, { requestsPerMinute: "120" })).toContain(
      "The budget is 120 requests a minute now.",
    );
    expect(state.accounts.get(accountId)?.polling).toEqual({
      requestsPerMinute: 120,
      minIntervalSeconds: 60,
      maxIntervalMinutes: 720,
    });
    for (const fields of [{}, { requestsPerMinute: "0" }, { requestsPerMinute: "x" }]) {
      expect(await submit(`${path}/budget`, fields)).toContain("Choose one of the budgets");
    }
    expect(state.accounts.get(accountId)?.polling.requestsPerMinute).toBe(120);
  });
});

describe("a poll that is asked for", () => {
  const asked = async (report: PollReport | null, options = {}) => {
    const browser = await withStory(options);
    browser.state.report = report;
    return { ...browser, html: await browser.submit(`${path}/poll`) };
  };
  const done = { kind: "done", polled: 7, changed: 0, events: 0, failed: [] } as const;

  it("says what came of it, once", async () => {
    const { html, page } = await asked({ ...done, changed: 1, events: 3 });
    expect(html).toContain("Polled 7 sources: 3 events in 1 list that changed.");
    expect(await page(path)).not.toContain("Polled 7 sources");
    expect((await asked(done)).html).toContain("Polled 7 sources: nothing has changed.");
  });

  it("names what could not be read", async () => {
    const { state } = await withStory();
    const broken = state.sources.get(accountId)?.find(({ status }) => status === "failing");
    const { html } = await asked({
      ...done,
      failed: [{ source: broken?.id ?? "", reason: "It answered 502." }],
    });
    expect(html).toContain("Could not be read: Favorites of Olivia, newborn (It answered 502).");
  });

  it("is told in what a browser keeps of a cookie, however much went wrong", async () => {
    const failed = ["a", "b", "c"].map((source) => ({ source, reason: "“ü” ".repeat(500) }));
    const { html, setCookies } = await asked({ ...done, failed });
    expect(html).toContain("Could not be read: a (“ü”");
    for (const line of setCookies) expect(line.split(";")[0]?.length).toBeLessThanOrEqual(4_096 - 7);
  });

  it("runs on when it takes long", async () => {
    const { html } = await asked(null, { signal: AbortSignal.abort() });
    expect(html).toContain("Polling 2 sources now, within the request budget. It runs on");
  });

  it("says why it cannot", async () => {
    const { submit, state } = await withStory();
    const detail = "The session is not active: renew it first.";
    state.refuse["accounts.requestPoll"] = { kind: "refused", code: "session_inactive", detail };
    expect(await submit(`${path}/poll`)).toContain(detail);
  });
});

describe("the session of an account", () => {
  it("is renewed, and never shown", async () => {
    const { submit } = await withStory();
    const renewed = await submit(`${path}/session`, { cookies: "PIXIESET_SESSION=very-secret" });
    expect(renewed).toContain("Pixieset accepts the session of Ana Smith");
    expect(renewed).not.toContain("very-secret");
  });

  it("says beside the field why cookies were not taken, and does not give them back", async () => {
    const { post, formToken, state } = await withStory();
    const refusal = { kind: "refused", code: "session_rejected", detail: "Pixieset answered 401." } as const;
    state.refuse["accounts.renewSession"] = refusal;
    const form = await formToken();
    const answer = await post(`${path}/session`, { form, cookies: "PIXIESET_SESSION=very-secret" });
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toMatch(/<p class="problem" id="cookies-problem"[^>]*>Pixieset answered 401\.<\/p>/);
    expect(html).not.toContain("very-secret");
    expect(html).toContain(`data-address="${path}"`);
    const empty = await post(`${path}/session`, { form, cookies: "  " });
    expect(await empty.text()).toContain("Paste the cookies here first.");
  });

  it("says who renews it, and forgets the password that is stored", async () => {
    const { submit, page, state } = await withStory();
    expect(await page(path)).toContain("You, with cookies");
    expect(await page(path)).not.toContain("forget-password");
    const account = makeAccount();
    state.accounts.set(accountId, { ...account, session: { ...account.session, renewal: "credentials" } });
    expect(await page(path)).toContain("pixiehook, with the stored password");
    expect(await submit(`${path}/forget-password`)).toContain("The password is forgotten.");
    expect(state.accounts.get(accountId)?.session.renewal).toBe("cookies");
  });
});

describe("an account that is not there", () => {
  it("is missing, whatever is asked of it", async () => {
    const { get, post, formToken } = await withStory();
    const form = await formToken();
    for (const suffix of ["", "/edit", "/delete"])
      expect((await get(`/accounts/acc_x${suffix}`)).status).toBe(404);
    const fields = { form, requestsPerMinute: "30", cookies: "x", sure: "yes" };
    for (const action of ["budget", "session", "forget-password", "poll", "edit", "delete"]) {
      expect((await post(`/accounts/acc_x/${action}`, fields)).status, action).toBe(404);
    }
  });
});
