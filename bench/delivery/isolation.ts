import { setTimeout as delay } from "node:timers/promises";
import { mailbox } from "../../src/store/keys.js";
import type { Section, Surroundings } from "../support/benchmark.js";
import { atDelivery, awaitReceipts } from "../support/delivery-place.js";
import { quantile } from "../support/measure.js";
import { delaysOf, quantilesOf } from "./delays.js";

const concurrency = 10;
const perSecond = 50;
const deadEndpoints = 10;
/** Deliveries that wait for each dead endpoint. */
const waiting = 10_000;
const turnMs = 15_000;
const turns = 2;
const healthyType = "favorite.added";
const deadType = "download.created";
/** Of the p99 without dead endpoints. */
const promisedRatio = 1.5;
const inWords = (count: number) => count.toLocaleString("en");

/** Whether a healthy endpoint feels that others never answer while much waits for them. */
export async function isolation({ signal, say }: Surroundings): Promise<Section> {
  return atDelivery(signal, async (place) => {
    const { redis, sink, teller, account } = place;
    await place.serve();
    const [url = ""] = await sink.open({ receivers: 1, ports: 1, manner: "answers" });
    const silent = { receivers: deadEndpoints, ports: deadEndpoints, manner: "silent" } as const;
    const deadUrls = await sink.open(silent);
    await teller.subscribe({ account, type: healthyType, urls: [url], perSecond: 1_000, concurrency });
    const dead = { account, type: deadType };
    const ids = await teller.subscribe({ ...dead, urls: deadUrls, perSecond: 1_000, concurrency });

    let peak = { peak: 0, peakOfOne: 0 };
    const measure = async (forMs: number) => {
      const committed = await teller.pace({ account, type: healthyType, perSecond, forMs });
      const came = async () => {
        const all = await sink.receipts(null);
        return all.filter(({ receiver }) => receiver === url).length;
      };
      for (let looks = 0; (await came()) < committed.length && looks < 100; looks++) {
        await delay(100, null, { signal });
      }
      const delays = await delaysOf(sink, url, committed);
      const seen = await sink.connections(null);
      peak = {
        peak: Math.max(peak.peak, seen.peak),
        peakOfOne: Math.max(peak.peakOfOne, seen.peakOfOne),
      };
      await sink.forget(null);
      return delays;
    };
    say("Isolation: warming up");
    await measure(turnMs / 5);
    const [without, beside]: [number[], number[]] = [[], []];
    for (let turn = 1; turn <= turns; turn++) {
      say(`Isolation: turn ${turn} of ${turns}, alone`);
      if (turn > 1) {
        await teller.enable({ subscriptions: ids, enabled: false });
        // What is under way to them ends by its deadline.
        while ((await sink.connections(null)).open > concurrency) await delay(200, null, { signal });
      }
      without.push(...(await measure(turnMs)));
      say(`Isolation: turn ${turn} of ${turns}, beside dead endpoints`);
      if (turn > 1) await teller.enable({ subscriptions: ids, enabled: true });
      else await teller.state({ ...dead, count: waiting });
      await redis.awaitMembers(ids.map(mailbox.index), waiting, signal);
      await awaitReceipts(place, deadEndpoints, signal);
      beside.push(...(await measure(turnMs)));
    }
    const ratio = quantile(beside, 0.99) / quantile(without, 0.99);
    const configured = (deadEndpoints + 1) * concurrency;
    return {
      title: `Isolation: a healthy endpoint at ${perSecond} events a second`,
      notes: [
        `From just before the commit to the receipt; ${turns} turns of ${turnMs / 1_000} s each, the two in turn.`,
        `Beside it ${deadEndpoints} endpoints that never answer, each with ${inWords(waiting)} deliveries in its mailbox.`,
      ],
      lines: [
        { label: "alone", figures: quantilesOf(without) },
        {
          label: "beside dead endpoints",
          figures: [
            ...quantilesOf(beside),
            { name: "p99 to alone", value: ratio, unit: "ratio", atMost: promisedRatio },
          ],
        },
        {
          label: "connections at once",
          figures: [
            { name: "in all", value: peak.peak, unit: "count", atMost: configured },
            { name: "to one", value: peak.peakOfOne, unit: "count", atMost: concurrency },
          ],
        },
      ],
    };
  });
}
