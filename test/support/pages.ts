import type { JsonObject } from "../../src/domain/json.js";
import type { Upstream } from "../../src/domain/upstream.js";
import { createUpstreamMemory, type UpstreamMemory } from "../../src/pixieset/session.js";
import { type Reply, type Seen, startUpstream } from "../unit/pixieset/upstream-server.js";
import { createFuse } from "./machine.js";
import type { TestRedis } from "./redis.js";
import { createScripted, scan } from "./scripted.js";

/** An account whose invoices come page by page from a real server, and are read by a process that remembers. */
export type Paged = Awaited<ReturnType<typeof createPaged>>;

const polling = { requestsPerMinute: 60_000, minIntervalSeconds: 1, maxIntervalMinutes: 600 };

/** `size`: rows on a page. `saysTotal`: whether answers count the rows. */
export async function createPaged(redis: TestRedis, { size = 5, saysTotal = false } = {}) {
  const studio = await createScripted(redis, { polling, floodThreshold: 10_000 });
  const list: JsonObject[] = [];
  let reply: (seen: Seen, honest: Reply) => Reply = (_seen, honest) => honest;
  const server = await startUpstream((seen) => {
    const page = Number(seen.query.get("page") ?? 1);
    const meta = {
      current_page: page,
      last_page: Math.max(1, Math.ceil(list.length / size)),
      ...(saysTotal ? { total: list.length } : {}),
    };
    return reply(seen, { body: { data: list.slice((page - 1) * size, page * size), meta } });
  });
  const memories: UpstreamMemory[] = [createUpstreamMemory(), createUpstreamMemory()];
  const processes = [studio.machine, studio.process(createFuse())];

  const state = async () => {
    const found = await studio.store.sources.get(studio.account, studio.source());
    if (!found) throw new Error("No invoices are watched");
    return found.state;
  };
  const row = (number: number, more: JsonObject = {}): JsonObject => {
    return { id: `in_${number}`, invoice_number: `N${number}`, status: "draft", amount: number, ...more };
  };

  /** Lets the account poll once, in one of two processes. How many pages of invoices were asked for. */
  async function poll({ afterMs = 6_000, process = 0 } = {}): Promise<number> {
    studio.clock.offset += afterMs;
    const before = server.requests.length;
    const upstream = server.withMemory(memories[process] ?? createUpstreamMemory());
    const both: Upstream = {
      ...upstream,
      read: async (source, reading, gate) =>
        source.resource === "invoices"
          ? upstream.read(source, reading, gate)
          : scan(["other lists are well"]),
    };
    await processes[process]?.run("poll", studio.account, { upstreamFor: () => both });
    return server.requests.length - before;
  }

  const paged = {
    studio,
    server,
    /** As the server has it, in its order. */
    list,
    row,
    state,
    poll,
    /** So many new records at the front, newest first. */
    grow(count: number) {
      for (let i = 0; i < count; i++) list.unshift(row(list.length + 1));
    },
    change(number: number, more: JsonObject) {
      const at = list.findIndex(({ id }) => id === `in_${number}`);
      list[at] = row(number, more);
    },
    remove(number: number) {
      list.splice(
        list.findIndex(({ id }) => id === `in_${number}`),
        1,
      );
    },
    answer(other: typeof reply) {
      reply = other;
    },
    /** A process begins anew. */
    restart(process = 0) {
      memories[process] = createUpstreamMemory();
    },
    /** Polls until a whole list is read; how many polls read its head before. */
    async pollWhole(process = 0): Promise<number> {
      for (let heads = 0; heads < 100; heads++) {
        await poll({ process });
        const { fullAt, lastPolledAt } = await state();
        if (fullAt === lastPolledAt) return heads;
      }
      throw new Error("The whole list is never read");
    },
    /** Grows and is read until its order is known: a baseline, and three scans with something new. */
    async learn() {
      await poll();
      for (let i = 0; i < 3; i++) {
        paged.grow(1);
        await poll();
      }
    },
    async close() {
      await studio.close();
      await server.stop();
    },
  };
  return paged;
}
