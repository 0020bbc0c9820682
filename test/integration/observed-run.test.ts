import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionStatuses } from "../../src/domain/account.js";
import { eventTypes } from "../../src/domain/catalog.js";
import { mailboxStatuses } from "../../src/domain/mailbox.js";
import { resourceNames } from "../../src/domain/record.js";
import { sourceStatuses } from "../../src/domain/source.js";
import { channelTypes } from "../../src/domain/subscription.js";
import { queueNames } from "../../src/queues/catalog.js";
import { startSimulation } from "../../src/simulator/run.js";
import { roles } from "../../workers/index.js";
import { linesOfPage } from "../support/log-lines.js";
import { type Json, type RunningService, startService, temporaryFolder } from "../support/service.js";

/** One service with one account, two receivers and strange visitors: what it logs and measures meanwhile. */
const open: { close(): Promise<unknown> }[] = [];
let service: RunningService;
let scrape: string;
let lines: Json[];
const made: Record<string, string> = {};

beforeAll(async () => {
  const studio = await startSimulation({ seed: 7, collections: 2 });
  open.push(studio);
  const folder = await temporaryFolder();
  open.push({ close: folder.dispose });
  service = await startService({
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
    PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  });
  open.push({ close: () => service.end("SIGKILL") });
  const { body: account } = await service.call("POST", "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: studio.simulator.cookies },
    polling: { requestsPerMinute: 3_000, minIntervalSeconds: 0.2 },
    resources: ["favorites", "invoices"],
  });
  made.account = account.id;
  const url = `${studio.webhooks.url}/hook?key=s3cret-of-the-receiver`;
  const hook = await service.call("POST", "/v1/subscriptions", {
    events: ["favorite.*"],
    channel: { type: "webhook", url, headers: { "x-key": "s3cret-of-the-receiver" } },
    retry: { delays: ["500ms", "500ms"] },
  });
  made.subscription = hook.body.id;
  await service.call("POST", `/v1/accounts/${account.id}/poll?wait=true`);
  studio.webhooks.answer({ status: 500, times: 1 });
  const wanted = studio.simulator.addFavorites({ count: 2 }).favorites.length;
  const strange = Array.from({ length: 40 }, (_, index) => {
    const name = randomBytes(6).toString("hex");
    const path = [
      `/v1/events/evt_${name}`,
      `/v1/${name}`,
      `/${name}/${index}`,
      `/v1/accounts/${name}/sources`,
    ][index % 4];
    return fetch(`${service.url}${path}`, {
      method: ["GET", "DELETE", "PURGE", "POST"][index % 4] ?? "GET",
      headers: { authorization: `Bearer ${index % 2 ? service.token : name}`, "x-request-id": name },
    }).catch(() => null);
  });
  await Promise.all(strange);
  const arrived = () => new Set(studio.webhooks.received.map(({ json }) => (json as Json)?.id)).size;
  const isThrough = () => arrived() === wanted && studio.webhooks.received.length > wanted;
  for (const end = Date.now() + 15_000; !isThrough() && Date.now() < end; ) await sleep(50);
  // The buffer of the log is emptied four times a second.
  await sleep(400);
  scrape = await (await fetch(`${service.url}/metrics`)).text();
  const json = service
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"));
  lines = json.map((line) => JSON.parse(line));
}, 40_000);

afterAll(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

test("each line of the log has the fields that the page tells of, and no other", () => {
  const known = new Map(linesOfPage().map((line) => [line.message, line]));
  const seen = new Set<string>();
  for (const line of lines) {
    const { level, time: _time, msg, ...rest } = line;
    const told = known.get(msg);
    expect(told, JSON.stringify(line)).toBeDefined();
    seen.add(msg);
    const fields = Object.keys(rest);
    for (const name of told?.always ?? []) expect(fields, msg).toContain(name);
    const allowed = [...(told?.always ?? []), ...(told?.sometimes ?? [])];
    for (const name of fields) expect(allowed, msg).toContain(name);
    if (level !== told?.level) expect([msg, level]).toEqual(["request", "warn"]);
  }
  for (const message of ["poll", "attempt", "request", "pixiehook is up"])
    expect([...seen]).toContain(message);
});

test("polls and attempts can be followed by ids, outcomes, reasons and durations", () => {
  const of = (message: string) => lines.filter(({ msg }) => msg === message);
  const poll = of("poll").find(({ account, events }) => account === made.account && events > 0);
  expect(poll).toMatchObject({ resource: "favorites", outcome: "scan", commit: "committed" });
  expect(poll.durationMs).toBeGreaterThanOrEqual(0);
  const attempts = of("attempt").filter(({ subscription }) => subscription === made.subscription);
  const failed = attempts.find(({ outcome }) => outcome === "retry");
  expect(failed).toMatchObject({
    channel: "webhook",
    status: 500,
    reason: "the endpoint answered 500",
    attempt: 1,
  });
  const again = attempts.find(
    ({ delivery, outcome }) => delivery === failed.delivery && outcome === "delivered",
  );
  expect(again).toMatchObject({ attempt: 2, status: 204 });
});

test("nothing secret is in the log, and nothing at warn or above where nobody has to do anything", () => {
  const text = JSON.stringify(lines);
  expect(text).not.toContain("s3cret-of-the-receiver");
  expect(text).not.toContain(service.token);
  const loud = lines.filter(({ level }) => !["info", "debug"].includes(level));
  expect(loud).toEqual([]);
});

/** Samples of a metric: their labels and value. */
function samples(name: string) {
  const found = scrape.matchAll(new RegExp(`^${name}(?:\\{(.*?)\\})? (\\S+)$`, "gm"));
  return [...found].map(([, inner = "", value]) => {
    const labels = [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text]);
    return { labels: Object.fromEntries(labels) as Record<string, string>, value: Number(value) };
  });
}
const total = (name: string, wanted: Record<string, string> = {}) =>
  samples(name)
    .filter(({ labels }) => Object.entries(wanted).every(([label, text]) => labels[label] === text))
    .reduce((sum, { value }) => sum + value, 0);

test("a scrape tells what happened, and how late", () => {
  expect(total("pixiehook_accounts", { session: "active" })).toBe(1);
  expect(total("pixiehook_sources", { status: "active" })).toBe(4);
  expect(total("pixiehook_budget_allowed_requests_per_minute")).toBe(3_000);
  expect(total("pixiehook_budget_used_requests_per_minute")).toBeGreaterThan(3);
  expect(total("pixiehook_polls_total", { outcome: "scan" })).toBeGreaterThan(4);
  expect(total("pixiehook_poll_duration_seconds_count")).toBe(total("pixiehook_polls_total"));
  expect(total("pixiehook_upstream_requests_total", { outcome: "ok" })).toBeGreaterThan(4);
  expect(total("pixiehook_detection_delay_seconds_count", { resource: "favorites" })).toBe(2);
  expect(total("pixiehook_detection_delay_seconds_sum")).toBeLessThan(60);
  expect(total("pixiehook_attempts_total", { outcome: "delivered" })).toBe(2);
  expect(total("pixiehook_delivery_delay_seconds_count", { channel: "webhook" })).toBe(2);
  for (const role of roles) expect(total("pixiehook_workers", { role }), role).toBe(1);
  expect(total("pixiehook_redis_up")).toBe(1);
  expect(total("pixiehook_redis_persistent")).toBe(1);
  expect(total("pixiehook_redis_memory_bytes")).toBeGreaterThan(100_000);
  expect(total("pixiehook_clock_lag_seconds")).toBeLessThan(30);
  expect(total("process_resident_memory_bytes")).toBeGreaterThan(1e6);
  expect(samples("pixiehook_build_info")).toHaveLength(1);
});

test("no visitor makes a label value of its own", async () => {
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Json;
  const routes = Object.keys(document.paths).map((path) => path.replace(/\{(\w+)\}/g, ":$1"));
  const failures = [
    "expired",
    "challenged",
    "forbidden",
    "gone",
    "rejected",
    "rate_limited",
    "transient",
    "shape_changed",
  ];
  const allowed: Record<string, readonly string[]> = {
    resource: resourceNames,
    channel: channelTypes,
    outcome: ["scan", "ok", "delivered", "retry", "failed", "blocked", "aborted", ...failures],
    cause: failures,
    type: eventTypes.map(({ type }) => type),
    session: sessionStatuses,
    status: [...sourceStatuses, ...mailboxStatuses, "2xx", "3xx", "4xx", "5xx"],
    role: roles,
    queue: queueNames,
    state: ["waiting", "active", "delayed", "failed"],
    method: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"],
    route: [...routes, "/openapi.json", "/docs", "/docs/errors", "other"],
  };
  const own = [...scrape.matchAll(/^pixiehook_(?!build_info)\w+\{(.*?)\} /gm)];
  expect(own.length).toBeGreaterThan(100);
  for (const [line, inner = ""] of own)
    for (const [, label = "", text = ""] of inner.matchAll(/(\w+)="([^"]*)"/g))
      if (label !== "le") expect(allowed[label], line).toContain(text);
  expect(total("pixiehook_http_requests_total", { route: "other" })).toBeGreaterThan(10);
  expect(total("pixiehook_http_requests_total", { route: "/v1/accounts/:id/poll" })).toBe(1);
});
