import { createApi } from "./api/app.js";
import type { Api } from "./api/env.js";
import { isOwnHost } from "./channels/addresses.js";
import { createProber } from "./channels/probe.js";
import { type Channels, createChannels } from "./channels/registry.js";
import { groupOf } from "./channels/render/group.js";
import { phraseOf } from "./channels/render/phrases.js";
import { createSecret, publicKeyOf } from "./channels/sign.js";
import type { Config } from "./config.js";
import { createDashboard } from "./dashboard/app.js";
import { createLog, type Log } from "./log.js";
import { createMetrics } from "./metrics.js";
import { createAccountService } from "./operations/accounts.js";
import { createActivityService } from "./operations/activity.js";
import { createCompanionService } from "./operations/companions.js";
import { createDeliveryService } from "./operations/deliveries.js";
import { createDiagnosticsService } from "./operations/diagnostics/service.js";
import { createEntrance } from "./operations/entrance.js";
import { createEventService } from "./operations/events.js";
import { createHealthService } from "./operations/health.js";
import { createMailboxSurvey } from "./operations/mailboxes.js";
import { createOverviewService } from "./operations/overview.js";
import { joinIn } from "./operations/presence.js";
import { createReplayService } from "./operations/replays.js";
import { createSealService } from "./operations/reseal.js";
import { createServerReader } from "./operations/server-reading.js";
import { createLogin, createSessionOpener } from "./operations/sessions.js";
import { createSubscriptionService } from "./operations/subscriptions.js";
import { createSystemService } from "./operations/system.js";
import { createTokenService } from "./operations/tokens.js";
import { createSampleService } from "./operations/trigger.js";
import { createUnsubscribeLinks } from "./operations/unsubscribe.js";
import { createUpstreams } from "./operations/upstreams.js";
import type { DeliverParts } from "./pipeline/attempt.js";
import type { Parts, UpstreamParts } from "./pipeline/parts.js";
import { createPlaces } from "./pipeline/places.js";
import { createUpstreamClient } from "./pixieset/client.js";
import { foreignOrigins } from "./pixieset/hosts.js";
import { findResource } from "./pixieset/resources/index.js";
import { createWakeUps, type WakeUps } from "./queues/wake-ups.js";
import type { Services } from "./services.js";
import { loadSecrets } from "./store/embedded/secrets.js";
import { startEmbeddedRedis } from "./store/embedded/start.js";
import { createAnswerStore } from "./store/idempotency.js";
import { queuePrefix } from "./store/keys.js";
import { awaitRedis } from "./store/reach.js";
import { connect, disconnect, type RedisClient, type RedisTarget } from "./store/redis.js";
import { createVault } from "./store/secrets.js";
import { readServerClock } from "./store/server.js";
import { startSharedClock } from "./store/shared-clock.js";
import { createStore, type Store } from "./store/store.js";
import { readVersion } from "./version.js";

/** The program, put together. */
export interface Context {
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  /** What workers work with. */
  readonly parts: DeliverParts & UpstreamParts;
  readonly wakeUps: WakeUps;
  readonly services: Services;
  readonly api: Api;
  readonly apiToken: string;
  /** The token was made just now: the only time to show it. */
  readonly apiTokenCreated: boolean;
  /** Nobody else uses this Redis: what a dead predecessor left locked may be freed. */
  readonly ownsRedis: boolean;
  /** Says from now on that this process is there, and what it does. */
  join(roles: readonly string[]): Promise<void>;
  /** Resolves when the program cannot go on: its own Redis keeps dying. */
  readonly failure: Promise<Error>;
  /** Ends what is under way, within `deadlineMs`, then everything else. Safe to call twice. */
  close(deadlineMs: number): Promise<void>;
}

export interface Overrides {
  readonly log?: Log;
  readonly now?: () => number;
  readonly random?: () => number;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** What has to be closed, in the order of opening. */
type Closers = (() => Promise<void> | void)[];

/** How long a receiver or the mail server may take to be reached when the doctor looks, ms. */
const probeMs = 3_000;

/** Builds everything once, from the settings alone. Throws `StartError` for what stands in the way. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const log = overrides.log ?? createLog(config.log);
  const random = overrides.random ?? Math.random;
  const signal = overrides.signal ?? new AbortController().signal;
  const closers: Closers = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };

  try {
    let fail: (error: Error) => void = () => undefined;
    const failure = new Promise<Error>((failed) => {
      fail = failed;
    });
    // Before Redis, whose data tells whether a key that is not there was lost.
    const secrets = await loadSecrets(config);
    const target = await findRedis(config, { log, closers, onFailed: fail, signal });
    const vault = createVault(secrets.secretKeys);
    const open = (patience: "patient" | "prompt") => {
      const client = connect(target, patience, log);
      closers.push(() => disconnect(client));
      return client;
    };
    const [patient, prompt] = [open("patient"), open("prompt")];
    await awaitRedis(patient, prompt, { target, log, signal });
    const now = overrides.now ?? (await sharedTime(patient, closers));

    const version = readVersion();
    const metrics = createMetrics({ version });
    const links = createUnsubscribeLinks(vault, config.publicUrl);
    const channels = createChannels({ ...config, version, unsubscribeUrl: links.urlFor, log });
    closers.push(() => channels.close());
    const upstream = upstreamParts(config, createStore(patient, vault), { closers, now });

    const partsOver = (client: RedisClient): Parts & { wakeUps: WakeUps } => ({
      store: createStore(client, vault),
      wakeUps: createWakeUps(client, queuePrefix, log, now),
      log,
      metrics,
      retentionMs: config.retentionMs,
      now,
      random,
    });
    const working = partsOver(patient);
    const serving = partsOver(prompt);
    const stopping = new AbortController();
    const outside = { config, channels, links, sessions: upstream.sessions };
    const services = createServices(serving, { ...outside, upstreamFor: upstream.parts.upstreamFor });
    const { publicUrl, apiRateLimit: perMinute } = config;
    const { rates } = serving.store;
    const take = (token: string) => rates.take(`token:${token}`, perMinute / 60, perMinute, 1, true);
    const entrance = createEntrance({ apiToken: secrets.apiToken, tokens: services.tokens, now });
    const api = createApi({
      services,
      log,
      entrance,
      ...(perMinute > 0 ? { requestRate: { perMinute, take } } : {}),
      publicUrl,
      version,
      now,
      idempotency: createAnswerStore(prompt, vault),
      observe({ method, route, status, seconds }) {
        metrics.httpRequests.inc({ method, route, status });
        metrics.httpSeconds.observe({ route }, seconds);
      },
      dashboard: createDashboard({
        services,
        entrance,
        apiToken: secrets.apiToken,
        publicUrl,
        version,
        log,
        now: () => new Date(now()),
        secure: publicUrl.startsWith("https:"),
        retentionMs: config.retentionMs,
        simulated: isOwnHost(new URL(config.pixieset.galleryUrl).hostname),
        companionFor: foreignOrigins(config.pixieset),
        signal: stopping.signal,
        describe: (event) => phraseOf(groupOf([event])),
      }),
      signal: stopping.signal,
    });

    return {
      config,
      version,
      log,
      parts: { ...working, ...upstream.parts, send: channels.send, publicUrl, places: createPlaces() },
      wakeUps: working.wakeUps,
      services,
      api,
      apiToken: secrets.apiToken,
      apiTokenCreated: secrets.apiTokenCreated,
      ownsRedis: config.redis.kind === "embedded",
      async join(roles) {
        closers.push(await joinIn(roles, { ...working, ownClock: Date.now, upstreamClock: upstream.clock }));
      },
      failure,
      async close(deadlineMs) {
        stopping.abort();
        await working.wakeUps.close(deadlineMs);
        await serving.wakeUps.close(0);
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** The Redis of the settings, or one of our own, which is stopped last. */
async function findRedis(
  config: Config,
  options: { log: Log; closers: Closers; onFailed: (error: Error) => void; signal: AbortSignal },
): Promise<RedisTarget> {
  if (config.redis.kind !== "embedded") return config.redis;
  const { closers, ...rest } = options;
  const embedded = await startEmbeddedRedis({ dataDir: config.dataDir, ...rest });
  closers.push(() => embedded.close());
  return { kind: "socket", path: embedded.socketPath };
}

/** The time that every process of this Redis goes by. */
async function sharedTime(client: RedisClient, closers: Closers): Promise<() => number> {
  const clock = await startSharedClock({ read: (own) => readServerClock(client, own) });
  closers.push(() => clock.close());
  return clock.now;
}

function upstreamParts(
  config: Config,
  store: Store,
  { closers, now }: { closers: Closers; now: () => number },
) {
  const client = createUpstreamClient({ ...config.pixieset, now });
  closers.push(() => client.close());
  const login = createLogin(client, config.pixieset.loginUrl);
  const upstreamFor = createUpstreams(client, store);
  const parts: UpstreamParts = { resource: findResource, login, upstreamFor };
  return { parts, sessions: createSessionOpener(client, config.pixieset, login), clock: client.clock };
}

function createServices(
  parts: Parts & { wakeUps: WakeUps },
  outside: {
    config: Config;
    channels: Channels;
    links: ReturnType<typeof createUnsubscribeLinks>;
    sessions: ReturnType<typeof createSessionOpener>;
    upstreamFor: UpstreamParts["upstreamFor"];
  },
): Services {
  const { config, channels, links, sessions, upstreamFor } = outside;
  const looks = { readServer: createServerReader(parts), surveyMailboxes: createMailboxSurvey(parts) };
  const diagnostics = createDiagnosticsService({
    ...parts,
    ...looks,
    createProber: () => createProber({ ...config, timeoutMs: probeMs }),
    dataDir: config.dataDir,
    redis: config.redis.kind,
  });
  return {
    accounts: createAccountService(parts, sessions),
    companions: createCompanionService(parts, {
      sessions,
      upstreamFor,
      hosts: config.pixieset,
      publicUrl: config.publicUrl,
    }),
    events: createEventService(parts.store),
    activity: createActivityService(parts),
    overview: createOverviewService(parts),
    subscriptions: createSubscriptionService({
      ...parts,
      send: channels.send,
      check: channels.check,
      publicUrl: config.publicUrl,
      createSecret,
      publicKeyOf,
      recipientOf: links.recipientOf,
    }),
    deliveries: createDeliveryService(parts),
    replays: createReplayService(parts),
    samples: createSampleService(parts),
    tokens: createTokenService(parts),
    seals: createSealService(parts),
    health: createHealthService({ ...parts, ...looks }),
    diagnostics,
    system: createSystemService({ ...looks, diagnostics, redis: config.redis.kind }),
  };
}
