import { startBare } from "../support/bare.js";
import type { Section, Surroundings } from "../support/benchmark.js";
import { atDelivery, awaitReceipts } from "../support/delivery-place.js";
import { quantile } from "../support/measure.js";
import { delaysOf, quantilesOf } from "./delays.js";

const limits = { perSecond: 1_000, concurrency: 10 };
const perSecond = 200;
/** Each, in turns, so that noise meets both. */
const turnMs = 5_000;
const turns = 4;
const type = "favorite.added";
/** 95 of 100 are there within so many ms, and within so many times what a queue in memory takes. */
const promisedMs = 50;
const promisedRatio = 3;

/** How long an event takes from its commit to a healthy receiver, beside a queue in memory. */
export async function latency({ signal, say }: Surroundings): Promise<Section> {
  return atDelivery(signal, async (place) => {
    const { sink, teller, account } = place;
    const bare = await place.start(startBare(signal));
    await place.serve();
    const [url = ""] = await sink.open({ receivers: 1, ports: 1, manner: "answers" });
    await teller.subscribe({ account, type, urls: [url], ...limits });
    const own = async (forMs: number) => {
      await sink.forget(null);
      const committed = await teller.pace({ account, type, perSecond, forMs });
      await awaitReceipts(place, committed.length, signal);
      return delaysOf(sink, url, committed);
    };
    const ofQueue = async (forMs: number) => {
      await sink.forget(null);
      const committed = await bare.pace({ url, inFlight: limits.concurrency, perSecond, forMs });
      return delaysOf(sink, url, committed);
    };
    say("Latency: warming up");
    await ofQueue(turnMs / 5);
    await own(turnMs / 5);
    const [queue, service]: [number[], number[]] = [[], []];
    for (let turn = 1; turn <= turns; turn++) {
      say(`Latency: turn ${turn} of ${turns}`);
      queue.push(...(await ofQueue(turnMs)));
      service.push(...(await own(turnMs)));
    }
    const ratio = quantile(service, 0.95) / quantile(queue, 0.95);
    return {
      title: `Latency: ${perSecond} events a second to one healthy endpoint`,
      notes: [
        `From just before the commit to the receipt; ${turns} turns of ${turnMs / 1_000} s each, the two in turn.`,
        "The service learns of an event by a wake-up from another process. The queue is an array in the sender's memory.",
      ],
      lines: [
        { label: "a queue in memory, signed and posted", figures: quantilesOf(queue) },
        {
          label: "delivered",
          figures: [
            ...quantilesOf(service).map((figure) =>
              figure.name === "p95" ? { ...figure, atMost: promisedMs } : figure,
            ),
            { name: "p95 to the queue's", value: ratio, unit: "ratio", atMost: promisedRatio },
          ],
        },
      ],
    };
  });
}
