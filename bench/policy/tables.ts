import type { Section } from "../support/benchmark.js";
import { lineOf, type Promised } from "./figures.js";
import type { Laboratory } from "./laboratory.js";
import { type Outcome, outcomeOf } from "./outcome.js";
import type { Run } from "./play.js";
import type { PolicyName } from "./policies.js";
import type { Span } from "./simulate.js";
import type { Shape } from "./traces.js";

/** The longest interval, which the service promises, h. */
const stalestHours = 12;
const seeds = [1, 2, 3];

export const standard = { shape: "fading", days: 30, requestsPerMinute: 20 } as const;

type Setting = Omit<Run, "policy" | "seed">;

interface Playing {
  readonly setting?: Setting;
  readonly over?: readonly number[];
  readonly windows?: readonly Span[] | undefined;
}

/** Plays one policy against the traces of several seeds; of windows, only what happens in them counts. */
export async function playAll(
  lab: Laboratory,
  policy: PolicyName,
  { setting = standard, over = seeds, windows }: Playing = {},
): Promise<Outcome[]> {
  const played = await Promise.all(over.map((seed) => lab.play({ policy, seed, ...setting })));
  return played.map((each) => outcomeOf(each, windows));
}

interface Row {
  readonly policy: PolicyName;
  readonly label?: string;
  readonly promised?: Promised;
}

/** A table of policies that play the same traces, beside the √ law and uniform polling. */
async function table(
  lab: Laboratory,
  rows: readonly Row[],
  setting: Setting,
  over: readonly number[],
): Promise<Section["lines"]> {
  const all = (policy: PolicyName) => playAll(lab, policy, { setting, over });
  const [root, uniform, ...played] = await Promise.all([
    all("√ of true λ"),
    all("uniform"),
    ...rows.map(({ policy }) => all(policy)),
  ]);
  return rows.map(({ policy, label = policy, promised }, row) =>
    lineOf(label, played[row] ?? [], { root, uniform }, promised),
  );
}

/** The standard studio: activity fades over two weeks. */
export async function headline(lab: Laboratory): Promise<Section> {
  const own = { toRoot: 1.15, toUniform: 0.125, stalestHours };
  const rows: Row[] = [
    { policy: "uniform" },
    { policy: "proportional to true λ" },
    { policy: "√ of true λ" },
    { policy: "own, record times", promised: own },
    { policy: "own, changed or not", promised: own },
  ];
  return {
    title: "1,763 collections, 20 requests a minute, 30 days; means of three seeds",
    lines: await table(lab, rows, standard, seeds),
    notes: [
      "Delay of an event in minutes; first: of the first event of a client's visit; ratios are of the means.",
      "A visit is about six events, which the √ law does not know: that is how less than its delay is possible.",
    ],
  };
}

/** The same with a quarter of the budget. */
export async function scarce(lab: Laboratory): Promise<Section> {
  const rows: Row[] = [
    { policy: "uniform" },
    { policy: "√ of true λ" },
    { policy: "own, record times" },
    { policy: "own, changed or not" },
    { policy: "own, hint of recall 0.8" },
  ];
  return {
    title: "The same with 5 requests a minute",
    lines: await table(lab, rows, { ...standard, requestsPerMinute: 5 }, seeds),
    notes: [],
  };
}

/** What it takes from what it is told. */
export async function parts(lab: Laboratory): Promise<Section> {
  const rows: Row[] = [
    { policy: "own, record times" },
    { policy: "own, no sessions" },
    { policy: "own, told the true rates" },
  ];
  return {
    title: "What the parts do; first seed",
    lines: await table(lab, rows, standard, [1]),
    notes: ["Told the true rates, only the index, its clamps and the sessions are left."],
  };
}

/** A listing of 18 requests that tells of a share of the visits. */
export async function hints(lab: Laboratory): Promise<Section> {
  const [trusted, others] = await Promise.all([
    table(
      lab,
      [{ policy: "own, hint of recall 0.8", promised: { toRoot: 0.75, stalestHours } }],
      standard,
      [1, 2],
    ),
    table(
      lab,
      [
        { policy: "own, hint of recall 1", promised: { stalestHours } },
        { policy: "own, hint of recall 0", promised: { toRoot: 1.15, stalestHours } },
      ],
      { ...standard, days: 15 },
      [1],
    ),
  ]);
  return {
    title: "With a listing of 18 requests that hints at what moved",
    lines: [...trusted, ...others],
    notes: ["Recall 0.8 with two seeds, the others with the first and 15 days. Reading the listing counts."],
  };
}

/** What is believed of sources before anything is known of them, and is wrong. No record has a time. */
export async function priors(lab: Laboratory): Promise<Section> {
  const promised = { toRoot: 1.5, stalestHours };
  const rows: Row[] = [
    { policy: "ten times too high", promised },
    { policy: "ten times too low", promised },
    { policy: "the same at any age", promised },
    { policy: "rising with the age", promised },
  ];
  return {
    title: "Wrong priors, changed or not; first seed",
    lines: await table(lab, rows, standard, [1]),
    notes: [],
  };
}

/** Other ways in which studios may be busy than the one that the prior was made for. */
export async function otherTraces(lab: Laboratory): Promise<Section> {
  const shapes: readonly Shape[] = ["weekly", "lasting", "bursts", "anniversaries", "dormant"];
  const promised = { toUniform: 1, stalestHours };
  const lines = await Promise.all(
    shapes.map(async (shape) => {
      const rows: Row[] = [
        { policy: "uniform", label: `${shape}: uniform` },
        { policy: "√ of true λ", label: `${shape}: √ of true λ` },
        { policy: "own, record times", label: `${shape}: own, record times`, promised },
        { policy: "own, changed or not", label: `${shape}: own, changed or not`, promised },
      ];
      return await table(lab, rows, { ...standard, shape, days: 10 }, [1]);
    }),
  );
  return {
    title: "Other studios, 20 requests a minute, 10 days; first seed",
    lines: lines.flat(),
    notes: [
      "weekly: waves of days and weeks. lasting: as busy as ever at any age. bursts: two days now and then.",
      "anniversaries: again each year. dormant: all collections two to three years old.",
    ],
  };
}
