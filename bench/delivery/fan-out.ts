import { mailbox } from "../../src/store/keys.js";
import type { Section, Surroundings } from "../support/benchmark.js";
import { atDelivery, awaitReceipts } from "../support/delivery-place.js";
import { median } from "../support/measure.js";

const subscriptions = 10_000;
const ports = 20;
const rounds = 3;
const type = "favorite.added";
/** From the wake-up to the last mailbox, ms. */
const promisedMs = 2_000;

/** How long it takes until each of many mailboxes holds its delivery of one event. */
export async function fanOut({ signal, say }: Surroundings): Promise<Section> {
  return atDelivery(signal, async (place) => {
    const { redis, sink, teller, account } = place;
    await place.serve();
    say("Fan-out: many subscriptions");
    const urls = await sink.open({ receivers: subscriptions, ports, manner: "answers" });
    const ids = await teller.subscribe({ account, type, urls, perSecond: 1_000, concurrency: 10 });
    const indexes = ids.map(mailbox.index);
    const times: number[] = [];
    const ends: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      say(`Fan-out: round ${round} of ${rounds}`);
      await sink.forget(null);
      const { wokenAt } = await teller.state({ account, type, count: 1 });
      times.push((await redis.awaitMembers(indexes, round, signal)) - wokenAt);
      await awaitReceipts(place, subscriptions, signal);
      ends.push((await sink.counts(null)).last - wokenAt);
    }
    return {
      title: `Fan-out: one event to ${subscriptions.toLocaleString("en")} subscriptions`,
      notes: [
        `From the wake-up until the last mailbox holds its delivery, and until the last receiver has it. ${rounds} rounds.`,
        "Receivers answer at once, so that deliveries go out all the while. The first round reads all subscriptions.",
      ],
      lines: [
        {
          label: "in all mailboxes",
          figures: [
            { name: "median", value: median(times), unit: "milliseconds", atMost: promisedMs },
            { name: "the first", value: times[0] ?? Number.NaN, unit: "milliseconds" },
          ],
        },
        {
          label: "received by all",
          figures: [
            { name: "median", value: median(ends), unit: "milliseconds" },
            { name: "the first", value: ends[0] ?? Number.NaN, unit: "milliseconds" },
          ],
        },
      ],
    };
  });
}
