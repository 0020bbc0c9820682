import { Redis } from "ioredis";
import { account as keys, shared } from "../../src/store/keys.js";
import type { PastEvent } from "./events.js";

const atOnce = 1_000;

/**
 * Writes events as the store wrote them when they happened: it takes its times from the clock, so the rows are put
 * into the streams here. Everything else that it keeps of events, it makes by itself from these.
 */
export async function fill(
  socketPath: string,
  events: Iterable<PastEvent>,
  signal: AbortSignal,
): Promise<void> {
  const client = new Redis(socketPath, { protocol: 2 });
  const ends = new Map<string, string>();
  let batch: PastEvent[] = [];
  let [lastMs, sequence] = [0, 0];
  const write = async () => {
    const pipeline = client.pipeline();
    for (const { account, at, frozen, matched } of batch) {
      sequence = at === lastMs ? sequence + 1 : 0;
      lastMs = at;
      const position = `${at}-${sequence}`;
      const { id, type, body } = frozen;
      pipeline.xadd(keys.events(account), position, "id", id, "type", type, "body", body);
      pipeline.hset(keys.eventIds(account), id, position);
      const row = ["account", account, "event", id, "type", type, "matched", `${matched}`];
      pipeline.xadd(shared.log, position, ...row);
      pipeline.hset(shared.logIds, id, position);
      ends.set(account, position);
    }
    batch = [];
    const replies = (await pipeline.exec()) ?? [];
    const failed = replies.find(([error]) => error !== null);
    if (failed?.[0]) throw failed[0];
  };
  try {
    for (const event of events) {
      signal.throwIfAborted();
      batch.push(event);
      if (batch.length === atOnce) await write();
    }
    await write();
    // All of them are handed on.
    for (const [account, position] of ends) await client.set(keys.cursor(account), position);
  } finally {
    client.disconnect();
  }
}
