import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Stop } from "../../src/queues/wake-ups.js";
import type { Store } from "../../src/store/store.js";
import { createMachine, type Machine } from "./machine.js";
import type { TestRedis } from "./redis.js";

/** What the server answers, but for a good and empty list. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Closes the connection instead. */
  readonly reset?: boolean;
  /** How long it takes. */
  readonly ms?: number;
}

/** A server that counts arrivals by its own clock, and as many poll workers of one account as the test wants. */
export interface PacedStudio {
  readonly account: string;
  readonly cookies: string;
  readonly machine: Machine;
  readonly store: Store;
  readonly client: Redis;
  readonly urls: { readonly galleryUrl: string; readonly studioUrl: string };
  /** When (ms) each request came in. */
  readonly arrivals: number[];
  /** Most requests that were under way at once. */
  mostAtOnce(): number;
  /** What is answered from now on; by default good lists. */
  answer(answer: (path: string) => Answer): void;
  /** Lets workers poll beside one another, each over and over, until `ms` have passed; `stop` ends them at once. */
  work(workers: number, ms: number, stop?: Stop): Promise<void>;
  /** Gaps (ms) between the arrivals since one. */
  gapsSince(index: number): number[];
  close(): Promise<void>;
}

export async function createPacedStudio(
  redis: TestRedis,
  options: { readonly requestsPerMinute: number },
): Promise<PacedStudio> {
  await redis.flush();
  const { requestsPerMinute } = options;
  const arrivals: number[] = [];
  let [underWay, most] = [0, 0];
  let say: (path: string) => Answer = () => ({});
  const server = createServer(async (request, response) => {
    arrivals.push(performance.timeOrigin + performance.now());
    most = Math.max(most, ++underWay);
    const said = say(request.url ?? "");
    const { status = 200, headers = {}, body = '{"data":[],"meta":{"last_page":1}}', reset, ms = 5 } = said;
    await sleep(ms);
    underWay--;
    if (reset) return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urls = { galleryUrl: `${origin}/api/v1`, studioUrl: `${origin}/studio/api/v1` };
  const client = new Redis(redis.socketPath, { protocol: 2 });
  const clock = { offset: 0 };
  const machines: Machine[] = [];
  const process = () => {
    const made = createMachine({ ...urls, socketPath: redis.socketPath, clock });
    machines.push(made);
    return made;
  };
  const machine = process();
  const { store } = machine.parts;
  const cookies = "gallery_dashboard_session=abc; wsid=1";
  say = (path) => (path.endsWith("/user") ? { body: '{"id":1,"email":"a@b.example"}' } : {});
  const created = await machine.accounts.create({
    name: "Smith Studio",
    session: { cookies },
    resources: ["collections", "invoices", "payments", "clients", "contracts", "quotes"],
    collections: "all",
    polling: { requestsPerMinute, minIntervalSeconds: 0.05, maxIntervalMinutes: 1 },
    timezone: "UTC",
    backfill: false,
    floodThreshold: 200,
  });
  if (created.kind !== "created") throw new Error(created.detail);
  const { id } = created.account;

  return {
    account: id,
    cookies,
    machine,
    store,
    client,
    urls,
    arrivals,
    mostAtOnce: () => most,
    answer(answer) {
      say = answer;
    },
    async work(workers, ms, stop) {
      while (machines.length < workers) process();
      const end = Date.now() + ms;
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), ms);
      const own: Stop = stop ?? { draining: late.signal, abort: new AbortController().signal };
      await Promise.all(
        machines.slice(0, workers).map(async (worker) => {
          while (Date.now() < end && !own.draining.aborted) {
            await worker.run("poll", id, { stop: own });
            await sleep(5);
          }
        }),
      );
      clearTimeout(timer);
    },
    gapsSince: (index) => arrivals.slice(index + 1).map((at, i) => at - (arrivals[index + i] ?? 0)),
    async close() {
      client.disconnect();
      for (const one of machines) await one.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
