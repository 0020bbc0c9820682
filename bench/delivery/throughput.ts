import { startBare } from "../support/bare.js";
import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { atDelivery, awaitReceipts, awaitRecorded } from "../support/delivery-place.js";
import { median } from "../support/measure.js";
import { bodyBytes } from "../support/padded-event.js";

const subscriptions = 100;
const limits = { perSecond: 1_000, concurrency: 10 };
/** To each subscription, in each round. */
const events = 200;
const rounds = 3;
const type = "favorite.added";
/** As many under way, over as many connections, as the deliveries may have. */
const alike = subscriptions * limits.concurrency;
/** Fewer at once are faster here, where receivers answer at once. The ceiling is the best of all. */
const fewer = [50, 200] as const;
/** Of the ceiling. Recording what came of each is the rest. */
const promisedShare = 0.6;
const inWords = (count: number) => count.toLocaleString("en");

/** How many deliveries a second one process makes, beside what posting alone takes. */
export async function throughput({ signal, say }: Surroundings): Promise<Section> {
  return atDelivery(signal, async (place) => {
    const { sink, teller, account } = place;
    const bare = await place.start(startBare(signal));
    await place.serve();
    const urls = await sink.open({ receivers: subscriptions, ports: subscriptions, manner: "answers" });
    const ids = await teller.subscribe({ account, type, urls, ...limits });
    const rateOf = async (count: number, send: () => Promise<unknown>) => {
      await sink.forget(null);
      await send();
      await awaitReceipts(place, count, signal);
      const { requests, distinct, first, last } = await sink.counts(null);
      if (distinct !== count || requests !== count)
        throw new Error(`${requests} requests for ${count} deliveries`);
      return count / ((last - first) / 1_000);
    };
    const post = (each: number, atOnce: number) =>
      rateOf(each * urls.length, () => bare.burst({ urls, count: each * urls.length, inFlight: atOnce }));
    const deliver = async (each: number) => {
      const rate = await rateOf(each * ids.length, () => teller.state({ account, type, count: each }));
      await awaitRecorded({ teller }, { subscriptions: ids, newest: each }, signal);
      return rate;
    };
    say("Throughput: warming up");
    for (const atOnce of [...fewer, alike]) await post(events / 10, atOnce);
    await deliver(events / 10);
    const ceilings: number[] = [];
    const bests: number[] = [];
    const own: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      say(`Throughput: round ${round} of ${rounds}`);
      const rates: number[] = [];
      for (const atOnce of fewer) rates.push(await post(events, atOnce));
      const ofThesePools = await post(events, alike);
      ceilings.push(ofThesePools);
      bests.push(Math.max(...rates, ofThesePools));
      own.push(await deliver(events));
    }
    const [ceiling, best, rate] = [median(ceilings), median(bests), median(own)];
    const perSecond = (value: number) => ({ name: "a second", value, unit: "count" as const });
    const lines: Line[] = [
      {
        label: `signed and posted, nothing else, ${inWords(alike)} in flight`,
        figures: [perSecond(ceiling)],
      },
      { label: `the same, the better of ${fewer.join(" and ")} in flight`, figures: [perSecond(best)] },
      {
        label: "delivered",
        figures: [
          perSecond(rate),
          { name: "of these pools", value: rate / ceiling, unit: "ratio" },
          { name: "of the best", value: rate / best, unit: "ratio", atLeast: promisedShare },
        ],
      },
    ];
    return {
      title: `Throughput: ${inWords(subscriptions * events)} deliveries of ${bodyBytes} bytes to ${subscriptions} subscriptions`,
      notes: [
        `From the first to the last receipt; medians of ${rounds} rounds in turn. All were recorded as delivered, none came twice.`,
        `Ceiling: the same requests straight through the HTTP client, over the same pools of connections.`,
      ],
      lines,
    };
  });
}
