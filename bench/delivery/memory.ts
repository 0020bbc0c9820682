import { setTimeout as delay } from "node:timers/promises";
import type { Section, Surroundings } from "../support/benchmark.js";
import { atDelivery, awaitReceipts, awaitRecorded } from "../support/delivery-place.js";
import { mean } from "../support/measure.js";
import type { HeldMemory } from "../support/service.js";

const subscriptions = 100;
const limits = { perSecond: 1_000, concurrency: 10 };
/** To each subscription, in each burst. */
const events = 200;
const bursts = 10;
const inBurst = events * subscriptions;
const type = "favorite.added";
/** Node gives memory back little by little: the least of so many looks, so long (ms) apart, counts. */
const looks = 5;
const lookMs = 300;
/** Between the thirds lie 140,000 deliveries: to keep a hundred bytes of each would be 14 MB more. */
const promisedGrowth = 1.1;
const inWords = (count: number) => count.toLocaleString("en");

/** Whether the service, and its Redis, grow with what is delivered. */
export async function memory({ signal, say }: Surroundings): Promise<Section> {
  return atDelivery(signal, async (place) => {
    const { redis, sink, teller, account } = place;
    const service = await place.serve();
    const urls = await sink.open({ receivers: subscriptions, ports: subscriptions, manner: "answers" });
    const ids = await teller.subscribe({ account, type, urls, ...limits });
    const held: number[] = [];
    const samples: HeldMemory[] = [];
    const atRest = async (): Promise<HeldMemory> => {
      const seen: HeldMemory[] = [];
      for (let look = 0; look < looks; look++) {
        await delay(lookMs, null, { signal });
        seen.push(await service.memory());
      }
      const least = (of: keyof HeldMemory) => Math.min(...seen.map((each) => each[of]));
      return { rss: least("rss"), heap: least("heap"), peakRss: least("peakRss") };
    };
    const deliver = async (expected: number) => {
      await teller.state({ account, type, count: events });
      await awaitReceipts(place, expected, signal);
      await awaitRecorded(place, { subscriptions: ids, newest: events }, signal);
    };
    say("Memory: warming up");
    await deliver(inBurst);
    await sink.forget(null);
    const empty = await redis.usedMemory();
    for (let burst = 1; burst <= bursts; burst++) {
      say(`Memory: ${inWords(burst * inBurst)} deliveries`);
      await deliver(burst * inBurst);
      samples.push(await atRest());
      held.push((await redis.usedMemory()) - empty);
    }
    const third = Math.floor(samples.length / 3);
    const growth = (of: "rss" | "heap") => {
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
      title: `Memory and connections: ${inWords(bursts * inBurst)} deliveries to ${subscriptions} subscriptions`,
      notes: [
        `The service's process at rest, its garbage collected, after each of ${bursts} bursts; a burst to warm up comes before.`,
        "The peak is of its whole life, also of the deliveries that were waiting and under way.",
        "Redis: what it holds more than before, once everything is delivered: events, deliveries, attempts.",
      ],
      lines: [
        {
          label: "resident memory",
          figures: [
            ...growth("rss").map((figure) =>
              figure.unit === "ratio" ? { ...figure, atMost: promisedGrowth } : figure,
            ),
            { name: "peak", value: samples.at(-1)?.peakRss ?? Number.NaN, unit: "bytes" },
          ],
        },
        { label: "heap", figures: growth("heap") },
        ...[bursts / 2, bursts].map((burst) => {
          const [bytes, deliveries] = [held[burst - 1] ?? Number.NaN, burst * inBurst];
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
