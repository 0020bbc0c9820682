import type { Figure, Line, Section, Surroundings } from "../support/benchmark.js";
import type { GalleryChange } from "../support/gallery.js";
import { type Cost, costOf, median } from "../support/measure.js";
import { atWorkplace } from "../support/workplace.js";
import { expectBaseline, expectPoll, inWords, manyRecords } from "./lists.js";

/** A poll with a change may cost so many times one without. */
const promisedRatio = 1.5;

interface Case {
  readonly label: string;
  readonly change: GalleryChange | null;
  readonly events: number;
  /** Since the poll before, where it is not a day: a record that is missing gets a second look soon. */
  readonly laterMs?: number;
  /** For the look at it only. */
  readonly unpromised?: true;
}

/** A table with pages of one size. */
export interface PollCostOptions {
  readonly perPage: number;
  /** Runs go on for so long, and there are at least and at most so many. */
  readonly forMs: number;
  readonly runs: { readonly least: number; readonly most: number };
  /** Only what is promised. */
  readonly brief?: boolean;
}

const unchanged = "unchanged";
const requestsAlone = "its requests alone, nothing read";
const middle = manyRecords / 2;
const removed = "one row removed from the middle";
/** In this order; the list is as long afterwards as before. */
const cases: readonly Case[] = [
  { label: "one row edited in place", change: { kind: "edit", at: middle }, events: 1 },
  { label: "one row inserted at the top", change: { kind: "insert", count: 1 }, events: 1 },
  { label: `${removed}: noted`, change: { kind: "remove", at: middle }, events: 0 },
  { label: `${removed}: stated`, change: null, events: 1, laterMs: 6_000 },
  { label: "every link signed anew", change: { kind: "sign" }, events: 0, unpromised: true },
];

/** What a poll of the large list costs, from the first request to the commit, changed against unchanged. */
export async function pollCost(options: PollCostOptions, { signal, say }: Surroundings): Promise<Section> {
  return atWorkplace(signal, async ({ upstream, machine, anotherMachine }) => {
    const { perPage, forMs, runs, brief = false } = options;
    const title = `Cost of a poll of ${inWords(manyRecords)} favorites, ${inWords(perPage)} on a page`;
    say(`${title}: baseline`);
    await upstream.open({ first: 1, galleries: 1, rows: manyRecords, perPage });
    const account = await machine.watch("all");
    expectBaseline(await machine.baseline(account), manyRecords);

    const costs = new Map<string, Cost[]>();
    // One round does not count: a service is warm.
    let run = -1;
    const measure = async (label: string, work: () => Promise<unknown>) => {
      say(`${title}: ${label}`);
      const cost = await costOf(work);
      if (run >= 0) costs.set(label, [...(costs.get(label) ?? []), cost]);
    };
    const poll = ({ label, events, laterMs }: Omit<Case, "change">, by = machine) =>
      measure(label, async () => expectPoll(await by.poll(account, laterMs), events, label));
    const end = performance.now() + forMs;
    for (; run < runs.least || (run < runs.most && performance.now() < end); run++) {
      await measure(requestsAlone, () => machine.fetchAll("1", Math.ceil(manyRecords / perPage)));
      for (const { change, ...each } of cases) {
        if (each.unpromised && (brief || run < 0)) continue;
        // The unchanged poll stands beside the changed one, so that noise of the machine meets both.
        if (change !== null && !each.unpromised) await poll({ label: unchanged, events: 0 });
        if (change !== null) await upstream.change("1", change);
        await poll(each);
      }
    }
    if (!brief) await poll({ label: "unchanged, process just started", events: 0 }, anotherMachine());
    return { title, notes: notesOf(run), lines: linesOf(costs) };
  });
}

function notesOf(runs: number): string[] {
  return [
    `From the first request to the commit, warmed up; ${runs === 1 ? "one run" : `medians of ${runs} runs`}. CPU: the polling process, all threads.`,
    "Ratios are to the unchanged poll. The request budget never makes anyone wait, so that nothing hides in the waiting.",
  ];
}

function linesOf(costs: ReadonlyMap<string, readonly Cost[]>): Line[] {
  const middleOf = (label: string): Cost => {
    const all = costs.get(label) ?? [];
    return { wallMs: median(all.map(({ wallMs }) => wallMs)), cpuMs: median(all.map(({ cpuMs }) => cpuMs)) };
  };
  const base = middleOf(unchanged);
  return [...costs.keys()].map((label) => {
    const { wallMs, cpuMs } = middleOf(label);
    const isPromised = cases.some((each) => each.label === label && !each.unpromised);
    const ratio = (name: string, value: number): Figure => {
      return { name, value, unit: "ratio", ...(isPromised ? { atMost: promisedRatio } : {}) };
    };
    return {
      label,
      figures: [
        { name: "wall", value: wallMs, unit: "milliseconds" },
        { name: "CPU", value: cpuMs, unit: "milliseconds" },
        ...(label === unchanged
          ? []
          : [ratio("wall, ratio", wallMs / base.wallMs), ratio("CPU, ratio", cpuMs / base.cpuMs)]),
      ],
    };
  });
}
