import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AccountInput, AccountPatch } from "../../src/domain/account.js";
import type { Role } from "../../workers/index.js";

export interface AccountOrder {
  readonly count: number;
  readonly settings: Partial<Omit<AccountInput, "session">>;
  /** Over so many ms they begin, one after the other. */
  readonly spreadMs: number;
}

export type ServiceOrder =
  | ({ readonly kind: "add" } & AccountOrder)
  | { readonly kind: "update"; readonly ids: readonly string[]; readonly patch: AccountPatch }
  | { readonly kind: "hurry"; readonly on: boolean }
  | { readonly kind: "baselined"; readonly ids: readonly string[]; readonly sources: number }
  | { readonly kind: "usage" }
  | { readonly kind: "memory" };

/** What the process took since it began, and what was seen since this was last asked. */
export interface Usage {
  /** Of its own clock, ms. */
  readonly at: number;
  readonly cpuMs: number;
  readonly polls: number;
  /** For each slice of an account that began: ms after it was due. */
  readonly lateness: readonly number[];
  /** The longest time in which its event loop stood still, where that is watched. */
  readonly longestPauseMs: number;
  /** Bytes of memory. */
  readonly rss: number;
}

/** Bytes of memory of a process, once what it does not need any more is collected. */
export interface HeldMemory {
  readonly rss: number;
  readonly heap: number;
  /** The most that was resident since it began, garbage and all. */
  readonly peakRss: number;
}

export type ServiceAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "added"; readonly ids: readonly string[] }
  | { readonly kind: "baselined"; readonly done: boolean }
  | { readonly kind: "usage"; readonly usage: Usage }
  | { readonly kind: "memory"; readonly memory: HeldMemory }
  | { readonly kind: "failed"; readonly reason: string };

/** The service with all of its workers, in a process of its own. */
export interface BenchService {
  add(order: AccountOrder): Promise<readonly string[]>;
  update(ids: readonly string[], patch: AccountPatch): Promise<void>;
  /** Whether the budget never says "wait". */
  hurry(on: boolean): Promise<void>;
  /** Whether each account has so many sources, all with a baseline. */
  isBaselined(ids: readonly string[], sources: number): Promise<boolean>;
  usage(): Promise<Usage>;
  memory(): Promise<HeldMemory>;
  /** Ends it with SIGKILL, whatever it does. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** The settings of a service at this Redis: webhooks may go to loopback, nothing else differs from the defaults. */
export function serviceEnvironment(options: {
  socketPath: string;
  upstreamUrl: string;
}): Record<string, string> {
  return {
    REDIS_URL: `unix://${options.socketPath}`,
    PIXIEHOOK_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
    PIXIEHOOK_API_TOKEN: "benchmark-benchmark",
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
    PIXIESET_GALLERY_URL: options.upstreamUrl,
    PIXIESET_STUDIO_URL: options.upstreamUrl,
    LOG_FORMAT: "json",
  };
}

export async function startService(options: {
  socketPath: string;
  upstreamUrl: string;
  /** Whether it looks how long its event loop stands still. */
  watchesPauses: boolean;
  /** Whether it starts as the only owner of its Redis, as one with an embedded Redis does. */
  ownsRedis?: boolean;
  /** Which parts of the service; all of them unless told. */
  roles?: readonly Role[];
}): Promise<BenchService> {
  const child = fork(fileURLToPath(new URL("./service-process.js", import.meta.url)), {
    // What is promised of memory is promised of what is needed.
    execArgv: ["--expose-gc"],
    // It logs as it does by default, and nobody reads it.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: {
      PATH: process.env.PATH,
      ...serviceEnvironment(options),
      ...(options.watchesPauses ? { WATCH_PAUSES: "1" } : {}),
      ...(options.ownsRedis ? { OWNS_REDIS: "1" } : {}),
      ...(options.roles ? { ROLES: options.roles.join(",") } : {}),
    },
  });
  await nextAnswer(child);
  const order = async (what: ServiceOrder) => {
    const answered = nextAnswer(child);
    child.send(what);
    return answered;
  };
  const asked = async <K extends ServiceAnswer["kind"]>(what: ServiceOrder, kind: K) => {
    const answered = await order(what);
    if (answered.kind !== kind) throw new Error(`The service answered ${JSON.stringify(answered)}`);
    return answered as Extract<ServiceAnswer, { kind: K }>;
  };
  return {
    add: async (what) => (await asked({ kind: "add", ...what }, "added")).ids,
    update: async (ids, patch) => void (await asked({ kind: "update", ids, patch }, "done")),
    hurry: async (on) => void (await asked({ kind: "hurry", on }, "done")),
    isBaselined: async (ids, sources) => (await asked({ kind: "baselined", ids, sources }, "baselined")).done,
    usage: async () => (await asked({ kind: "usage" }, "usage")).usage,
    memory: async () => (await asked({ kind: "memory" }, "memory")).memory,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

/** The share of one processor that the process took between two looks. */
export function processorShare(before: Usage, after: Usage): number {
  return (after.cpuMs - before.cpuMs) / (after.at - before.at);
}

/** The next thing that the process says. Rejects when it ends instead. */
function nextAnswer(child: ChildProcess): Promise<ServiceAnswer> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error("The service's process ended by itself"));
    child.once("exit", ended);
    child.once("message", (message: ServiceAnswer) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}
