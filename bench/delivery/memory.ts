import { setTimeout as delay } from "node:timers/promises";
import type { Section, Surroundings } from "../support/benchmark.js";
import { atDelivery, awaitReceipts, awaitRecorded } from "../support/delivery-place.js";
import { mean } from "../support/measure.js";
import type { HeldMemory } from "../support/service.js";

const subscriptions = 100;
const limits = { perSecond: 1_000, concurrency: 10 };
/** To each subscription, in each half of the run. */
const events = 1_000;
const halves = 2;
const type = "favorite.added";
const sampleMs = 1_500;
/**
 * Between the middles of the first third and the last lie two thirds of the deliveries: a hundred bytes kept of each
 * would be a tenth of what the process holds.
 */
const promisedGrowth = 1.1;
const inWords = (count: number) => count.toLocaleString("en");

/** Whether the service, and its Redis, grow with what is delivered. */
export async function memory({ signal, say }: Surroundings): Promise<Section> {
  return atDelivery(signal, async (place) => {
    const { redis, sink, teller, account } = place;
    const service = await place.serve();
    const urls = await sink.open({ receivers: subscriptions, ports: subscriptions, manner: "answers" });
    const ids = await teller.subscribe({ account, type, urls, ...limits });
    const deliver = async (each: number, expected: number) => {
      await teller.state({ account, type, count: each });
      await awaitReceipts(place, expected, signal);
      await awaitRecorded(place, { subscriptions: ids, newest: each }, signal);
    };
    say("Memory: warming up");
    await deliver(events / 10, (events / 10) * subscriptions);
    await sink.forget(null);
    const empty = await redis.usedMemory();

    const samples: HeldMemory[] = [];
    const done = new AbortController();
    const sample = async () => {
      while (!done.signal.aborted) {
        samples.push(await service.memory());
        await delay(sampleMs, null, { signal: done.signal }).catch(() => undefined);
      }
    };
    const held: number[] = [];
    const sampling = sample();
    try {
      for (let half = 1; half <= halves; half++) {
        say(`Memory: ${inWords(half * events * subscriptions)} deliveries`);
        await deliver(events, half * events * subscriptions);
        held.push((await redis.usedMemory()) - empty);
      }
    } finally {
      done.abort();
      await sampling;
    }
    const third = Math.floor(samples.length / 3);
    const growth = (of: keyof HeldMemory) => {
      const values = samples.map((each) => each[of]);
      const [first, last] = [mean(values.slice(0, third)), mean(values.slice(-third))];
      return [
        { name: "first third", value: first, unit: "bytes" as const },
        { name: "last third", value: last, unit: "bytes" as const },
        { name: "growth", value: last / first, unit: "ratio" as const },
      ];
    };
    const { peak, peakOfOne } = await sink.connections(null);
    const all = subscriptions * limits.concurrency;
    return {
      title: `Memory and connections: ${inWords(halves * events * subscriptions)} deliveries to ${subscriptions} subscriptions`,
      notes: [
        `The service's process, ${samples.length} samples, each after its garbage is collected; after a warm-up.`,
        "Redis: what it holds more than before, once everything is delivered: events, deliveries, attempts.",
      ],
      lines: [
        {
          label: "resident memory",
          figures: growth("rss").map((figure) =>
            figure.unit === "ratio" ? { ...figure, atMost: promisedGrowth } : figure,
          ),
        },
        { label: "heap", figures: growth("heap") },
        ...held.map((bytes, index) => {
          const deliveries = (index + 1) * events * subscriptions;
          return {
            label: `Redis after ${inWords(deliveries)}`,
            figures: [
              { name: "all in", value: bytes, unit: "bytes" as const },
              { name: "for each", value: bytes / deliveries, unit: "bytes" as const },
            ],
          };
        }),
        {
          label: "connections at once",
          figures: [
            { name: "in all", value: peak, unit: "count", atMost: all },
            { name: "to one", value: peakOfOne, unit: "count", atMost: limits.concurrency },
          ],
        },
      ],
    };
  });
}
