import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { longestPause } from "../support/measure.js";
import type { SlowCommand } from "../support/redis.js";
import { atWorkplace } from "../support/workplace.js";
import { expectBaseline, expectPoll, inWords, manyRecords } from "./lists.js";

/** No command may keep Redis from everyone else for longer, ms. */
const promisedMs = 50;

const flood = 5_000;

/** How long the largest pieces of work hold up everyone else, in Redis and in the polling process. */
export async function blocking({ signal, say }: Surroundings): Promise<Section> {
  return atWorkplace(signal, async ({ redis, upstream, machine }) => {
    await upstream.open({ first: 1, galleries: 1, rows: manyRecords, perPage: 1_000 });
    const account = await machine.watch("all");
    const lines: Line[] = [];
    const watch = async (label: string, work: () => Promise<void>) => {
      say(`Blocking: ${label}`);
      let pause = 0;
      const slowest = await redis.longestCommand(async () => {
        pause = await longestPause(work);
      });
      lines.push(lineOf(label, slowest, pause));
    };
    const size = inWords(manyRecords);
    await watch(`baseline of ${size} records`, async () =>
      expectBaseline(await machine.baseline(account), manyRecords),
    );
    await upstream.change("1", { kind: "insert", count: flood });
    await watch(`${inWords(flood)} new rows at once`, async () =>
      expectPoll(await machine.poll(account), flood, "a flood"),
    );
    await watch("deletion of the source", () => machine.forget(account));
    return {
      title: "Longest hold-up of everyone else",
      notes: [
        "Redis: the longest single command, as its slow log says. Process: the longest pause of the event loop that polls.",
      ],
      lines,
    };
  });
}

function lineOf(label: string, { milliseconds, name }: SlowCommand, pause: number): Line {
  return {
    label: `${label} (${name})`,
    figures: [
      { name: "Redis", value: milliseconds, unit: "milliseconds", atMost: promisedMs },
      { name: "process", value: pause, unit: "milliseconds" },
    ],
  };
}
