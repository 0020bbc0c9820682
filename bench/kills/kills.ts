import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { atDelivery } from "../support/delivery-place.js";
import { median } from "../support/measure.js";
import { type KillOutcome, killWithin } from "./kill.js";

const subscriptions = 100;
const limits = { perSecond: 1_000, concurrency: 10 };
/** To each subscription, in each burst. */
const events = 100;
const kills = 20;
const type = "favorite.added";
/** Of a burst, what has come when the first and the last kill come. */
const shares = { from: 0.05, to: 0.9 };
const all = events * subscriptions;
const inWords = (count: number) => count.toLocaleString("en");

/** How a process starts after another one was killed. */
const ways = [
  { ownsRedis: true, label: "with a Redis of its own" },
  { ownsRedis: false, label: "with a shared Redis" },
] as const;

interface Kill {
  readonly way: (typeof ways)[number];
  readonly share: number;
  readonly outcome: KillOutcome;
}

/** Kills the service again and again in the middle of its work: what is lost, what comes twice, when it goes on. */
export async function killing({ signal, say }: Surroundings): Promise<Section[]> {
  return atDelivery(signal, async (place) => {
    const { sink, teller, account } = place;
    const urls = await sink.open({ receivers: subscriptions, ports: subscriptions, manner: "answers" });
    const ids = await teller.subscribe({ account, type, urls, ...limits });
    let service = await place.serve(ways[0]);
    const done: Kill[] = [];
    for (let index = 0; index < kills; index++) {
      say(`Kills: ${index + 1} of ${kills}`);
      const way = ways[index % ways.length] ?? ways[0];
      const share = shares.from + ((shares.to - shares.from) * index) / (kills - 1);
      const restart = () => place.serve(way);
      const killed = await killWithin(
        place,
        { ids, urls, type },
        { service, events, share, restart, signal },
      );
      service = killed.service;
      done.push({ way, share, outcome: killed.outcome });
    }
    return [summary(done), single(done)];
  });
}

function summary(done: readonly Kill[]): Section {
  const lines = ways.map((way): Line => {
    const outcomes = done.filter((kill) => kill.way === way).map(({ outcome }) => outcome);
    const sum = (of: (outcome: KillOutcome) => number) => outcomes.reduce((all, one) => all + of(one), 0);
    const beyond = sum(({ doubles, inFlight }) => Math.max(0, doubles - inFlight));
    const most = Math.max(...outcomes.map(({ inFlight }) => inFlight));
    const places = subscriptions * limits.concurrency;
    const goesOn = median(outcomes.map(({ firstMs }) => firstMs));
    const allGoOn = median(outcomes.map(({ lastMs }) => lastMs));
    return {
      label: `${outcomes.length} kills, ${way.label}`,
      figures: [
        { name: "lost", value: sum(({ lost }) => lost), unit: "count", atMost: 0 },
        { name: "in flight", value: sum(({ inFlight }) => inFlight), unit: "count" },
        { name: "the most", value: most, unit: "count", atMost: places },
        { name: "doubles", value: sum(({ doubles }) => doubles), unit: "count" },
        { name: "beyond in flight", value: beyond, unit: "count", atMost: 0 },
        { name: "goes on", value: goesOn, unit: "milliseconds" },
        { name: "all go on", value: allGoOn, unit: "milliseconds" },
      ],
    };
  });
  return {
    title: `Kills: SIGKILL within ${inWords(all)} deliveries to ${subscriptions} subscriptions, and a new start`,
    notes: [
      "In flight: received, but not recorded as delivered when the process was dead. Doubles: received once more.",
      "Goes on: medians from the kill to the first request of the new process, and until each endpoint had one.",
      "The only owner of a Redis frees what the dead process held. With a shared one, locks have to run out.",
    ],
    lines,
  };
}

function single(done: readonly Kill[]): Section {
  return {
    title: "Each kill",
    notes: ["Between the kill and the new start it is looked up what was recorded."],
    lines: done.map(({ way, share, outcome }, index) => ({
      label: `${index + 1}, ${way.label}, at ${Math.round(share * 100)} %`,
      figures: [
        { name: "received", value: outcome.received, unit: "count" },
        { name: "in flight", value: outcome.inFlight, unit: "count" },
        { name: "doubles", value: outcome.doubles, unit: "count" },
        { name: "lost", value: outcome.lost, unit: "count" },
        { name: "new start", value: outcome.startMs, unit: "milliseconds" },
        { name: "goes on", value: outcome.firstMs, unit: "milliseconds" },
        { name: "all go on", value: outcome.lastMs, unit: "milliseconds" },
      ],
    })),
  };
}
