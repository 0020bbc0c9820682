import { describe, expect, it } from "vitest";
import { createBrowser } from "./support/browser.js";
import { at, makeEvent } from "./support/fixtures.js";
import { tellStory } from "./support/story.js";

async function open() {
  const stop = new AbortController();
  const browser = createBrowser({ signal: stop.signal });
  tellStory(browser);
  await browser.signIn();
  const newest = browser.state.events.at(-1)?.id ?? "";
  const listen = async (query: string, headers: Record<string, string> = {}) => {
    const response = await browser.get(`/live?${query}`, headers);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (wanted: string) => {
      while (!text.includes(wanted)) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`ended with ${text}`);
        text += value;
      }
      return text;
    };
    return { response, until, cancel: () => reader?.cancel() };
  };
  return { ...browser, newest, listen, stop };
}

const rows = (text: string) => [...text.matchAll(/data-event="(\w+)"/g)].map(([, id]) => id);

describe("/live", () => {
  it("sends what fits the filters, and says how far it has come with the rest", async () => {
    const { emit, listen, newest } = await open();
    const client = { id: null, name: "Tom", email: "Tom@example.com" };
    const wanted = makeEvent({
      key: "w",
      type: "favorite.updated",
      client,
      collection: { id: "7", name: null },
    });
    const others = [
      makeEvent({ key: "1", type: "invoice.paid", client, collection: { id: "7", name: null } }),
      makeEvent({ key: "2", type: "favorite.added", collection: { id: "7", name: null } }),
      makeEvent({ key: "3", type: "favorite.added", client, collection: { id: "8", name: null } }),
      makeEvent({ key: "4", account: "acc_0000000000000000", client, collection: { id: "7", name: null } }),
    ];
    for (const event of [...others, wanted]) emit(event);
    const query =
      "type=favorite.*,photo.*&client=tom%40example.com&collection=7&account=acc_7d3k9m2p5q8r1s4t";
    const { until } = await listen(`${query}&after=${newest}`);
    expect(rows(await until(wanted.id))).toEqual([wanted.id]);
    const last = makeEvent({ key: "5", type: "invoice.paid", seconds: 9 });
    emit(last);
    expect((await until(`id: ${last.id}`)).endsWith(`\n\nid: ${last.id}\n\n`)).toBe(true);
  });

  it("puts rows that come at once into one message, in their order", async () => {
    const { emit, listen, newest } = await open();
    const made = Array.from({ length: 120 }, (_, n) => makeEvent({ key: `m${n}`, seconds: n }));
    for (const event of made) emit(event);
    const { until } = await listen(`after=${newest}`);
    const text = await until(`id: ${made.at(-1)?.id}\n`);
    expect(rows(text)).toEqual(made.map(({ id }) => id));
    expect(text.match(/^data: /gm)?.length).toBeLessThanOrEqual(4);
  });

  it("says who was told where the page says it", async () => {
    const { emit, listen, state, newest } = await open();
    const [told, untold] = [makeEvent({ key: "t", seconds: 1 }), makeEvent({ key: "u", seconds: 2 })];
    state.matched.set(told.id, 1).set(untold.id, 0);
    for (const event of [told, untold]) emit(event);
    const listed = async (query: string) => {
      const { until, cancel } = await listen(`${query}&after=${newest}`);
      const text = await until(`id: ${untold.id}`);
      await cancel();
      return { rows: rows(text), saysNobody: text.includes("nobody was told") };
    };
    expect(await listed("told=all")).toEqual({ rows: [told.id, untold.id], saysNobody: true });
    expect(await listed("told=nobody")).toEqual({ rows: [untold.id], saysNobody: true });
    expect((await listed("told=somebody")).rows).toEqual([told.id]);
    expect(await listed("")).toEqual({ rows: [told.id, untold.id], saysNobody: false });
  });

  it("begins with the first event of all for a page that has seen none", async () => {
    const { emit, listen, state } = await open();
    state.events.length = 0;
    const first = makeEvent({ key: "first" });
    emit(first);
    const { until } = await listen("after=none");
    expect(rows(await until(first.id))).toEqual([first.id]);
  });

  it("goes on with what is new after an event that is not kept any more", async () => {
    const { emit, listen, following } = await open();
    const gone = makeEvent({ key: "gone", seconds: -9_000_000 });
    const { until } = await listen(`after=${gone.id}`);
    await until(": connected");
    while (following() < 1) await new Promise((later) => setTimeout(later, 5));
    const fresh = makeEvent({ key: "fresh", seconds: 5 });
    emit(fresh);
    expect(rows(await until(fresh.id))).toEqual([fresh.id]);
  });

  it("believes the browser that comes back rather than the address of its page", async () => {
    const { emit, listen, newest } = await open();
    const [seen, missed] = [makeEvent({ key: "s", seconds: 1 }), makeEvent({ key: "m", seconds: 2 })];
    for (const event of [seen, missed]) emit(event);
    const { until } = await listen(`after=${newest}`, { "last-event-id": seen.id });
    expect(rows(await until(missed.id))).toEqual([missed.id]);
  });

  it("is open so many times in a session; one that is closed makes room, another session has its own", async () => {
    const { get, signIn, listen } = await open();
    const lists = await Promise.all(Array.from({ length: 20 }, () => listen("")));
    const refused = await get("/live");
    expect([refused.status, await refused.text()]).toEqual([
      429,
      "20 lists are live in this session, which is the most: close a page.",
    ]);
    expect((await get("/live", {})).headers.get("retry-after")).toBe("30");
    await lists[0]?.cancel();
    expect((await listen("")).response.status).toBe(200);
    expect((await get("/live")).status).toBe(429);
    await signIn();
    expect((await listen("")).response.status).toBe(200);
  });

  it("ends with the session, and has no reader for a HEAD", async () => {
    const { request, jar, get, following } = await open();
    for (let i = 0; i < 25; i++) expect((await request("HEAD", "/live")).status).toBe(200);
    expect(following()).toBe(0);
    jar.clear();
    expect((await get("/live")).status).toBe(401);
  });
});

it("writes the moment of a row for machines, so that the page can keep it right", async () => {
  const { emit, listen, newest } = await open();
  emit(makeEvent({ key: "x", seconds: 4 }));
  const { until } = await listen(`after=${newest}`);
  expect(await until("</li>")).toContain(`<time datetime="${at(4)}"`);
});
