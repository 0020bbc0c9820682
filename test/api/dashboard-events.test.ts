import { describe, expect, it } from "vitest";
import { createBrowser } from "./support/browser.js";
import { accountId, at, makeAccount, makeDelivery, makeEvent, makeSource } from "./support/fixtures.js";
import { tellStory } from "./support/story.js";

async function withStory() {
  const browser = createBrowser();
  tellStory(browser);
  await browser.signIn();
  const page = async (path: string) => (await browser.get(path)).text();
  return { ...browser, page };
}

const rows = (html: string) => [...html.matchAll(/data-event="(evt_\w+)"/g)].map(([, id]) => id);
const unescaped = (html: string) => html.replaceAll("&amp;", "&").replaceAll("&quot;", '"');
const streamOf = (html: string) =>
  new URL(unescaped(/data-stream="([^"]*)"/.exec(html)?.[1] ?? "/none"), "http://pixiehook.test");

describe("searching events", () => {
  it("finds a collection by a part of its name, however it is written", async () => {
    const { page, state } = await withStory();
    const html = await page("/events?collection=OLÍVIA");
    expect(html).toContain("Collection created: Olivia, newborn");
    expect(rows(html)).toHaveLength(state.events.filter(({ body }) => body.includes('"90516402"')).length);
    expect(html).toContain('name="collection" value="Olivia, newborn"');
    expect(streamOf(html).searchParams.get("collection")).toBe("90516402");
  });

  it("asks which one is meant when several have the name, and shows nothing of any", async () => {
    const { page, state } = await withStory();
    const scopes = Array.from({ length: 12 }, (_, n) => ({ id: `${n}`, name: `Winter ${n}` }));
    state.sources.get(accountId)?.push(...scopes.map((scope) => makeSource("favorites", scope)));
    const html = await page("/events?collection=winter&type=favorite.*");
    expect(html).toContain("12 collections match “<bdi>winter</bdi>”. Which one do you mean?");
    expect(unescaped(html)).toContain('<a href="/events?type=favorite.*&collection=3">');
    expect(html).toContain("And 2 others: type more of the name.");
    expect(rows(html)).toEqual([]);
    expect(html).not.toContain("data-stream");
    // The whole name of one that is also the beginning of others means that one.
    expect(await page("/events?collection=winter+1")).not.toContain("Which one do you mean?");
  });

  it("asks for names again after they could not be learned", async () => {
    const { get, state } = await withStory();
    state.fail = new Error("Connection is closed.");
    expect((await get("/events")).status).toBe(503);
    state.fail = null;
    expect((await get("/events")).status).toBe(200);
  });

  it("finds a collection that is gone by its id", async () => {
    const { page, state } = await withStory();
    state.events.push(makeEvent({ key: "old", collection: { id: "77", name: "Gone" } }));
    expect(rows(await page("/events?collection=77"))).toHaveLength(1);
    expect(await page("/events?collection=no+such")).toContain(
      "No event fits. No collection that is watched is called “no such”.",
    );
  });

  it("finds a client by name, address and id, and says how far names reach", async () => {
    const { page, state } = await withStory();
    const [tom] = [rows(await page("/events?client=tom"))];
    expect(tom).toHaveLength(3);
    expect(rows(await page("/events?client=tom.ellis%40example.com"))).toEqual(tom);
    const client = { id: "cl_9", name: null, email: null };
    state.events.push(makeEvent({ key: "c9", client }));
    expect(rows(await page("/events?client=cl_9"))).toHaveLength(1);
    expect(await page("/events?client=zoltan")).toContain(
      "No client of the newest 400 events is called “zoltan”. Type the email address: it finds events of any age.",
    );
  });

  it("suggests what is known, and no more than fits", async () => {
    const { page, state } = await withStory();
    const scopes = Array.from({ length: 300 }, (_, n) => ({ id: `${n}`, name: `Shoot ${n}` }));
    state.sources.get(accountId)?.push(...scopes.map((scope) => makeSource("favorites", scope)));
    const html = await page("/events");
    expect(html).toContain('<option value="Jane Doe"');
    const list = /<datalist id="known-collections">(.*?)<\/datalist>/.exec(html)?.[1] ?? "";
    expect(list.match(/<option/g)).toHaveLength(200);
  });
});

describe("filters of events", () => {
  it("take types by names for people, several at once", async () => {
    const { page } = await withStory();
    const html = await page("/events?type=download.*,photo_download.*,video_download.*");
    expect(rows(html)).toHaveLength(1);
    expect(html).toContain('<optgroup label="Downloads">');
    expect(html).toMatch(
      /<option value="download\.\*,photo_download\.\*,video_download\.\*" selected="">Downloads: all/,
    );
    expect(html).toContain(">Sharing link expired</option>");
  });

  it("are shown, and taken away one by one", async () => {
    const { page } = await withStory();
    const html = unescaped(await page("/events?type=invoice.*&client=jane&until=2026-11-20"));
    expect(html).toContain('<a href="/events?type=invoice.*&client=jane"><span class="soft">To:');
    expect(html).toContain('<a href="/events?client=jane&until=2026-11-20"><span class="soft">What:');
    expect(html).toContain('<a href="/events?type=invoice.*&until=2026-11-20"><span class="soft">Client:');
    expect(html).toContain("20 Nov 2026");
  });

  it("ask who was told", async () => {
    const { page, state } = await withStory();
    const [first, second] = state.events;
    if (!first || !second) throw new Error("no events");
    state.matched.set(first.id, 0).set(second.id, 2);
    expect(rows(await page("/events?told=nobody"))).toEqual([first.id]);
    expect(rows(await page("/events?told=somebody"))).toEqual([second.id]);
    expect(rows(await page("/events"))).toHaveLength(state.events.length);
  });

  it("include the whole last day, and say it when the days are the wrong way round", async () => {
    const { page, state } = await withStory();
    const late = makeEvent({ key: "late", seconds: 13.9 * 3_600 });
    state.events.push(late);
    expect(rows(await page("/events?since=2026-11-20&until=2026-11-20"))).toContain(late.id);
    expect(await page("/events?since=2026-11-20&until=2026-11-19")).toContain("is a later day than");
  });

  it("go along to older pages and back", async () => {
    const { page, state } = await withStory();
    for (let n = 0; n < 60; n++) state.events.push(makeEvent({ key: `n${n}`, seconds: n }));
    const first = unescaped(await page("/events?type=favorite.*"));
    expect(first).not.toContain("Newest events");
    const older = /href="(\/events\?[^"]*after=[^"]*)"/.exec(first)?.[1] ?? "";
    const second = unescaped(await page(older));
    expect(second).toContain('<a href="/events?type=favorite.*">Newest events</a>');
    // What is old does not change: nothing comes on top of it.
    expect(second).not.toContain("data-stream");
    expect(rows(second).some((id) => rows(first).includes(id))).toBe(false);
  });
});

describe("the live list", () => {
  it("goes on from the newest event of all, with the filters of the page", async () => {
    const { page, state } = await withStory();
    const html = await page("/events?type=invoice.*&client=jane&told=somebody&since=2026-01-01");
    expect(unescaped(html)).toContain(`data-newest="${state.events.at(-1)?.id}"`);
    const { pathname, searchParams } = streamOf(html);
    expect(pathname).toBe("/live");
    expect(Object.fromEntries(searchParams)).toEqual({
      type: "invoice.*",
      client: "jane@example.com",
      told: "somebody",
    });
  });

  it("stands still for days that are over, and waits for the first event of all", async () => {
    const { page, state } = await withStory();
    expect(await page("/events?until=2026-11-19")).not.toContain("data-stream");
    expect(await page("/events?until=2026-11-20")).toContain("data-stream");
    state.events.length = 0;
    const empty = await page("/events");
    expect(empty).toContain('data-newest="none"');
    expect(empty).toContain("Nothing has happened yet.");
  });
});

describe("an event", () => {
  const show = async (sketch: Parameters<typeof makeEvent>[0]) => {
    const story = await withStory();
    const event = makeEvent(sketch);
    story.state.events.push(event);
    return { ...story, event, html: await story.page(`/events/${event.id}`) };
  };

  it("writes values as people read them", async () => {
    const object = { amount: 125_000, fee: 50, currency: "JPY", bytes: 912_000_000, paidAt: "2026-11-20" };
    const { html } = await show({ key: "p", type: "payment.completed", object, previous: { amount: 5_000 } });
    expect(html).toContain("<del>JP¥5,000</del>");
    expect(html).toContain("<dd>JP¥50</dd>");
    expect(html).toContain("<dd>912 MB</dd>");
    expect(html).toContain("<dd>20 Nov 2026</dd>");
    const { html: favorite } = await show({ key: "f", previous: { list: { id: "30", name: "Cover" } } });
    expect(favorite).toContain("<dd>Photo SW-f.jpg</dd>");
    expect(favorite).toContain("<del>Cover</del>");
    expect(favorite).toContain("<ins>Album picks</ins>");
  });

  it("says in words between when and when it happened", async () => {
    const { html } = await show({ key: "w", seconds: 4 });
    expect(html).toContain("or up to 60 s earlier");
    expect(html).toContain(
      "The list was read at 20 Nov 2026, 09:59:04 UTC and at 20 Nov 2026, 10:00:04 UTC: it happened in between.",
    );
  });

  it("links to an address of the web, and to nothing that a browser would run", async () => {
    const link = async (url: string) =>
      (await show({ key: url, type: "sharing_link.created", object: { url } })).html;
    expect(await link("https://smith.example/s/1")).toContain('<a href="https://smith.example/s/1" rel=');
    for (const url of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//evil.example",
      "java\tscript:x",
      "https://",
    ])
      expect(await link(url)).not.toMatch(/<dt>Url<\/dt><dd><a/);
  });

  it("lists who was told, with links to the delivery and the subscription", async () => {
    const { state, page } = await withStory();
    const paid = state.events.find(({ type }) => type === "invoice.paid");
    const html = await page(`/events/${paid?.id}`);
    const [delivery] = [...state.deliveries.values()].filter(({ events }) => events.includes(paid?.id ?? ""));
    expect(html).toContain(`href="/deliveries/${delivery?.id}"`);
    expect(html).toContain("<bdi>Studio CRM</bdi>");
    expect(html).toMatch(/Delivered<\/span><\/td><td data-label="Attempts" class="number">3</);
    for (let n = 0; n < 30; n++) {
      const other = makeDelivery(paid?.id ?? "", { subscription: `sub_${n}` });
      state.deliveries.set(other.id, other);
    }
    expect(await page(`/events/${paid?.id}`)).toContain("And 11 others.");
  });

  it("that nobody wanted leads to where somebody is told of such events, for those who may", async () => {
    const { event, state, page, signIn, services } = await show({ key: "n", type: "photo.starred" });
    expect(await page(`/events/${event.id}`)).toContain("Nobody so far.");
    state.matched.set(event.id, 0);
    const href = `/subscriptions/new?account=${accountId}&amp;event=photo.starred`;
    expect(await page(`/events/${event.id}`)).toContain(`href="${href}"`);
    const { secret } = await services.tokens.create({ name: "x", scope: "read", expiresAt: null });
    await signIn(secret);
    const html = await page(`/events/${event.id}`);
    expect(html).toContain("Nobody: no subscription wanted it");
    expect(html).not.toContain("/subscriptions/new");
  });

  it("is asked for by the API with a line that stands there, and leads to those beside it", async () => {
    const { state, page } = await withStory();
    const [before, event, after] = state.events.filter(({ body }) => body.includes(`"id":"${accountId}"`));
    const html = await page(`/events/${event?.id}`);
    expect(html).toContain(`curl &#39;http://pixiehook.test/v1/events/${event?.id}&#39;`);
    expect(html).toContain(`<a href="/events/${before?.id}" rel="prev">`);
    expect(html).toContain(`<a href="/events/${after?.id}" rel="next">`);
  });
});

it("tells collections of one account from those of another", async () => {
  const { page, state } = await withStory();
  const other = makeAccount({ id: "acc_0000000000000000", name: "Other" });
  state.accounts.set(other.id, other);
  state.sources.set(other.id, [
    makeSource("favorites", { id: "5", name: "Elsewhere" }, { lastChangedAt: at(0) }),
  ]);
  expect(await page(`/events?account=${other.id}`)).toContain('<option value="Elsewhere"');
  expect(await page(`/events?account=${accountId}`)).not.toContain('<option value="Elsewhere"');
});
