import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useExamples } from "../support/documents.js";
import { type RunningService, startService, temporaryFolder } from "../support/service.js";
import { vectors } from "../vectors/signatures.js";
import { type Receiver, runCgi, startCgi, startPhp, startProgram } from "./support/receivers.js";
import { available } from "./support/shell.js";

const example = useExamples();
const page = "docs/webhooks.md";
const folder = mkdtempSync(join(tmpdir(), "pixiehook-receivers-"));
const hasPython = available("python3");
const hasOpenssl = available("openssl", "version");

let service: RunningService;
let dataDir: Awaited<ReturnType<typeof temporaryFolder>>;
const open: Receiver[] = [];

beforeAll(async () => {
  dataDir = await temporaryFolder();
  service = await startService({
    PIXIEHOOK_DATA_DIR: dataDir.path,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    LOG_LEVEL: "warn",
  });
});

afterAll(async () => {
  for (const receiver of open) receiver.close();
  await service.end("SIGTERM");
  await dataDir.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** A subscription whose receiver is started with its secret, as somebody would who follows the page. */
async function subscribe(start: (secret: string) => Promise<Receiver>) {
  const channel = { type: "webhook", url: "http://127.0.0.1:9/later" };
  const made = await service.call("POST", "/v1/subscriptions", { events: ["favorite.*"], channel });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const receiver = await start(made.body.secret);
  open.push(receiver);
  const { url } = receiver;
  await service.call("PATCH", `/v1/subscriptions/${made.body.id}`, { channel: { type: "webhook", url } });
  const deliver = async () =>
    (await service.call("POST", `/v1/subscriptions/${made.body.id}/test`, undefined)).body;
  return { receiver, deliver, secret: made.body.secret as string };
}

/** Posts a body that is signed right, but for what is changed on its way. */
async function post(url: string, secret: string, id: string, body: string, sent = body): Promise<number> {
  const now = new Date();
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, now, body),
  };
  return (await fetch(url, { method: "POST", headers, body: sent })).status;
}

/** What every receiver of the page promises. */
async function tryOut(start: (secret: string) => Promise<Receiver>): Promise<Receiver> {
  const { receiver, deliver, secret } = await subscribe(start);
  const { url } = receiver;
  const attempt = await deliver();
  expect(attempt, receiver.output()).toMatchObject({ outcome: "delivered", status: 204 });

  const body = '{"type":"favorite.added","data":{"client":{"name":"Zoë\\r\\n"}}}\n';
  expect(await post(url, secret, "evt_once", body)).toBe(204);
  expect(await post(url, secret, "evt_once", body), "a second time").toBe(204);
  expect(await post(url, secret, "evt_changed", body, body.trim()), "a changed body").toBe(401);
  expect(await post(url, secret, "../outside", body), "an id that is a path").not.toBe(500);
  expect((await fetch(url, { method: "POST", body })).status, "no signature").toBe(401);
  const kept = receiver.kept();
  if (kept !== null) {
    expect(kept.size).toBe(2);
    expect(kept.get("evt_once")).toBe(body);
    expect([...kept.values()].map((text) => JSON.parse(text).type)).toContain("favorite.added");
  }
  return receiver;
}

test("the Node receiver takes what pixiehook sends, once, and nothing else", async () => {
  const files = { "verify.mjs": example(page, "verify-node"), "receive.mjs": example(page, "receiver-node") };
  await tryOut((secret) =>
    startProgram([process.execPath, "receive.mjs"], { folder: join(folder, "node"), files, secret }),
  );
});

test("the Hono receiver does the same", async () => {
  const files = { "verify.mjs": example(page, "verify-node"), "receive.mjs": example(page, "receiver-hono") };
  const receiver = await tryOut((secret) =>
    startProgram([process.execPath, "receive.mjs"], { folder: join(folder, "hono"), files, secret }),
  );
  expect(receiver.output()).toMatch(/^favorite\.\w+ Jane Doe\n/);
});

test.skipIf(!hasPython)("the Python receiver does the same", async () => {
  const files = {
    "verify.py": example(page, "verify-python"),
    "receive.py": example(page, "receiver-python"),
  };
  await tryOut((secret) =>
    startProgram(["python3", "receive.py"], { folder: join(folder, "python"), files, secret }),
  );
});

test("the PHP receiver does the same", async () => {
  const files = { "verify.php": example(page, "verify-php"), "receive.php": example(page, "receiver-php") };
  await tryOut((secret) => startPhp(files, secret));
});

test.skipIf(!hasOpenssl)("the shell receiver does the same", async () => {
  await tryOut((secret) => startCgi(join(folder, "shell"), example(page, "receiver-shell"), secret));
});

test.skipIf(!hasOpenssl)(
  "the shell receiver accepts every v1 signature of the table and nothing else",
  async () => {
    const own = join(folder, "vectors");
    mkdirSync(own);
    writeFileSync(join(own, "receive.cgi"), example(page, "receiver-shell"));
    // An id names a file here, so only plain ones are taken.
    const tried = vectors.filter(({ id, secret, signature }) => {
      const plain = /^\w*$/.test(id) && !`${secret}${signature}`.includes("\0");
      return plain && secret.startsWith("whsec_") && secret.length % 4 === 2;
    });
    expect(tried.length).toBeGreaterThan(60);
    const judge = async ({ name, headers, body, secret, at }: (typeof vectors)[number], index: number) => {
      const clock = join(own, String(index));
      mkdirSync(clock);
      writeFileSync(join(clock, "date"), `#!/bin/sh\necho ${at}\n`);
      chmodSync(join(clock, "date"), 0o755);
      return [name, (await runCgi(own, { headers, body, secret, path: clock })) === 204] as const;
    };
    const told: (readonly [string, boolean])[] = [];
    for (let from = 0; from < tried.length; from += 8)
      told.push(...(await Promise.all(tried.slice(from, from + 8).map((one, i) => judge(one, from + i)))));
    expect(told).toEqual(tried.map(({ name, accepted }) => [name, accepted === "v1"]));
  },
);
