import type { Section, Surroundings } from "../support/benchmark.js";
import type { Machine } from "../support/machine.js";
import type { Traffic } from "../support/traffic.js";
import { atWorkplace } from "../support/workplace.js";
import { expectBaseline, expectPoll, inWords, manyRecords } from "./lists.js";

const sizes = [1_000, 10_000, manyRecords];

interface Exchange {
  readonly unchanged: Traffic;
  readonly changed: Traffic;
}

/** What goes between a poll and Redis as the list grows: a change should write itself, and no change read nothing. */
export async function pollTraffic({ signal, say }: Surroundings): Promise<Section> {
  return atWorkplace(signal, async ({ upstream, machine }) => {
    const exchanges: Exchange[] = [];
    for (const [index, rows] of sizes.entries()) {
      say(`Traffic with Redis: ${inWords(rows)} records`);
      const first = index + 1;
      await upstream.open({ first, galleries: 1, rows, perPage: 1_000 });
      const collection = String(first);
      const account = await machine.watch([collection]);
      expectBaseline(await machine.baseline(account), rows);
      if (index === 0) {
        // Scripts are sent whole the first time that they run.
        await upstream.change(collection, { kind: "edit", at: 0 });
        await machine.poll(account);
      }
      const unchanged = await meter(machine, account, 0, "unchanged");
      await upstream.change(collection, { kind: "edit", at: rows / 2 });
      exchanges.push({ unchanged, changed: await meter(machine, account, 1, "edited") });
    }
    return section(exchanges);
  });
}

function meter(machine: Machine, account: string, events: number, what: string): Promise<Traffic> {
  return machine.traffic.during(async () => expectPoll(await machine.poll(account), events, what));
}

function section(exchanges: readonly Exchange[]): Section {
  const columns = [
    { name: "written, unchanged", of: ({ unchanged }: Exchange) => unchanged.written },
    { name: "written, one edited", of: ({ changed }: Exchange) => changed.written },
    { name: "answered, unchanged", of: ({ unchanged }: Exchange) => unchanged.answered },
    { name: "answered, one edited", of: ({ changed }: Exchange) => changed.answered },
  ];
  const [small, large] = [exchanges[0], exchanges.at(-1)];
  if (!small || !large) throw new Error("Nothing was measured");
  const [few = 0, many = 0] = [sizes[0], sizes.at(-1)];
  const perRecord = (large.unchanged.answered - small.unchanged.answered) / (many - few);
  return {
    title: "Traffic between one poll and Redis",
    notes: [
      "Written: arguments of all commands that can write. Answered: all that Redis sent back. Without the request budget.",
      "A poll without change must read no records: with the list, its answers may grow by less than a byte a record.",
    ],
    lines: [
      ...exchanges.map((exchange, index) => ({
        label: `${inWords(sizes[index] ?? 0)} records`,
        figures: columns.map(({ name, of }) => ({ name, value: of(exchange), unit: "bytes" as const })),
      })),
      {
        label: `${inWords(many)} against ${inWords(few)}`,
        figures: columns.map(({ name, of }) => ({
          name,
          value: of(large) / of(small),
          unit: "ratio" as const,
        })),
      },
      {
        label: "for each further record",
        figures: [{ name: "answered, unchanged", value: perRecord, unit: "bytes", atMost: 1 }],
      },
    ],
  };
}
