import { cpus } from "node:os";
import { mailbox } from "../../src/store/keys.js";
import { type BareCalls, startBare } from "../support/bare.js";
import type { Figure, Line, Section, Surroundings } from "../support/benchmark.js";
import { atDelivery, awaitReceipts, awaitRecorded } from "../support/delivery-place.js";
import { mean, median } from "../support/measure.js";
import { bodyBytes } from "../support/padded-event.js";
import { effortOf, limitOf, type Shares, sharesOf } from "./usage.js";

export interface Scaling {
  readonly title: string;
  readonly subscriptions: number;
  /** To each subscription, in each turn. */
  readonly events: number;
  readonly delayMs: number;
  readonly rounds: number;
  /** Two processes to one. */
  readonly promised?: number;
}

const counts = [1, 2, 3] as const;
const words = ["no process", "one process", "two processes", "three processes"];
const limits = { perSecond: 1_000, concurrency: 10 };
const type = "favorite.added";
/** Deliveries that one process has under way at most, as src/pipeline/places.ts says. */
const placesOfOne = 2_000;
/** Under way at once in one process that posts and does nothing else. */
const bareInFlight = (delayMs: number) => (delayMs === 0 ? 200 : 2_000);
const inWords = (count: number) => count.toLocaleString("en");

interface Turn {
  readonly rate: number;
  readonly shares: Shares;
}

/** Deliveries a second with one, two and three processes that deliver, beside as many that only sign and post. */
export async function byWorkers(scaling: Scaling, { signal, say }: Surroundings): Promise<Section> {
  return atDelivery(signal, async (place) => {
    const { sink, teller, account } = place;
    const { subscriptions, events, delayMs, rounds } = scaling;
    const urls = await sink.open({ receivers: subscriptions, ports: 100, manner: "plain", delayMs });
    const ids = await teller.subscribe({ account, type, urls, ...limits });
    // Mailboxes are filled by a process that delivers nothing: all of them, before the first of them is woken.
    await place.serve({ roles: ["fan-out", "clock"] });
    const posters: BareCalls[] = [];
    for (const _each of counts) posters.push(await place.start(startBare(signal)));
    const all = subscriptions * events;

    const rate = async (count: number) => {
      const { requests, distinct, first, last } = await sink.counts(null);
      if (distinct !== count || requests !== count)
        throw new Error(`${requests} requests for ${count} deliveries`);
      // The last of them is answered so much later.
      return { perSecond: count / ((last - first + delayMs) / 1_000), forMs: last - first + delayMs };
    };
    const post = async (processes: number): Promise<number> => {
      await sink.forget(null);
      const orders = posters.slice(0, processes).map((poster, index) => {
        const some = urls.filter((_url, position) => position % processes === index);
        return poster.burst({ urls: some, count: some.length * events, inFlight: bareInFlight(delayMs) });
      });
      await Promise.all(orders);
      return (await rate(all)).perSecond;
    };
    let stated = 0;
    const deliver = async (processes: number): Promise<Turn> => {
      const workers = await Promise.all(
        Array.from({ length: processes }, () => place.serve({ roles: ["deliver"] })),
      );
      const burst = async (each: number) => {
        await sink.forget(null);
        await teller.state({ account, type, count: each });
        stated += each;
        await place.redis.awaitMembers(ids.map(mailbox.index), stated, signal);
        const before = await effortOf(workers, place);
        await awaitReceipts(place, each * ids.length, signal);
        const after = await effortOf(workers, place);
        const { perSecond, forMs } = await rate(each * ids.length);
        await awaitRecorded(place, { subscriptions: ids, newest: each }, signal);
        return { rate: perSecond, shares: sharesOf(before, after, forMs) };
      };
      // What is new to a process is compiled while few are delivered.
      await burst(Math.ceil(events / 10));
      const turn = await burst(events);
      for (const worker of workers) await worker.close();
      return turn;
    };

    const [bare, own] = [new Map<number, number[]>(), new Map<number, Turn[]>()];
    for (let round = 0; round < rounds; round++) {
      for (const [turn] of counts.entries()) {
        const processes = counts[(turn + round) % counts.length] ?? 1;
        say(`Workers: ${scaling.title}, round ${round + 1} of ${rounds}, ${words[processes]}`);
        bare.set(processes, [...(bare.get(processes) ?? []), await post(processes)]);
        own.set(processes, [...(own.get(processes) ?? []), await deliver(processes)]);
      }
    }
    return sectionOf(scaling, { bare, own });
  });
}

/** To one process that is busy all the time: what is left of the processors beside its Redis and its receivers. */
function allowed(processes: number, { workers, redis, receivers }: Shares): Figure {
  const value = Math.min(processes, (cpus().length * workers) / (workers + redis + receivers));
  return { name: "the processors allow", value, unit: "ratio" };
}

function sectionOf(
  { title, subscriptions, events, delayMs, rounds, promised }: Scaling,
  { bare, own }: { bare: ReadonlyMap<number, number[]>; own: ReadonlyMap<number, Turn[]> },
): Section {
  const bareOf = (processes: number) => median(bare.get(processes) ?? []);
  const rateOf = (processes: number) => median((own.get(processes) ?? []).map(({ rate }) => rate));
  const sharesIn = (processes: number): Shares => {
    const turns = own.get(processes) ?? [];
    const of = (name: keyof Shares) => mean(turns.map(({ shares }) => shares[name]));
    return {
      workers: of("workers"),
      busiest: of("busiest"),
      redis: of("redis"),
      receivers: of("receivers"),
      others: of("others"),
    };
  };
  const lines = counts.map((processes): Line => {
    const rate = rateOf(processes);
    const { workers, busiest, redis, receivers, others } = sharesIn(processes);
    const share = (name: string, value: number): Figure => ({ name, value, unit: "percent" });
    const toOne: Figure = { name: "to one process", value: rate / rateOf(1), unit: "ratio" };
    return {
      label: words[processes] ?? "",
      figures: [
        { name: "delivered a second", value: rate, unit: "count" },
        processes === 2 && promised !== undefined ? { ...toOne, atLeast: promised } : toOne,
        ...(delayMs > 0 ? [] : [allowed(processes, sharesIn(1))]),
        { name: "posted a second", value: bareOf(processes), unit: "count" },
        { name: "posted, to one", value: bareOf(processes) / bareOf(1), unit: "ratio" },
        { name: "of what is posted", value: rate / bareOf(processes), unit: "ratio" },
        share("workers", workers),
        share("the busiest", busiest),
        share("Redis", redis),
        share("receivers", receivers),
        share("others", others),
        { name: "workers, a delivery", value: (workers * 1_000) / rate, unit: "milliseconds" },
        { name: "Redis, a delivery", value: (redis * 1_000) / rate, unit: "milliseconds" },
      ],
    };
  });
  return {
    title: `${title}: ${inWords(subscriptions * events)} deliveries of ${bodyBytes} bytes to ${subscriptions} subscriptions`,
    notes: [
      `Filled mailboxes, from the first receipt to the last; medians of ${rounds} rounds in turn. All were recorded, none came twice.`,
      "Posted: the same requests, signed and sent straight by as many processes, nothing stored. Workers to others: shares of one processor.",
      ...(delayMs > 0
        ? []
        : [
            `The processors allow: as many workers as ${cpus().length} processors have room for, beside what Redis and receivers take for them.`,
          ]),
      ...counts.map((processes) => {
        const limit = limitOf(sharesIn(processes), {
          underWay: (rateOf(processes) * delayMs) / 1_000,
          places: Math.min(processes * placesOfOne, subscriptions * limits.concurrency),
        });
        return `${words[processes]?.replace(/^./, (letter) => letter.toUpperCase())}: limited by ${limit}.`;
      }),
    ],
    lines,
  };
}
