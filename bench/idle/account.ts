import { setTimeout as delay } from "node:timers/promises";
import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { processorShare } from "../support/service.js";
import { atService, awaitBaseline } from "../support/service-place.js";

/** A studio as large as they come. */
const collections = 1_763;
const lists = ["favorites", "downloads", "sharing_links"] as const;

/** What an idle account may cost: bytes of Redis, and the share of a processor. */
const promisedBytes = 8_000_000;
const promisedShare = 0.01;

const requestsPerMinute = 20;
/** As long as the budget counts: its requests can come all at once. */
const windowMs = 60_000;
const inWords = (count: number) => count.toLocaleString("en");

/** Time is promised of the two lists that most will want, memory of all three. */
const promisedOf = (count: number) => (count === 2 ? { atMost: promisedShare } : {});

/** What it costs to watch an account in which nothing happens, beyond a service that watches none. */
export async function idleAccount({ signal, say }: Surroundings): Promise<Section> {
  return atService(signal, async ({ redis, upstream, service }) => {
    await upstream.open({ first: 1, galleries: collections, rows: 0, perPage: 100 });
    const share = async (what: string, forMs: number) => {
      say(what);
      const before = await service.usage();
      await delay(forMs, null, { signal });
      const after = await service.usage();
      return { share: processorShare(before, after), polls: after.polls - before.polls };
    };
    // Scripts are loaded, queues made, and what runs each second is compiled.
    await delay(15_000, null, { signal });
    const none = await share("Idle: no account", windowMs / 4);
    const empty = await redis.usedMemory();
    const lines: Line[] = [
      {
        label: "no account",
        figures: [{ name: "of a processor", value: none.share, unit: "percent" }],
      },
    ];
    // Far from what a budget allows, but small enough that something is always due.
    const polling = { requestsPerMinute, minIntervalSeconds: 5, maxIntervalMinutes: 43_200 };
    const settings = { resources: ["collections" as const], polling };
    await service.hurry(true);
    const accounts = await service.add({ count: 1, spreadMs: 0, settings });
    for (const count of [2, 3]) {
      const wanted = lists.slice(0, count);
      const sources = 1 + count * collections;
      say(`Idle: baseline of ${inWords(sources)} lists`);
      await service.hurry(true);
      await service.update(accounts, { resources: ["collections", ...wanted] });
      await awaitBaseline(service, accounts, sources, signal);
      await service.hurry(false);
      // What reading thousands of lists left behind is collected by then.
      await delay(110_000, null, { signal });
      const idle = await share(`Idle: ${inWords(sources)} lists`, windowMs);
      const bytes = (await redis.usedMemory()) - empty;
      if (idle.polls === 0) throw new Error("Nothing was polled while an idle account was measured");
      lines.push({
        label: `${inWords(sources)} lists`,
        figures: [
          { name: "of a processor", value: idle.share, unit: "percent", ...promisedOf(count) },
          { name: "polls", value: idle.polls, unit: "count" },
          { name: "Redis", value: bytes, unit: "bytes", atMost: promisedBytes },
          { name: "for each list", value: bytes / sources, unit: "bytes" },
        ],
      });
      for (const [purpose, all] of await redis.memoryByPurpose()) {
        if (all < 10_000) continue;
        const each = { name: "for each list", value: all / sources, unit: "bytes" as const };
        lines.push({ label: `  ${purpose}`, figures: [{ name: "Redis", value: all, unit: "bytes" }, each] });
      }
    }
    return {
      title: `An idle account of ${inWords(collections)} collections`,
      notes: [
        `All workers run; ${requestsPerMinute} requests a minute; ${windowMs / 1_000} s each, all of the process's threads counted.`,
        "Redis: what it holds beyond a service without an account. Below, the keys by what they are for.",
      ],
      lines,
    };
  });
}
