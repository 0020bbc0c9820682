import type { Line, Section } from "../support/benchmark.js";
import { ratio, ratioOf } from "./figures.js";
import type { Laboratory } from "./laboratory.js";
import type { Outcome } from "./outcome.js";
import type { Run } from "./play.js";
import { type PolicyName, staleAtMs } from "./policies.js";
import type { Span } from "./simulate.js";
import { playAll, standard } from "./tables.js";
import { dayMs, hourMs } from "./units.js";

/** Half a day each, far enough apart to be forgotten. */
const outages = [3, 7.5, 12, 16.5, 21, 25.5].map((day): Span => [day * dayMs, (day + 0.5) * dayMs]);
const afterOutages = outages.map(([, to]): Span => [to + 2 * hourMs, to + 26 * hourMs]);

const storms = [6, 13, 20, 27].map((day): Span => [day * dayMs, (day + 1) * dayMs]);

const afterStale: readonly Span[] = [[staleAtMs + dayMs, standard.days * dayMs]];

const total = (outcomes: readonly Outcome[]) =>
  outcomes.reduce((sum, { mean, events }) => sum + mean * events, 0);

/** The mean delay of the same events under trouble and without: pooled, because a window has few of them. */
function pairedLine(
  label: string,
  troubled: readonly Outcome[],
  calm: readonly Outcome[],
  atMost?: number,
): Line {
  const events = calm.reduce((sum, each) => sum + each.events, 0);
  return {
    label,
    figures: [
      { name: "events", value: events, unit: "count" },
      { name: "without", value: total(calm) / events, unit: "minutes" },
      { name: "with", value: total(troubled) / events, unit: "minutes" },
      ratio("with to without", total(troubled) / total(calm), atMost),
    ],
  };
}

/** What outages, storms of refusals and hints that go stale leave behind. */
export async function troubles(lab: Laboratory): Promise<Section> {
  const playBoth = (policy: PolicyName, trouble: Partial<Run>, windows: readonly Span[], over: number[]) =>
    Promise.all([
      playAll(lab, policy, { setting: { ...standard, ...trouble }, windows, over }),
      playAll(lab, policy, { windows, over }),
    ]);
  const stale = { windows: afterStale, over: [1, 2] };
  const [outage, outageRoot, storm, stormRoot, gone, none, root] = await Promise.all([
    playBoth("own, record times", { outages }, afterOutages, [1, 2]),
    playBoth("√ of true λ", { outages }, afterOutages, [1, 2]),
    playBoth("own, record times", { storms }, storms, [1]),
    playBoth("√ of true λ", { storms }, storms, [1]),
    playAll(lab, "own, hint gone stale", stale),
    playAll(lab, "own, record times", stale),
    playAll(lab, "√ of true λ", stale),
  ]);
  return {
    title: "Trouble: the same events with and without it, pooled over seeds",
    lines: [
      pairedLine("after an outage: own, record times", ...outage, 1.1),
      pairedLine("after an outage: √ of true λ", ...outageRoot),
      pairedLine("in a storm: own, record times", ...storm),
      pairedLine("in a storm: √ of true λ", ...stormRoot),
      pairedLine("after the hint went stale: own", gone, none, 1.15),
    ],
    notes: [
      "Six outages of 12 hours, two seeds; counted are the 24 hours that begin two hours after each.",
      "Four storms of a day, one seed, in which a quarter of the budget is let through, as a slower pace would; counted are the events in them.",
      `A listing that tells nothing any more from day 10, two seeds; counted from day 11, beside no hint at all. To the √ law: ${ratioOf(gone, root).toFixed(2)}.`,
    ],
  };
}
