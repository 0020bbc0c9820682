import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../../src/log.js";
import { connect, disconnect, type RedisTarget } from "../../../src/store/redis.js";
import { createVault } from "../../../src/store/secrets.js";
import { createStore } from "../../../src/store/store.js";
import type { Role } from "../../../workers/index.js";
import { type RunningService, startService } from "../../support/service.js";
import { type Member, startMember } from "./fleet.js";
import { createHearing } from "./hearing.js";
import { type Receivers, startReceivers } from "./receivers.js";
import { type BusyStudio, openStudio, type StudioSize, toldTypes } from "./studio.js";
import { createWitness, type Witness } from "./witness.js";

/** A studio, receivers, and the processes of a service between them, with everything that is needed to judge them. */
export interface Place extends Witness {
  readonly studio: BusyStudio;
  readonly receivers: Receivers;
  readonly accounts: readonly string[];
  readonly api: RunningService;
  /** Starts a process of the service. */
  member(name: string, roles: readonly Role[]): Promise<Member>;
  close(): Promise<void>;
}

/** What a place is made of; the rest is its own. */
export interface PlaceOptions {
  /** REDIS_URL, REDIS_CLUSTER_NODES …: how the service reaches Redis. */
  readonly redis: Readonly<Record<string, string>>;
  /** How the test itself does. */
  readonly target: RedisTarget;
  readonly accounts?: number;
  readonly seed?: number;
  readonly studio?: StudioSize;
  /** What the subscriptions want, if not everything. */
  readonly types?: readonly string[];
  /** The lists that are polled. */
  readonly resources?: readonly string[];
  /** In place of the upstream's, for a way to it that can be disturbed. */
  readonly upstream?: (url: string) => Promise<string>;
  readonly settings?: Readonly<Record<string, string>>;
  /** False: nothing happens twice to one object, so that a Redis that forgets cannot make two changes one. */
  readonly chains?: boolean;
  /** What comes later than this after the act is late, ms; two minutes unless told. */
  readonly lateMs?: number;
  /** Further fields of each subscription. */
  readonly subscription?: Readonly<Record<string, unknown>>;
}

const key = Buffer.alloc(32, 5);
const polling = { requestsPerMinute: 3_000, minIntervalSeconds: 1, maxIntervalMinutes: 1 };
const resources = ["collections", "favorites", "photo_downloads", "invoices", "payments", "clients"];
const usuallyLateMs = 120_000;

/** Opens a place with an API process, accounts that have their baseline, and subscriptions; nothing happens yet. */
export async function openPlace(options: PlaceOptions): Promise<Place> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    return await open(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  options: PlaceOptions,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-chaos-"));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const client = connect(options.target, "patient", createLog({ level: "silent", format: "json" }));
  closers.push(() => disconnect(client));
  const store = createStore(client, createVault([key]));
  const studio = await openStudio(options.seed ?? 1, options.studio);
  closers.push(() => studio.close());
  const accounts: string[] = [];
  const hear = createHearing(accounts, (type, object) => studio.wasTold(type, object));
  const receivers = await startReceivers((receiver, body) => {
    if (receiver === "all" && options.chains !== false) hear(body);
  });
  closers.push(() => receivers.close());
  const through = options.upstream ?? (async (url: string) => url);
  const settings = {
    PIXIEHOOK_DATA_DIR: folder,
    PIXIEHOOK_SECRET_KEY: key.toString("base64"),
    PIXIEHOOK_API_TOKEN: randomBytes(16).toString("hex"),
    PIXIESET_GALLERY_URL: await through(studio.simulator.galleryUrl),
    PIXIESET_STUDIO_URL: await through(studio.simulator.studioUrl),
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    LOG_LEVEL: "warn",
    ...options.redis,
    ...options.settings,
  };
  const api = await startService(settings, ["--roles", "api"], { withinMs: 60_000 });
  closers.push(async () => (api.child.exitCode ?? api.child.signalCode) !== null || api.end("SIGKILL"));
  const members: Member[] = [];
  closers.push(() => Promise.all(members.map((member) => member.isAlive() && member.kill())));
  const member = async (name: string, roles: readonly Role[]) => {
    const made = await startMember(name, roles, settings);
    members.push(made);
    return made;
  };
  const first = await member("baseline", ["poll", "fan-out", "deliver", "clock"]);

  for (let index = 0; index < (options.accounts ?? 4); index++) {
    const cookies = studio.simulator.newSession();
    const body = {
      name: `Studio ${index + 1}`,
      session: { cookies },
      polling,
      resources,
      floodThreshold: 5_000,
    };
    accounts.push((await must(api, 201, "/v1/accounts", body)).id);
  }
  const wanted = [
    { receiver: "all", account: null, ordered: false },
    { receiver: "ordered", account: null, ordered: true },
    { receiver: "one", account: accounts[0] ?? null, ordered: false },
  ];
  const subscriptions = new Map<string, string>();
  for (const { receiver, account, ordered } of wanted) {
    const channel = { type: "webhook", url: receivers.urlOf(receiver) };
    const retry = { delays: Array.from({ length: 20 }, () => "2s") };
    const limits = { perSecond: 1_000, concurrency: 5 };
    const body = {
      account: account ?? undefined,
      events: options.types ?? toldTypes,
      channel,
      ordered,
      retry,
      limits,
    };
    const made = await must(api, 201, "/v1/subscriptions", { ...body, ...options.subscription });
    subscriptions.set(receiver, made.id);
  }
  for (const account of accounts) await must(api, 200, `/v1/accounts/${account}/poll?wait=true`);
  await first.kill();

  const lateMs = options.lateMs ?? usuallyLateMs;
  const about = { store, studio, receivers, accounts, listeners: wanted, subscriptions, lateMs };
  return { ...createWitness(about), studio, receivers, accounts, api, member, close };
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the API, of which a field or two are read
async function must(api: RunningService, status: number, path: string, body?: unknown): Promise<any> {
  const answer = await api.call("POST", path, body);
  if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
