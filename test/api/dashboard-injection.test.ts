import { parse, parseFragment } from "parse5";
import { pino } from "pino";
import { beforeAll, describe, expect, it } from "vitest";
import { createApi } from "../../src/api/app.js";
import { freezeEvent, thawEvent } from "../../src/domain/event.js";
import type { JsonObject } from "../../src/domain/json.js";
import { newReplay } from "../../src/domain/replay.js";
import { createBrowser, home } from "./support/browser.js";
import {
  accountId,
  at,
  makeAccount,
  makeDelivery,
  makeEvent,
  makeSource,
  makeSubscription,
  subscriptionId,
} from "./support/fixtures.js";
import { elementsOf, type Node, textOf } from "./support/html.js";

const long = "w".repeat(1_500);
const family = "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}";

/** What a field is filled with: it breaks out of every place where text can stand, and says which field it was. */
const plant = (field: string): string =>
  `plant-${field}</title></textarea></style></script><script>plant()</script><img src=x onerror=plant()>` +
  `"'><plant-element plant-attribute="1" onclick=plant() style=color:red href=javascript:plant()>` +
  `<!-- ]]> &lt;script&gt; \${plant} {{plant}} \u0000\u0007\u001b[31m\u0085\u202e\u2066\u2028 ${family} \r\nplant: x ${long}`;

const client = { id: plant("client-id"), name: plant("client-name"), email: plant("client-email") };
const scope = { id: "90516387", name: plant("collection") };

function everyField(): JsonObject {
  const names = ["number", "status", "method", "format", "kind", "permissions", "reason", "error"] as const;
  const texts = Object.fromEntries(names.map((name) => [name, plant(name)]));
  return {
    ...texts,
    id: plant("object-id"),
    name: plant("name"),
    note: plant("note"),
    // Such a link would run in the page.
    url: `javascript:plant("${plant("url")}")`,
    media: { id: "1", kind: "photo", name: plant("file") },
    list: { id: "2", name: plant("list") },
    user: { name: plant("user-name"), email: plant("user-email") },
    amount: 5_000,
    currency: plant("currency"),
    amountFormatted: plant("formatted"),
    dueDate: plant("date"),
    subscription: plant("subscription"),
    [plant("key")]: { [plant("inner")]: [plant("item"), { deep: plant("deep") }] },
  };
}

/** A dashboard, behind the API as it is served, every text of which that others write is planted. */
async function planted() {
  const browser = createBrowser({ describe: ({ data }) => `${data.client?.name} ${plant("sentence")}` });
  const { state, services, entrance, app } = browser;
  const user = { name: plant("session-user"), email: plant("session-email") };
  const session = { ...makeAccount().session, user, reason: plant("session-reason") };
  state.accounts.set(accountId, makeAccount({ name: plant("account"), session }));
  state.sources.set(accountId, [
    makeSource("favorites", scope, {
      status: "failing",
      failures: 3,
      reason: plant("source-reason"),
      aside: { ...makeSource("favorites", scope).aside, paths: [plant("aside")] },
    }),
  ]);
  const flood = { id: "hold_1", account: accountId, source: "src_1", resource: "favorites" } as const;
  state.holds.set("hold_1", {
    ...flood,
    collection: scope,
    count: 412,
    status: "held",
    createdAt: at(0),
    resolvedAt: null,
  });
  const made = makeEvent({
    key: "1",
    client,
    collection: { id: plant("collection-id"), name: scope.name },
    object: everyField(),
    previous: { note: plant("before"), media: { id: "1", kind: null, name: plant("media-before") } },
  });
  const { data, ...rest } = thawEvent(made.body);
  const event = freezeEvent({
    ...rest,
    data: { ...data, account: { id: accountId, name: plant("account") } },
  });
  state.events.push(event);
  state.matched.set(event.id, 0);
  const other = "sub_0000000000000000";
  state.subscriptions.set(subscriptionId, makeSubscription({ description: plant("description") }));
  state.subscriptions.set(
    other,
    makeSubscription({
      id: other,
      description: plant("gone"),
      enabled: false,
      disabledReason: plant("disabled-reason"),
    }),
  );
  const attempt = {
    at: at(1),
    durationMs: 10,
    outcome: "failed",
    status: 500,
    error: `HTTP 500: ${plant("receiver-error")}`,
    responseBody: plant("response"),
  } as const;
  const delivery = makeDelivery(event.id, { status: "failed", attempts: [attempt] });
  state.deliveries.set(delivery.id, delivery);
  const told = { id: "rpl_1", subscription: subscriptionId, now: at(0), lastMade: 0 };
  state.replays.push(newReplay({ since: at(-60), until: null, only: "failed" }, told));
  state.unsubscribeTokens.set("token", plant("recipient"));
  state.ready = { ok: false, problems: [plant("problem")] };
  const { token } = await services.tokens.create({ name: plant("token"), scope: "read", expiresAt: null });
  await browser.signIn();

  const log = pino({ level: "silent" });
  const api = createApi({ services, log, entrance, publicUrl: home, version: "1.2.3", dashboard: app });
  const ask = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set("cookie", [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; "));
    return Promise.resolve(api.request(`${home}${path}`, { ...init, headers }));
  };
  return { ...browser, ask, event, delivery, token };
}

type Planted = Awaited<ReturnType<typeof planted>>;

/**
 * Every page: what it is called, its address, and the fields that stand on it. A new page is a new line. Addresses of
 * forms say which one is sent, and the page after it is looked at.
 */
const pages: readonly (readonly [
  name: string,
  path: (world: Planted) => string,
  fields: readonly string[],
])[] = [
  ["home", () => "/", ["account", "session-user", "sentence", "description", "problem", "disabled-reason"]],
  ["events", () => "/events", ["sentence", "client-name", "collection"]],
  ["events of one client", () => `/events?client=${encodeURIComponent(client.email)}`, ["client-email"]],
  [
    "events by planted names",
    () => `/events?${new URLSearchParams({ client: plant("q"), collection: plant("r") })}`,
    ["q", "r"],
  ],
  [
    "events by a part of a name",
    () => "/events?collection=plant&client=plant",
    ["collection", "client-name"],
  ],
  ["events of an account", () => `/events?account=${encodeURIComponent(plant("id"))}`, ["id"]],
  [
    "event",
    ({ event }) => `/events/${event.id}`,
    [
      "account",
      "client-name",
      "client-email",
      "collection",
      "file",
      "list",
      "note",
      "number",
      "url",
      "formatted",
    ].concat([
      "date",
      "status",
      "key",
      "inner",
      "item",
      "deep",
      "before",
      "media-before",
      "description",
      "user-email",
    ]),
  ],
  [
    "account",
    () => `/accounts/${accountId}`,
    ["account", "collection", "source-reason", "aside", "session-user"],
  ],
  ["new account", () => "/accounts/new", []],
  ["subscriptions", () => "/subscriptions", ["description", "gone"]],
  ["subscription", () => `/subscriptions/${subscriptionId}`, ["description"]],
  ["edit a subscription", () => `/subscriptions/${subscriptionId}/edit`, ["description", "account"]],
  ["a new secret", () => `/subscriptions/${subscriptionId}/rotate`, ["description"]],
  ["subscribed", () => `/subscriptions/${subscriptionId}/subscribed`, []],
  ["delivery", ({ delivery }) => `/deliveries/${delivery.id}`, ["description", "receiver-error", "response"]],
  ["system", () => "/system", []],
  ["tokens", () => "/tokens", ["token"]],
  ["delete a token", ({ token }) => `/tokens/${token.id}/delete`, ["token"]],
  ["new subscription", () => `/subscriptions/new?account=${accountId}`, ["account"]],
  ["delete a subscription", () => `/subscriptions/${subscriptionId}/delete`, ["description"]],
  ["sign in", () => `/sign-in?next=${encodeURIComponent(plant("next"))}`, []],
  ["no such page", () => `/${encodeURIComponent(plant("path"))}`, []],
  ["no such event", () => "/events/evt_testd8a46437cb053161", []],
  ["the reference of the API", () => "/docs", []],
  ["the reference of errors", () => "/docs/errors", []],
  ["unsubscribe", () => `/unsubscribe/${subscriptionId}/token`, []],
];

const ours = {
  script: /^\/assets\/script-\w+\.js$/,
  link: /^\/assets\/(style|icon)-\w+\.(css|svg)$/,
  img: /^\/assets\/[\w-]+\.svg$/,
};
const addresses = new Set([
  "href",
  "src",
  "action",
  "formaction",
  "poster",
  "data",
  "xlink:href",
  "srcset",
  "ping",
]);
const never = new Set(["iframe", "object", "embed", "base", "frame", "applet", "portal"]);

/** That nothing of a document comes from the planted text but text. */
function expectOnlyText(root: Node): void {
  for (const { tag, attributes, text } of elementsOf(root)) {
    expect(tag).not.toMatch(/plant/);
    expect(never.has(tag), tag).toBe(false);
    const source = attributes.get("src") ?? attributes.get("href") ?? "";
    if (tag === "script") expect([source, text]).toEqual([expect.stringMatching(ours.script), ""]);
    if (tag === "img") expect(source).toMatch(ours.img);
    if (tag === "link" && attributes.get("rel") !== "stylesheet") expect(source).toMatch(ours.link);
    for (const [name, value] of attributes) {
      expect(name).not.toMatch(/plant|^on|^style$|^srcdoc$/);
      if (addresses.has(name)) expect(value, `${tag} ${name}`).toMatch(/^(https?:\/\/|\/(?!\/)|#|\?)/);
      if (name === "http-equiv") expect(value).not.toMatch(/refresh/i);
    }
  }
}

/** That no character in it ends it early, or turns what stands around it. */
function expectTidy(html: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(html).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
}

function expectStrict(response: Response, path: string): void {
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy, path).toMatch(/^default-src 'none'(;|$)/);
  expect(policy, path).not.toMatch(/unsafe|\*|data:|https?:/);
  expect(policy, path).toContain("base-uri 'none'");
  expect(policy, path).toContain("frame-ancestors 'none'");
  expect(response.headers.get("x-content-type-options"), path).toBe("nosniff");
}

describe("what others write stands as text only", () => {
  let world: Planted;
  beforeAll(async () => {
    world = await planted();
  });

  it.each(pages)("on the page: %s", async (_, path, fields) => {
    const response = await world.ask(path(world));
    expectStrict(response, path(world));
    const html = await response.text();
    const root = parse(html);
    expectOnlyText(root);
    expectTidy(html);
    const text = textOf(root);
    for (const field of fields)
      expect(text, field).toContain(`plant-${field}</title></textarea></style></script><script>`);
  });

  it("in the rows of the live list, several in a message", async () => {
    const { ask, emit, event } = await planted();
    const more = [1, 2].map((n) => makeEvent({ key: `more-${n}`, client, object: everyField(), seconds: n }));
    for (const each of more) emit(each);
    const response = await ask(`/live?told=all&after=${event.id}`);
    expectStrict(response, "/live");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes(`id: ${more[1]?.id}\n`)) text += (await reader?.read())?.value ?? "";
    await reader?.cancel();
    expectTidy(text);
    expect(text.split("\n").filter((line) => !/^(data|id|retry|): |^: |^$/.test(line))).toEqual([]);
    const data = [...text.matchAll(/^data: (.*)$/gm)].map(([, line]) => line).join("\n");
    const root = parseFragment(data);
    expectOnlyText(root);
    expect(elementsOf(root).filter(({ tag }) => tag === "li")).toHaveLength(2);
    expect(textOf(root)).toContain("plant-sentence</title>");
  });

  it("in what is said after a form, and in a form that is shown again", async () => {
    const { submit, state } = await planted();
    const enable = () => submit(`/subscriptions/${subscriptionId}/test`);
    const detail = plant("refusal");
    state.refuse["accounts.requestPoll"] = { kind: "refused", code: "session_inactive", detail };
    const fields = {
      description: plant("typed"),
      webhook: plant("address"),
      channel: "webhook",
      events: "*",
    };
    const shown = [
      [await enable(), ""],
      [await submit(`/accounts/${accountId}/poll`), "refusal"],
      [await submit("/subscriptions", fields), "typed"],
      [await submit(`/subscriptions/${subscriptionId}/delete`), "description"],
    ] as const;
    for (const [html, field] of shown) {
      expectTidy(html);
      const root = parse(html);
      expectOnlyText(root);
      if (field !== "") expect(textOf(root), field).toContain(`plant-${field}</title>`);
    }
  });

  it("on the page of who gets no more mail", async () => {
    const response = await world.ask(`/unsubscribe/${subscriptionId}/token`, { method: "POST" });
    expectStrict(response, "unsubscribed");
    const root = parse(await response.text());
    expectOnlyText(root);
    expect(textOf(root)).toContain("plant-recipient</title>");
  });

  it("when a page fails", async () => {
    const { ask, services, get } = await planted();
    services.events.get = () => Promise.reject(new Error(plant("failure")));
    const response = await ask("/events/evt_1");
    expect(response.status).toBe(503);
    expectStrict(response, "failure");
    const html = await response.text();
    expectOnlyText(parse(html));
    expect(html).not.toContain("plant-failure");
    expect(textOf(parse(html))).toContain("plant-problem</title>");
    expectStrict(await get("/nowhere"), "not found");
  });
});

describe("a strict policy stands on every answer", () => {
  it("pages, errors, texts for machines and refusals, signed in or not", async () => {
    const [known, unknown] = [await planted(), await planted()];
    unknown.jar.clear();
    const paths = ["/", "/events", "/nowhere", "/sign-in", "/docs/errors", "/healthz", "/readyz", "/metrics"];
    for (const path of [...paths, "/v1/events", "/v1/nowhere", "/unsubscribe/sub_1/token"]) {
      for (const { ask } of [known, unknown]) {
        expectStrict(await ask(path), path);
        expectStrict(await ask(path, { method: "POST", body: "x=1" }), `POST ${path}`);
      }
    }
  });

  it("assets and redirects", async () => {
    const { ask, jar } = await planted();
    const html = await (await ask("/")).text();
    const assets = [...new Set([...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path))];
    expect(assets).toHaveLength(3);
    for (const path of assets) expectStrict(await ask(path), path);
    jar.clear();
    const redirect = await ask("/events");
    expect(redirect.status).toBe(303);
    expectStrict(redirect, "redirect");
    expectStrict(await ask("/live"), "live without a session");
  });
});
