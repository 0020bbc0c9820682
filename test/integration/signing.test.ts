import { createPublicKey, verify as verifyWith } from "node:crypto";
import { Redis } from "ioredis";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createSecret, publicKeyOf } from "../../src/channels/sign.js";
import { verifySignature } from "../../src/channels/verify.js";
import { readRequest } from "../../src/cli/verify/received.js";
import { findEventType } from "../../src/domain/catalog.js";
import { freezeEvent, type PixiehookEvent } from "../../src/domain/event.js";
import { eventId } from "../../src/domain/ids.js";
import {
  type ChannelSettings,
  channelSchema,
  subscriptionInputSchema,
} from "../../src/domain/subscription.js";
import { mailbox } from "../../src/store/keys.js";
import { createVault } from "../../src/store/secrets.js";
import { createMachine, type Machine } from "../support/machine.js";
import { type RawReceiver, startRawReceiver } from "../support/raw-receiver.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let receiver: RawReceiver;
let machine: Machine;
let clock: { offset: number };
let account: string;
let sequence = 0;

beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(async () => {
  await redis.flush();
  receiver = await startRawReceiver();
  clock = { offset: 0 };
  const nowhere = "http://127.0.0.1:1";
  machine = createMachine({ socketPath: redis.socketPath, galleryUrl: nowhere, studioUrl: nowhere, clock });
  const made = await machine.accounts.create({
    name: "Smith Studio",
    resources: null,
    collections: "all",
    polling: { requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 },
    timezone: "Europe/London",
    backfill: false,
    floodThreshold: 200,
  });
  if (made.kind !== "created") throw new Error(made.detail);
  account = made.account.id;
});
afterEach(async () => {
  vi.useRealTimers();
  await machine.close();
  await receiver.close();
});
afterAll(() => redis.close());

const channelWith = (more: object): ChannelSettings =>
  channelSchema.parse({ type: "webhook", url: `${receiver.url}/hook`, ...more });

async function subscribe(more: object = {}, digest: object | null = null) {
  const input = subscriptionInputSchema.parse({ events: ["favorite.*"], channel: channelWith(more), digest });
  const made = await machine.subscriptions.create(input);
  if (made.kind !== "created") throw new Error(made.detail);
  return { id: made.subscription.id, secret: made.secret, publicKey: made.subscription.publicKey ?? "" };
}

/** What comes of so many events, stated now: the one request that is sent. */
async function receive(count = 1) {
  const example = findEventType("favorite.added")?.example as unknown as PixiehookEvent;
  const before = receiver.requests.length;
  for (let i = 0; i < count; i++) {
    const key = `${sequence++}`;
    const change = { resource: "favorites", scope: null, key, epoch: 1, revision: 1, type: example.type };
    const id = eventId(account, change);
    const data = { ...example.data, account: { id: account, name: "Zoë & Söhne" } };
    await machine.parts.store.due.announce("fan-out", account, machine.parts.now());
    await machine.parts.store.events.append(account, [freezeEvent({ ...example, id, data })]);
  }
  await machine.settle(3_000);
  expect(receiver.requests).toHaveLength(before + 1);
  return readRequest(receiver.requests[before] ?? Buffer.alloc(0));
}
type Request = Awaited<ReturnType<typeof receive>>;

async function rotate(id: string, graceSeconds: number): Promise<string> {
  const rotated = await machine.subscriptions.rotateSecret(id, graceSeconds);
  if (!rotated) throw new Error("not rotated");
  return rotated.secret;
}

const ours = ({ headers, body }: Request, secret: string) =>
  verifySignature(headers, body, secret, { now: new Date(machine.parts.now()) });

/** Who accepts a `v1` request: our verifier and the two libraries must say the same. */
function accepted({ headers, body }: Request, secret: string): boolean {
  const named = {
    "webhook-id": headers.id,
    "webhook-timestamp": headers.timestamp,
    "webhook-signature": headers.signature,
  };
  const verdict = ours({ headers, body, missing: 0, surplus: 0 }, secret);
  vi.useFakeTimers({ now: machine.parts.now(), toFake: ["Date"] });
  const verdicts = [Standard, Svix].map((Library) => {
    try {
      expect(new Library(secret).verify(body, named)).toEqual(JSON.parse(body.toString()));
      return true;
    } catch {
      return false;
    }
  });
  vi.useRealTimers();
  expect(verdicts).toEqual([verdict.ok, verdict.ok]);
  return verdict.ok;
}

/** Whether node:crypto alone finds a signature of this `whpk_…` in the header. */
function holds({ headers, body }: Request, key: string): boolean {
  const x = Buffer.from(key.slice("whpk_".length), "base64").toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const content = Buffer.concat([Buffer.from(`${headers.id}.${headers.timestamp}.`), body]);
  const signatures = headers.signature
    .split(" ")
    .map((one) => Buffer.from(one.slice("v1a,".length), "base64"));
  return signatures.some((signature) => verifyWith(null, content, publicKey, signature));
}

const schemes = (request: Request) => request.headers.signature.split(" ").map((one) => one.split(",")[0]);

describe("what arrives", () => {
  const quick = { quiet: "1s", max: "2s" };
  test.each([
    ["an event", "standard", 1, null],
    ["a digest", "standard", 2, quick],
    ["an event", "cloudevents", 1, null],
    ["a digest", "cloudevents", 2, quick],
  ] as const)("%s as %s is verified by both libraries and by us", async (_name, format, count, digest) => {
    const { secret } = await subscribe({ format }, digest);
    const request = await receive(count);
    expect(accepted(request, secret)).toBe(true);
    expect(ours(request, secret)).toMatchObject({ scheme: "v1", position: 1, signatures: 1 });
    expect(accepted(request, createSecret())).toBe(false);
    const changed = Buffer.concat([request.body.subarray(0, -1), Buffer.from(" }")]);
    expect(accepted({ ...request, body: changed }, secret)).toBe(false);
  });

  test.each([
    ["an event", 1, null],
    ["a digest", 2, quick],
  ] as const)("%s with v1a is verified by its public key alone", async (_name, count, digest) => {
    const { publicKey } = await subscribe({ asymmetric: true }, digest);
    const request = await receive(count);
    expect(ours(request, publicKey)).toMatchObject({ ok: true, scheme: "v1a" });
    expect(holds(request, publicKey)).toBe(true);
    expect(holds(request, publicKeyOf(createSecret()))).toBe(false);
  });
});

describe("a rotation", () => {
  test("lets both secrets verify until the grace ends, and then the new one alone", async () => {
    const { id, secret: old } = await subscribe();
    const secret = await rotate(id, 3_600);
    const first = await receive();
    expect(ours(first, secret)).toMatchObject({ position: 1, signatures: 2 });
    expect(ours(first, old)).toMatchObject({ position: 2, signatures: 2 });
    expect([accepted(first, secret), accepted(first, old)]).toEqual([true, true]);
    clock.offset += 3_590_000;
    expect(accepted(await receive(), old)).toBe(true);
    clock.offset += 10_000;
    const late = await receive();
    expect([accepted(late, secret), accepted(late, old)]).toEqual([true, false]);
    expect(schemes(late)).toEqual(["v1"]);
  });

  test("within the grace of another keeps all three verifying", async () => {
    const { id, secret: first } = await subscribe();
    const second = await rotate(id, 3_600);
    const third = await rotate(id, 7_200);
    const request = await receive();
    expect([first, second, third].map((secret) => accepted(request, secret))).toEqual([true, true, true]);
    clock.offset += 3_600_000;
    const later = await receive();
    expect([first, second, third].map((secret) => accepted(later, secret))).toEqual([false, true, true]);
  });

  test("without grace ends every older secret at once", async () => {
    const { id, secret: first } = await subscribe();
    const second = await rotate(id, 3_600);
    const third = await rotate(id, 0);
    const request = await receive();
    expect([first, second, third].map((secret) => accepted(request, secret))).toEqual([false, false, true]);
  });

  test("that is asked for several times at once loses none of the secrets it told", async () => {
    const { id } = await subscribe({ asymmetric: true });
    const secrets = await Promise.all([60, 60, 60, 60].map((grace) => rotate(id, grace)));
    const request = await receive();
    expect(secrets.map((secret) => holds(request, publicKeyOf(secret)))).toEqual([true, true, true, true]);
    const shown = (await machine.subscriptions.get(id))?.publicKey ?? "";
    expect(ours(request, shown)).toMatchObject({ position: 1, signatures: 5 });
  });

  test("shows the new public key, while receivers that have the old one go on", async () => {
    const { id, publicKey: old } = await subscribe({ asymmetric: true });
    const secret = await rotate(id, 3_600);
    const shown = (await machine.subscriptions.get(id))?.publicKey ?? "";
    expect(shown).toBe(publicKeyOf(secret));
    const request = await receive();
    expect([shown, old].map((key) => holds(request, key))).toEqual([true, true]);
    clock.offset += 3_600_000;
    const late = await receive();
    expect([shown, old].map((key) => holds(late, key))).toEqual([true, false]);
  });

  test("goes on in the other scheme when asymmetric is switched meanwhile", async () => {
    const { id, secret: old } = await subscribe();
    const secret = await rotate(id, 3_600);
    const switched = await machine.subscriptions.update(id, { channel: channelWith({ asymmetric: true }) });
    const shown = publicKeyOf(secret);
    expect(switched).toMatchObject({ subscription: { publicKey: shown } });
    const request = await receive();
    expect(schemes(request)).toEqual(["v1a", "v1a"]);
    expect([shown, publicKeyOf(old)].map((key) => holds(request, key))).toEqual([true, true]);
    const back = await machine.subscriptions.update(id, { channel: channelWith({}) });
    expect(back).toMatchObject({ subscription: { publicKey: null } });
    const again = await receive();
    expect([accepted(again, secret), accepted(again, old)]).toEqual([true, true]);
  });

  test.each([false, true])(
    "reads what an older version stored (with a previous secret: %s)",
    async (during) => {
      const { id } = await subscribe();
      const [current, previous] = [createSecret(), createSecret()];
      const until = new Date(Date.now() + 60_000).toISOString();
      const stored = JSON.stringify({ current, previous: during ? { secret: previous, until } : null });
      const client = new Redis(redis.socketPath);
      await client.set(mailbox.secrets(id), createVault([Buffer.alloc(32, 7)]).seal(stored, `secrets:${id}`));
      client.disconnect();
      const request = await receive();
      expect([accepted(request, current), accepted(request, previous)]).toEqual([true, during]);
      const next = await rotate(id, 30);
      const later = await receive();
      expect([next, current, previous].map((secret) => accepted(later, secret))).toEqual([
        true,
        true,
        during,
      ]);
    },
  );
});
