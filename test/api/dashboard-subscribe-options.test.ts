import { describe, expect, it } from "vitest";
import { createBrowser } from "./support/browser.js";
import {
  accountId,
  makeAccount,
  makeEvent,
  makeSource,
  makeSubscription,
  subscriptionId,
} from "./support/fixtures.js";
import { untouched } from "./support/forms.js";

type Fields = Record<string, string | string[]>;
const hook = { channel: "webhook", webhook: "https://example.com/hook", events: "invoice.*" };

async function withStudio() {
  const browser = createBrowser();
  browser.state.accounts.set(accountId, makeAccount({ timezone: "Europe/London" }));
  const smith = { id: "90516387", name: "Smith Wedding 2025" };
  browser.state.sources.set(accountId, [
    makeSource("collections", null),
    makeSource("favorites", smith, { bornAt: 1 }),
    makeSource("downloads", smith),
    makeSource("favorites", { id: "90516400", name: "Jones <Headshots>" }, { bornAt: 2 }),
  ]);
  await browser.signIn();
  const form = await browser.formToken();
  const send = (fields: Fields) => browser.post("/subscriptions", { form, ...fields });
  const look = async (fields: Fields) =>
    (await browser.post("/subscriptions/preview", { form, ...fields })).text();
  const created = () => [...browser.state.subscriptions.values()][0];
  return { ...browser, form, send, look, created };
}

describe("more choices", () => {
  it("are answered at once, however many patterns somebody sends", async () => {
    const { send } = await withStudio();
    const events = Array.from({ length: 20_000 }, (_, index) => `made.up${index}`).join(" ");
    const began = performance.now();
    expect((await send({ ...hook, events })).status).toBe(422);
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it("are all taken", async () => {
    const { send, created } = await withStudio();
    const response = await send({
      ...hook,
      format: "cloudevents",
      headers: "Authorization: Bearer a:b\r\n\r\nX-Studio:  smith ",
      asymmetric: "on",
      collections: ["90516387"],
      moreCollections: "jones <headshots>\r\n123",
      clients: "jane@example.com\r\n77, Bob@example.com",
      amount: "500",
      unit: "USD",
      together: "quiet",
      quiet: "10m",
      max: "1h",
      digestEvents: ["invoice.* payment.*", "invoice.paid"],
      quietFrom: "21:00",
      quietTo: "08:00",
      except: "invoice.paid",
      delays: "5s, 5m 1h",
      perSecond: "2,5",
      concurrency: "3",
      ordered: "on",
    });
    expect(response.status).toBe(201);
    expect(created()).toMatchObject({
      channel: {
        type: "webhook",
        url: "https://example.com/hook",
        format: "cloudevents",
        headers: { Authorization: "Bearer a:b", "X-Studio": "smith" },
        asymmetric: true,
      },
      filter: {
        collections: ["90516387", "90516400", "123"],
        clients: ["jane@example.com", "77", "Bob@example.com"],
        amountAtLeast: 50_000,
      },
      digest: { quiet: "10m", max: "1h", events: ["invoice.*", "payment.*"] },
      quietHours: { from: "21:00", to: "08:00", except: ["invoice.paid"] },
      retry: { delays: ["5s", "5m", "1h"] },
      limits: { perSecond: 2.5, concurrency: 3 },
      ordered: true,
      enabled: true,
      paused: false,
    });
  });

  it("stay folded until something is set or wrong, and name what holds", async () => {
    const { get, send } = await withStudio();
    const html = await (await get("/subscriptions/new")).text();
    expect(html).not.toMatch(/<details class="fold"[^>]* open/);
    expect(html).toContain("10 tries over 3 days");
    expect(html).toContain("In the time zone Europe/London of Smith Studio.");
    expect(html.indexOf("Jones &lt;Headshots&gt;")).toBeLessThan(html.indexOf("Smith Wedding 2025"));
    expect(html.match(/value="90516387"/g)).toHaveLength(1);
    const again = await (await send({ ...hook, perSecond: "none", quietFrom: "21:00" })).text();
    expect([...again.matchAll(/id="fold-(\w+)" open/g)].map(([, name]) => name)).toEqual([
      "quietHours",
      "pace",
    ]);
  });

  it.each([
    [{ headers: "Bearer secret" }, "headers", "Line 1 is not of the form “Name: value”."],
    [{ headers: "X-A: 1\nx-a: 2" }, "headers", "The header “x-a” stands there twice."],
    [{ headers: "Host: example.org" }, "headers", "“Host” is set by pixiehook and cannot be overridden."],
    [{ headers: "X-A: ñ" }, "headers", "The value of “X-A” may hold printable ASCII only"],
    [{ moreCollections: "Nobody" }, "moreCollections", "No collection “Nobody” is known"],
    [{ collections: "x".repeat(65) }, "moreCollections", "One of these is too long for a collection."],
    [{ clients: "x".repeat(321) }, "clients", "One of these is too long for a client."],
    [{ amount: "1,000.00" }, "amount", "Write only the number"],
    [{ amount: "5.00", unit: "JPY" }, "amount", "Such a currency has no decimals"],
    [{ together: "quiet", quiet: "soon" }, "together-usual", "“soon” is no length of time"],
    [{ together: "quiet", quiet: "1h", max: "5m" }, "together-usual", "The longest wait must not be shorter"],
    [{ together: "every", every: "" }, "together-usual", "Nothing is no length of time"],
    [{ quietFrom: "21:00" }, "quietFrom", "Give both times, such as 21:00 and 08:00."],
    [{ quietFrom: "21:00", quietTo: "21:00" }, "quietFrom", "The two times must differ"],
    [{ delays: "5s, never" }, "delays", "“never” is no length of time"],
    [{ delays: "1s ".repeat(21) }, "delays", "At most 20 waits."],
    [{ perSecond: "0" }, "perSecond", "Write a number from 0.01 to 1000."],
    [{ concurrency: "1.5" }, "concurrency", "Write a whole number from 1 to 50."],
  ] as const)("say what is wrong with %j, and lead to it", async (fields, place, problem) => {
    const { send, state } = await withStudio();
    const response = await send({ ...hook, ...fields } as Fields);
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toContain("1 answer below needs another look.");
    expect(html.split(problem)).toHaveLength(3);
    expect(html).toContain(`<a href="#${place}">`);
    expect(html).toContain(`id="${place}"`);
    expect(state.subscriptions.size).toBe(0);
  });

  it("tell of everything that is wrong at once, and lose nothing that was typed", async () => {
    const { send, form } = await withStudio();
    const typed = {
      ...hook,
      headers: "nonsense",
      clients: "jane@example.com",
      amount: "many",
      unit: "KWD",
      together: "every",
      every: "1x",
      except: "invoice.paid",
      ordered: "on",
    };
    const html = await (await send(typed)).text();
    expect(html).toContain("3 answers below need another look.");
    const { form: token = [], ...kept } = untouched(html, "subscribe");
    expect(token[0]).toBe(form);
    const wanted = Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, [value]]));
    expect(kept).toMatchObject({ ...wanted, events: ["invoice.* payment.*"].slice(1).concat("invoice.*") });
  });
});

describe("what it would have told", () => {
  async function withEvents() {
    const studio = await withStudio();
    for (let index = 0; index < 7; index++) studio.emit(makeEvent({ key: `f${index}`, seconds: index }));
    const object = { id: "1", number: "INV-1", amount: 40_000, currency: "USD" };
    studio.emit(makeEvent({ key: "i", type: "invoice.paid", object, collection: null }));
    return studio;
  }
  const rows = (html: string) => html.match(/<li class="event"/g)?.length ?? 0;

  it("is shown with the form without scripts, which keeps what was typed", async () => {
    const { look, state } = await withEvents();
    const html = await look({ events: "favorite.*", description: "Half done" });
    expect(html).toContain("<h1>New subscription</h1>");
    expect(html).toContain('value="Half done"');
    expect(html).toContain("7 of the last 8 events.");
    expect(rows(html)).toBe(5);
    expect(state.subscriptions.size).toBe(0);
  });

  it("comes in pieces to scripts, together with what the folds hold", async () => {
    const { look } = await withEvents();
    const html = await look({ pieces: "1", events: "*", delays: "1m" });
    expect(html).not.toContain("<form");
    expect(html).toContain('<span id="preview-sentence">All of the last 8 events.</span>');
    expect(html).toContain('id="now-retry">2 tries over 60 s</span>');
  });

  it.each([
    [{ events: "client.*" }, "None of the last 8 events is of these kinds."],
    [
      { events: "favorite.*", collections: "1" },
      "7 of the last 8 events are of these kinds, but none is in the collections chosen.",
    ],
    [{ events: "favorite.*", clients: "eva@x.example" }, "but none is by these clients."],
    [
      { events: "invoice.*", amount: "400.01" },
      "1 of the last 8 events is of these kinds, but none is of this amount or more.",
    ],
    [{ events: "*", amount: "1", collections: "90516387" }, "but none is all that is asked for at once."],
    [{ events: "favorite.*", amount: "much" }, "One answer has to be mended first."],
    [{}, "Tick what it should tell"],
  ])("says why nothing fits %j", async (fields, sentence) => {
    const { look } = await withEvents();
    const html = await look({ pieces: "1", ...fields } as Fields);
    expect(html).toContain(sentence);
    expect(rows(html)).toBe(0);
  });

  it("says when there was nothing at all", async () => {
    const { look } = await withStudio();
    expect(await look({ pieces: "1", events: "*" })).toContain("Nothing has happened yet.");
  });

  it("is told in text, whatever clients call themselves", async () => {
    const { look, emit } = await withStudio();
    emit(makeEvent({ key: "x", collection: { id: "1", name: "<script>alert(1)</script>\u202eeno" } }));
    const html = await look({ pieces: "1", events: "*" });
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toMatch(/<script>|\u202e/);
  });

  it("takes only a form of this session", async () => {
    const { post } = await withStudio();
    expect((await post("/subscriptions/preview", { form: "forged", events: "*" })).status).toBe(403);
  });
});

describe("after it was made", () => {
  it("the first visit goes on to a test, whose result is shown", async () => {
    const { get, post, form } = await withStudio();
    const first = await (await get(`/subscriptions/new?account=${accountId}&first=1`)).text();
    expect(first).toContain("Step 2 of 3");
    const fields = untouched(first, "subscribe");
    const slack = { channel: "slack", slack: "https://hooks.slack.com/services/T/B/x", events: "*" };
    const response = await post("/subscriptions", { ...fields, ...slack });
    const next = response.headers.get("location") ?? "";
    const html = await (await get(next)).text();
    expect(html).toContain("Step 3 of 3");
    expect(html).not.toContain("services/T/B/x");
    const page = await post(next.replace(/\?.*/, ""), { form, ...untouched(html, "try") });
    const tried = await page.text();
    expect(tried).toContain("The test arrived, in 31 ms.");
    expect(tried).toContain("Step 3 of 3");
  });

  it("shows the steps on a first visit only", async () => {
    const { get, send } = await withStudio();
    expect(await (await get("/subscriptions/new")).text()).not.toContain("Step 2 of 3");
    expect(await (await send({ ...hook, first: "1" })).text()).toContain("Step 3 of 3");
    expect(await (await send(hook)).text()).not.toContain("Step 3 of 3");
  });
});

it("shows no form, and tells nothing, to those who may only look", async () => {
  const browser = createBrowser();
  browser.state.subscriptions.set(subscriptionId, makeSubscription());
  const { secret } = await browser.services.tokens.create({ name: "Ana", scope: "read", expiresAt: null });
  await browser.signIn(secret);
  for (const place of ["new", `${subscriptionId}/edit`, `${subscriptionId}/subscribed`]) {
    const response = await browser.get(`/subscriptions/${place}`);
    expect(response.status).toBe(403);
    expect(await response.text()).not.toContain('id="subscribe"');
  }
  const form = await browser.formToken();
  for (const place of ["preview", `${subscriptionId}/edit`, `${subscriptionId}/subscribed`])
    expect((await browser.post(`/subscriptions/${place}`, { form, events: "*" })).status).toBe(403);
});
