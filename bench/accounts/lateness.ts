import { setTimeout as delay } from "node:timers/promises";
import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { quantile } from "../support/measure.js";
import { processorShare } from "../support/service.js";
import { atService, type ServicePlace } from "../support/service-place.js";

const count = 1_000;
const collections = 100;
/** An account begins its work at most so long after it is due, ms, in all but one of a hundred cases. */
const promisedLateness = 2_000;
/** Requests a minute of each account: few, as most that watch many will set it; and what an account has by default. */
const rates = [6, 30] as const;
/** Accounts are not all made at one moment, ms. */
const spreadMs = 30_000;
/** As long as the budget counts: an account can make all of its requests at once. */
const windowMs = 60_000;

/** How late accounts begin, from being due, as the due-set says, to the beginning of their slice. */
export async function manyAccounts({ signal, say }: Surroundings): Promise<Section> {
  const work = async ({ redis, upstream, service }: ServicePlace): Promise<Section> => {
    await upstream.open({ first: 1, galleries: collections, rows: 0, perPage: collections });
    const empty = await redis.usedMemory();
    const polling = { requestsPerMinute: rates[0], minIntervalSeconds: 5, maxIntervalMinutes: 43_200 };
    const settings = { resources: ["collections" as const, "favorites" as const], polling };
    const accounts = await service.add({ count, spreadMs, settings });
    say("Accounts: the first look at each");
    await delay(spreadMs, null, { signal });
    const lines: Line[] = [];
    for (const requestsPerMinute of rates) {
      say(`Accounts: ${requestsPerMinute} requests a minute each`);
      if (lines.length > 0) await service.update(accounts, { polling: { requestsPerMinute } });
      const before = await service.usage();
      await delay(windowMs, null, { signal });
      const after = await service.usage();
      const { lateness } = after;
      const polls = after.polls - before.polls;
      const seconds = (after.at - before.at) / 1_000;
      if (lateness.length < count / 2) throw new Error(`Only ${lateness.length} accounts began again`);
      lines.push({
        label: `${requestsPerMinute} requests a minute each`,
        figures: [
          { name: "half begin within", value: quantile(lateness, 0.5), unit: "milliseconds" },
          {
            name: "99 % within",
            value: quantile(lateness, 0.99),
            unit: "milliseconds",
            atMost: promisedLateness,
          },
          { name: "the latest", value: Math.max(...lateness), unit: "milliseconds" },
          { name: "polls a second", value: polls / seconds, unit: "count" },
          { name: "of a processor", value: processorShare(before, after), unit: "percent" },
          { name: "a poll", value: (after.cpuMs - before.cpuMs) / polls, unit: "milliseconds" },
          { name: "longest pause", value: after.longestPauseMs, unit: "milliseconds" },
          { name: "memory", value: after.rss, unit: "bytes" },
        ],
      });
    }
    const bytes = (await redis.usedMemory()) - empty;
    const each = { name: "Redis, an account", value: bytes / count, unit: "bytes" as const };
    lines.push({ label: "at the end", figures: [each] });
    return {
      title: `${count.toLocaleString("en")} accounts with ${collections} collections each`,
      notes: [
        "From when an account is due to when its slice begins.",
        "Polls a second: what their budgets let them make. Processor and memory: of the one process, all threads counted.",
      ],
      lines,
    };
  };
  return atService(signal, work, { watchesPauses: true });
}
