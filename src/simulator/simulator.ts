import { setMaxListeners } from "node:events";
import { Hono } from "hono";
import { type BoundActs, bindActs } from "./acts/bound.js";
import { controlApp } from "./control/app.js";
import { type Summary, summarize } from "./control/summary.js";
import { listen } from "./http.js";
import { createLife, type Life } from "./life.js";
import { createRandom } from "./random.js";
import { buildStudio } from "./studio/build.js";
import type { Studio } from "./studio/model.js";
import type { DialectName } from "./upstream/dialects.js";
import { createFaults, type Fault, type FaultWanted } from "./upstream/faults.js";
import { galleryApi } from "./upstream/gallery-api.js";
import { hostApp } from "./upstream/host.js";
import { createRequestLog, type RequestLog, type UpstreamRequest } from "./upstream/requests.js";
import { createSessions, type ExpiredForm } from "./upstream/session.js";
import { createSignInTickets } from "./upstream/sign-in.js";
import { studioApi } from "./upstream/studio-api.js";
import type { Challenged, Upstream, UpstreamEnv } from "./upstream/upstream.js";
import { createVolatile } from "./upstream/volatile.js";
import { createWorld, type OracleEntry } from "./world.js";

/** Everything has a default. */
export interface SimulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly seed?: number;
  readonly dialect?: DialectName;
  readonly collections?: number;
  readonly invoices?: number;
  /** Epoch milliseconds; the real clock by default. */
  readonly now?: () => number;
  /** True to start at once, or a speed. */
  readonly life?: boolean | number;
  readonly sessionLifetimeSeconds?: number;
  /** A cookie gets a new value every so many requests; 0: never. */
  readonly renewEvery?: number;
  /** Requests a minute for each session before 429; null: no limit. */
  readonly rateLimit?: number | null;
  /** Numeric row ids beyond 2^53. */
  readonly bigIds?: boolean;
  /** Whether answers carry validators; true unless told. */
  readonly etags?: boolean;
  /**
   * The share of acts in a collection that move `updated_at` in its row of the listing: 0, the default, as nobody knows
   * whether the real listing shows anything.
   */
  readonly listingShows?: number;
  /** Another name by which a browser reaches the studio's host here, so that it keeps the cookies of the two apart. */
  readonly studioHost?: string;
  /** Told of everything that is done, as it is done. */
  readonly onAct?: (entry: OracleEntry) => void;
  /** Told of every upstream request when it is over. */
  readonly onRequest?: (request: UpstreamRequest) => void;
}

/** What can change while it runs. */
interface UpstreamSettings {
  readonly dialect?: DialectName;
  readonly rateLimit?: number | null;
  /** Puts a bot challenge before the login form. */
  readonly loginChallenge?: boolean;
  /** Who meets a bot challenge on every path. Whoever passed an earlier one meets this one too. */
  readonly challenged?: Challenged;
  readonly bigIds?: boolean;
  readonly etags?: boolean;
  readonly listingShows?: number;
}

/** What the form asks for. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The running simulator. Its methods do what the control API does. */
export interface Simulator extends BoundActs {
  readonly url: string;
  /** With `/api/v1`, as the settings of the program want it. */
  readonly galleryUrl: string;
  readonly studioUrl: string;
  readonly loginUrl: string;
  readonly controlUrl: string;
  /** A Cookie header of a valid session; a new session when the last one ended. */
  readonly cookies: string;
  readonly credentials: Credentials;
  /** Where a person begins: it leads to the form, or to the dashboard. */
  readonly signInUrl: string;
  /** Somebody else who can sign in. What she has is another studio, which the oracle does not speak of. */
  readonly stranger: BoundActs & { readonly credentials: Credentials; readonly studio: Studio };
  readonly studio: Studio;
  readonly life: Life;
  readonly requests: RequestLog;

  /** Ends every session; `form` sets how the refusals look. */
  expireSession(form?: ExpiredForm | null): void;
  /** Starts a session and answers with its Cookie header. */
  newSession(): string;
  setFault(wanted: FaultWanted): Fault;
  faults(): readonly Fault[];
  clearFaults(id?: string): number;
  /** Changes how the upstream answers, while it runs. */
  set(settings: UpstreamSettings): void;
  /** Everything that was done, oldest first. */
  oracle(): readonly OracleEntry[];
  state(): Summary;
  close(): Promise<void>;
}

/** Whose lists are nobody's business but her own. */
const another = {
  collections: 2,
  invoices: 3,
  idsBeyond: 4_000_000,
  owner: { username: "rivera", email: "owner@rivera.example", businessName: "Rivera Photography" },
} as const;

function credentialsOf({ owner: { email, password } }: Studio): Credentials {
  return { email, password };
}

/** Builds a studio and serves both of its hosts, and the control API, on one port. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const now = options.now ?? Date.now;
  const seed = options.seed ?? 1;
  const closing = new AbortController();
  // Every answer that never comes listens for the end.
  setMaxListeners(0, closing.signal);
  const studio = buildStudio({
    seed,
    collections: options.collections ?? 6,
    invoices: options.invoices ?? 12,
    now: now(),
  });
  const world = createWorld(studio, createRandom(seed ^ 0xac75), now, options.onAct);
  world.listingShows = options.listingShows ?? 0;
  const stranger = createWorld(
    buildStudio({ ...another, seed: seed ^ 0x57a6, now: now() }),
    createRandom(seed ^ 0x57a7),
    now,
  );
  const host = options.host ?? "127.0.0.1";
  const troubles = createRandom(seed ^ 0xfa17);
  const upstream: Upstream = {
    world,
    sessions: createSessions({
      seed,
      now,
      lifetimeSeconds: options.sessionLifetimeSeconds ?? 3.5 * 3600,
      renewEvery: options.renewEvery ?? 25,
    }),
    faults: createFaults(now, troubles.chance),
    requests: createRequestLog(now, options.onRequest),
    volatile: createVolatile(seed, now),
    dialect: options.dialect ?? "flat",
    rateLimit: options.rateLimit ?? null,
    loginChallenge: false,
    challenged: "nobody",
    clearances: new Set(),
    hostNames: options.studioHost === undefined ? null : { gallery: host, studio: options.studioHost },
    stranger,
    bigIds: options.bigIds ?? false,
    etags: options.etags ?? true,
    closing: closing.signal,
  };
  const life = createLife(world, seed, typeof options.life === "number" ? options.life : 1);

  const tickets = createSignInTickets();
  const app = new Hono<UpstreamEnv>()
    .get("/", (context) => context.redirect("/gallery/dashboard"))
    .route("/gallery", hostApp(upstream, "gallery", tickets, galleryApi))
    .route("/studio", hostApp(upstream, "studio", tickets, studioApi))
    .route("/control", controlApp(upstream, life));
  const server = await listen(app, options.port ?? 0, host);
  const studioOrigin = new URL(server.url);
  studioOrigin.hostname = options.studioHost ?? studioOrigin.hostname;
  if (options.life) life.start();

  return {
    ...bindActs(world),
    url: server.url,
    galleryUrl: `${server.url}/gallery/api/v1`,
    studioUrl: `${studioOrigin.origin}/studio/api/v1`,
    loginUrl: `${server.url}/gallery/login`,
    controlUrl: `${server.url}/control`,
    get cookies() {
      return upstream.sessions.header();
    },
    credentials: credentialsOf(studio),
    signInUrl: `${server.url}/`,
    stranger: { ...bindActs(stranger), studio: stranger.studio, credentials: credentialsOf(stranger.studio) },
    studio,
    life,
    requests: upstream.requests,
    expireSession: upstream.sessions.expire,
    newSession() {
      upstream.sessions.start();
      return upstream.sessions.header();
    },
    setFault: upstream.faults.set,
    faults: upstream.faults.list,
    clearFaults: upstream.faults.clear,
    set({ listingShows = world.listingShows, ...settings }) {
      world.listingShows = listingShows;
      if (settings.challenged !== undefined) upstream.clearances.clear();
      Object.assign(upstream, settings);
    },
    oracle: () => world.oracle,
    state: () => summarize(upstream, life),
    async close() {
      life.stop();
      closing.abort();
      await server.close();
    },
  };
}
