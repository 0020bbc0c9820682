import type { SessionInput } from "../../src/domain/account.js";
import { type PixiehookEvent, thawEvent } from "../../src/domain/event.js";
import { createSimulator, type Simulator } from "../../src/simulator/simulator.js";
import { createMachine, type Fuse, type Machine } from "./machine.js";
import type { TestRedis } from "./redis.js";

export const minute = 60_000;

/** One account over a simulated studio, a virtual clock, and as many processes as the test wants. */
export interface SessionLife {
  readonly simulator: Simulator;
  readonly machine: Machine;
  readonly account: string;
  readonly clock: { offset: number };
  /** Another process over the same Redis; `killed` by a fuse. */
  process(fuse?: Fuse): Machine;
  /** Lets minutes pass, a minute at a time; answers in which of them the upstream was asked for `path`. */
  pass(minutes: number, path?: string, machine?: () => Machine): Promise<number[]>;
  /** Requests so far whose path ends so. */
  requests(path?: string): number;
  /** Session events, as type and object. */
  told(): Promise<Pick<PixiehookEvent, "id" | "type" | "data">[]>;
  types(): Promise<string[]>;
  status(): Promise<string | undefined>;
  reason(): Promise<string | null | undefined>;
  renewal(): Promise<string | undefined>;
  /** Ends the session, and lets the account notice. */
  expire(): Promise<void>;
  put(session: SessionInput): ReturnType<Machine["accounts"]["renewSession"]>;
  close(): Promise<void>;
}

export async function createSessionLife(
  redis: TestRedis,
  options: { session?: (simulator: Simulator) => SessionInput | undefined; polling?: object } = {},
): Promise<SessionLife> {
  await redis.flush();
  const simulator = await createSimulator({ seed: 7, collections: 2 });
  const clock = { offset: 0 };
  const machines: Machine[] = [];
  const process = (fuse?: Fuse) => {
    const { galleryUrl, studioUrl, loginUrl } = simulator;
    const at = { galleryUrl, studioUrl, loginUrl, socketPath: redis.socketPath, clock };
    const made = createMachine(fuse ? { ...at, fuse } : at);
    machines.push(made);
    return made;
  };
  const machine = process();
  const session = (options.session ?? (({ cookies }) => ({ cookies })))(simulator);
  const created = await machine.accounts.create({
    name: "Smith Studio",
    ...(session ? { session } : {}),
    resources: ["favorites"],
    collections: "all",
    polling: {
      requestsPerMinute: 6_000,
      minIntervalSeconds: 30,
      maxIntervalMinutes: 720,
      ...options.polling,
    },
    timezone: "UTC",
    backfill: false,
    floodThreshold: 200,
  });
  if (created.kind !== "created") throw new Error(created.detail);
  const { id } = created.account;
  await machine.settle(10_000);
  const requests = (path = "") =>
    simulator.requests.entries.filter((request) => request.path.endsWith(path)).length;
  const sessionOf = async () => (await machine.accounts.get(id))?.session;
  const told = async () => {
    const events = (await machine.parts.store.events.after(id, "0", 10_000)).map(({ body }) =>
      thawEvent(body),
    );
    return events.filter(({ type }) => type.startsWith("session."));
  };
  return {
    simulator,
    machine,
    account: id,
    clock,
    process,
    requests,
    told,
    async pass(minutes, path = "", who = () => machine) {
      const asked: number[] = [];
      for (let at = 1; at <= minutes; at++) {
        const before = requests(path);
        clock.offset += minute;
        await who().settle();
        for (let i = before; i < requests(path); i++) asked.push(at);
      }
      return asked;
    },
    types: async () => (await told()).map(({ type }) => type),
    status: async () => (await sessionOf())?.status,
    reason: async () => (await sessionOf())?.reason,
    renewal: async () => (await sessionOf())?.renewal,
    async expire() {
      simulator.expireSession("401");
      clock.offset += minute;
      await machine.settle();
    },
    put: (input) => machine.accounts.renewSession(id, input),
    async close() {
      for (const one of machines) await one.close();
      await simulator.close();
    },
  };
}
