import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { costOf } from "../support/measure.js";
import { atWorkplace } from "../support/workplace.js";
import { eachOf, redisWorkDuring } from "./work.js";

const collections = 200;
const rows = 10;
/** Slices of each kind. */
const alone = 200;
const together = 5;
const newRows = 2_000;

/** What a poll asks of Redis, its share of the slice that it is made in and of the budget included. */
export async function pollCosts({ signal, say }: Surroundings): Promise<Section> {
  return atWorkplace(signal, async ({ redis, upstream, machine }) => {
    await upstream.open({ first: 1, galleries: collections, rows, perPage: 100 });
    const [one, all] = [await machine.watch(["1"], 1_000_000), await machine.watch("all")];
    say("Costs: polls");
    await machine.baseline(one);
    await machine.baseline(all);
    const lines: Line[] = [];
    const measure = async (label: string, count: number, work: () => Promise<number>) => {
      let cpuMs = 0;
      let done = 0;
      const asked = await redisWorkDuring(redis, async () => {
        const cost = await costOf(async () => {
          for (let turn = 0; turn < count; turn++) done += await work();
        });
        cpuMs = cost.cpuMs;
      });
      const own = { name: "the poller's processor", value: cpuMs / done, unit: "milliseconds" as const };
      lines.push({ label, figures: [...eachOf(asked, done), own] });
    };
    const polls = (account: string) => async () => (await machine.poll(account)).length;
    await polls(one)();
    await measure("unchanged, alone in its slice", alone, polls(one));
    await measure(`unchanged, one of ${collections} in a slice`, together, polls(all));
    await upstream.change("1", { kind: "insert", count: newRows });
    await measure("an event: found, stated, committed", 1, async () => {
      const polled = await machine.poll(one);
      const events = polled.reduce((sum, each) => sum + each.events, 0);
      if (events !== newRows) throw new Error(`${events} events instead of ${newRows}`);
      return events;
    });
    return {
      title: "A poll",
      notes: [
        `Lists of ${rows} favorites. Everything that was asked of Redis over as many polls, the request budget included.`,
        `An event: one of ${newRows.toLocaleString("en")} that one poll states, in steps of the commit script. Commands within scripts count.`,
      ],
      lines,
    };
  });
}
