import type { Figure } from "../support/benchmark.js";
import { quantile } from "../support/measure.js";
import type { Committed } from "../support/moment.js";
import type { SinkCalls } from "../support/sink.js";

/** How long (ms) each of these took from its commit to its first receipt. Throws when one did not come once. */
export async function delaysOf(
  sink: SinkCalls,
  receiver: string,
  committed: readonly Committed[],
): Promise<number[]> {
  const all = await sink.receipts(null);
  const came = new Map(all.filter((each) => each.receiver === receiver).map((each) => [each.id, each]));
  return committed.map(({ id, at }) => {
    const receipt = came.get(id);
    if (receipt?.times !== 1) throw new Error(`${id} came ${receipt?.times ?? 0} times`);
    return receipt.at - at;
  });
}

/** The quantiles that are shown of delays. */
export function quantilesOf(delays: readonly number[]): Figure[] {
  const shown = [
    ["p50", 0.5],
    ["p95", 0.95],
    ["p99", 0.99],
  ] as const;
  return shown.map(([name, share]) => ({ name, value: quantile(delays, share), unit: "milliseconds" }));
}
