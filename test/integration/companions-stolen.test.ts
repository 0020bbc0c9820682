import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBrowser } from "../api/support/browser.js";
import type { OpenApiDocument } from "../api/support/conformity.js";
import { apiToken, startCompanionService } from "../support/companion-service.js";

type World = Awaited<ReturnType<typeof startCompanionService>>;
let world: World;
let mine: Awaited<ReturnType<World["addAccount"]>>;
let theirs: typeof mine;
let ids: Record<string, string>;

beforeAll(async () => {
  world = await startCompanionService();
  mine = await world.addAccount("My own studio");
  theirs = await world.addAccount("Somebody else's studio");
  const channel = { type: "webhook", url: "http://127.0.0.1:9/their-hook" };
  const wish = { events: ["*"], channel, description: "Their planner" };
  const { body } = await world.ask("POST", "/v1/subscriptions", apiToken, wish);
  ids = { id: theirs.id, subscription: body.id, companion: theirs.companion, secret: body.secret };
}, 30_000);
afterAll(() => world.close());

let asked = 0;
/** Past the socket, each time from an address of its own: too many wrong tokens from one are told apart below. */
async function ask(method: string, path: string, headers: Record<string, string>, body?: string) {
  asked++;
  const address = { incoming: { socket: { remoteAddress: `10.1.${asked >> 8}.${asked & 255}` } } };
  const init = { method, headers, ...(body !== undefined && { body }) };
  const response = await world.service.context.api.request(`${world.url}${path}`, init, address);
  const text = await response.text();
  const varying = /"requestId":"[^"]+"|\b\d[\d.e+-]*\b/g;
  // What there is to be measured stays the same, and the figures do not.
  const lasting = path === "/metrics" ? (text.match(/^#.*$/gm) ?? []).join() : text;
  return { status: response.status, text, same: `${response.status} ${lasting.replace(varying, "…")}` };
}

/** What the studio, the other account and pixiehook hold. */
function secretsOf({ simulator }: World): string[] {
  const { collections, clients, invoices } = simulator.studio;
  return [
    ...[...collections.values()].flatMap(({ name, password }) => [name, password]),
    ...[...clients.values()].flatMap(({ email, last }) => [email, last]),
    ...[...invoices.values()].map(({ number }) => number),
    ...simulator.cookies.split("; ").map((pair) => pair.slice(pair.indexOf("=") + 1)),
    ...Object.values(ids),
    theirs.token,
    theirs.companion,
    "Somebody else",
    "Their planner",
    "their-hook",
    apiToken,
  ].filter((text): text is string => text !== null && text.length > 3);
}

const operations = async () => {
  const document = (await (await fetch(`${world.url}/openapi.json`)).json()) as OpenApiDocument;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
};
const filled = (path: string, of: string) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => (name === "id" ? of : (ids[name] ?? "x")));
const json = { "content-type": "application/json" };

test("a stolen companion token opens no route of the API, and no page", async () => {
  const stolen = { authorization: `Bearer ${mine.token}` };
  const routes = (await operations()).filter(({ path }) => !path.startsWith("/companion/"));
  expect(routes.length).toBeGreaterThan(45);
  for (const { method, path } of routes) {
    for (const of of [mine.id, theirs.id, ids.subscription ?? ""]) {
      const where = `${method} ${filled(path, of)}`;
      const body = method === "GET" || method === "DELETE" ? undefined : "{}";
      const answer = await ask(method, filled(path, of), { ...json, ...stolen }, body);
      if (path.startsWith("/v1/")) expect(answer.status, where).toBe(401);
      else expect(answer.same, where).toBe((await ask(method, filled(path, of), json, body)).same);
    }
  }
  const pages = createBrowser().app.routes.filter(({ method }) => method !== "ALL");
  expect(pages.length).toBeGreaterThan(30);
  const cookies = ["pixiehook", "__Host-pixiehook", "token"].map((name) => `${name}=${mine.token}`);
  const form = { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" };
  for (const { method, path } of pages) {
    const at = path.replace(/:(\w+)(\{[^}]*\})?\??/g, theirs.id).replaceAll("*", "x");
    const body = method === "GET" ? undefined : `token=${path === "/sign-in" ? mine.token : "x"}&form=x`;
    const carried = { ...form, ...stolen, cookie: cookies.join("; ") };
    const stranger = await ask(method, at, form, body?.replace(mine.token, "nothing"));
    expect((await ask(method, at, carried, body)).same, `${method} ${at}`).toBe(stranger.same);
    expect(stranger.text, `${method} ${at}`).not.toContain(theirs.id.slice(4));
  }
});

test("within its own addresses it reaches nothing of another account, and reads nothing of its own", async () => {
  const { store } = world;
  const texts: string[] = [];
  const with_ = async (method: string, path: string, body?: unknown) => {
    const answer = await world.ask(method, `/companion/v1${path}`, mine.token, body);
    // An address that there is not is repeated, as it was asked for.
    texts.push(answer.text.replaceAll(path, ""), JSON.stringify([...answer.headers]));
    return answer;
  };
  const errand = await world.putErrand(theirs.id);
  const before = JSON.stringify([await store.accounts.get(theirs.id), await store.accounts.jar(theirs.id)]);
  const page = { status: 200, headers: {}, body: "{}" };
  expect((await with_("POST", `/errands/${errand.id}/answer`, page)).status).toBe(404);
  expect((await with_("POST", "/errands/take", { waitSeconds: 0, signIn: "x" })).body.errand).toBeNull();
  for (const [method, path, body] of [
    ["POST", "/errands/take", { waitSeconds: 0, signIn: "x", account: theirs.id }],
    ["PUT", "/session", { account: theirs.id }],
    ["POST", "/pair", { code: theirs.id, browser: "x" }],
    ["GET", `/state?account=${theirs.id}`, undefined],
    ["GET", `/state/${theirs.id}`, undefined],
    ["GET", `/accounts/${theirs.id}`, undefined],
    ["PUT", `/../../v1/accounts/${theirs.id}/session`, {}],
    ["PUT", "/session", { cookies: [{ name: "a", value: "b", domain: "example.com" }] }],
    ["PUT", "/session", {}],
  ] as const) {
    const { status } = await with_(method, path, body);
    expect([200, 400, 401, 404, 409, 502], `${method} ${path}`).toContain(status);
  }
  const { body: state } = await with_("GET", "/state");
  expect(state.account).toEqual({ id: mine.id, name: "My own studio" });
  expect(Object.keys(state).sort()).toEqual(["account", "hosts", "readBy", "session", "signInUrl"]);
  expect(await store.errands.standing(theirs.id, errand.id)).toEqual({ kind: "waiting" });
  expect(await store.errands.isAttended(theirs.id)).toBe(false);
  expect(JSON.stringify([await store.accounts.get(theirs.id), await store.accounts.jar(theirs.id)])).toBe(
    before,
  );
  for (const secret of secretsOf(world)) expect(texts.join("\n")).not.toContain(secret);
  // With the token of the other account the same page is there: the search above would have found it.
  const taken = await world.ask("POST", "/companion/v1/errands/take", theirs.token, {
    waitSeconds: 0,
    signIn: "x",
  });
  expect(taken.body).toMatchObject({ errand: { id: errand.id }, state: { account: { id: theirs.id } } });
});

test("no API token opens what companions ask, not even the first one", async () => {
  const { body: admin } = await world.ask("POST", "/v1/tokens", apiToken, { name: "all", scope: "admin" });
  const routes = (await operations()).filter(
    ({ path }) => path.startsWith("/companion/") && path !== "/companion/v1/pair",
  );
  expect(routes).toHaveLength(5);
  for (const { method, path } of routes) {
    for (const token of [apiToken, admin.token, "", `pxc_${mine.id.slice(4)}_${"A".repeat(43)}`]) {
      const body = method === "GET" ? undefined : "{}";
      const answer = await ask(
        method,
        filled(path, "err_x"),
        { ...json, authorization: `Bearer ${token}` },
        body,
      );
      expect(answer.status, `${method} ${path}`).toBe(401);
    }
  }
});

test("nothing that a companion sends stands in a log line or in a problem", async () => {
  const marks = [
    "c00kie-mark-7",
    "na.me-mark-7",
    "body-mark-7",
    "header-mark-7",
    "7K2M-9QXD-4HTR",
    "unknown-mark-7",
  ];
  const cookie = {
    name: "na.me-mark-7",
    value: "c00kie-mark-7",
    domain: "example.com",
    hostOnly: true,
    path: "/",
    secure: true,
    httpOnly: true,
  };
  const { companion: _, ...server } = await world.addAccount("Marks", "server");
  const wrong: [string, string, string][] = [
    ["PUT", "/session", JSON.stringify({ cookies: [cookie] })],
    ["PUT", "/session", JSON.stringify({ cookies: [{ ...cookie, path: 7, "unknown-mark-7": 1 }] })],
    ["PUT", "/session", '{"cookies": [{"name": "c00kie-mark-7"'],
    ["POST", "/pair", JSON.stringify({ code: "7K2M-9QXD-4HTR", browser: "x" })],
    ["POST", "/pair", JSON.stringify({ code: "7K2M-9QXD-4HTR", browser: 7 })],
    [
      "POST",
      "/errands/err_x/answer",
      JSON.stringify({ status: 200, headers: { a: "header-mark-7" }, body: "body-mark-7" }),
    ],
    [
      "POST",
      "/errands/err_x/answer",
      JSON.stringify({ status: 200, headers: { "header-mark-7": 7 }, body: "body-mark-7" }),
    ],
    [
      "POST",
      "/errands/err_x/answer",
      JSON.stringify({ status: "body-mark-7", headers: { "header-mark-7": [] }, body: 7 }),
    ],
  ];
  const texts: string[] = [];
  for (const [method, path, body] of wrong) {
    const headers = { ...json, authorization: `Bearer ${server.token}` };
    const { status, text } = await ask(method, `/companion/v1${path}`, headers, body);
    expect(status, text).toBeGreaterThanOrEqual(400);
    expect(status, text).toBeLessThan(500);
    texts.push(text);
  }
  const all = [...texts, ...world.lines].join("\n");
  for (const mark of [...marks, server.token]) expect(all).not.toContain(mark);
  expect(all).toContain('"path":"/companion/v1/errands/err_x/answer"');
});

test("an answer of 64 MiB is refused without being held, and the largest that is allowed is taken", async () => {
  const errand = await world.putErrand(mine.id);
  await world.ask("POST", "/companion/v1/errands/take", mine.token, { waitSeconds: 0, signIn: "x" });
  const headers = { ...json, authorization: `Bearer ${mine.token}` };
  const path = `/companion/v1/errands/${errand.id}/answer`;
  const chunk = Buffer.alloc(65_536, "x");
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  /** Sends 64 MiB, as fast as they are taken; answers with the status. */
  const send = (length: Record<string, string>) =>
    new Promise<number | string>((resolve) => {
      const sending = request(`${world.url}${path}`, { method: "POST", headers: { ...headers, ...length } });
      sending.on("response", (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
        sending.destroy();
      });
      sending.on("error", (error) => resolve(error.message));
      let left = 1_024;
      const more = () => {
        while (left > 0 && !sending.destroyed) {
          left--;
          most = Math.max(most, process.memoryUsage().arrayBuffers - before);
          if (!sending.write(chunk)) return void sending.once("drain", more);
        }
        sending.end();
      };
      more();
    });
  expect(await send({ "content-length": String(64 * 1_048_576) })).toBe(413);
  expect(await send({})).toBe(413);
  expect(most).toBeLessThan(60 * 1_048_576);

  const largest = { status: 200, headers: {}, body: "x".repeat(20_000_000) };
  expect((await world.ask("POST", path, mine.token, largest)).status).toBe(204);
  const standing = await world.store.errands.standing(mine.id, errand.id);
  expect(standing.kind === "answered" && "body" in standing.answer && standing.answer.body.length).toBe(
    20_000_000,
  );
  const large = { waitSeconds: 0, signIn: "x".repeat(1_100_000) };
  expect((await world.ask("POST", "/companion/v1/errands/take", mine.token, large)).status).toBe(413);
});
