import { setTimeout as delay } from "node:timers/promises";
import { mailbox, shared } from "../../src/store/keys.js";
import type { Line, Section, Surroundings } from "../support/benchmark.js";
import { atDelivery, awaitReceipts, awaitRecorded } from "../support/delivery-place.js";
import { bodyBytes } from "../support/padded-event.js";
import { eachOf, redisWorkDuring } from "./work.js";

const subscriptions = 100;
const events = 200;
/** That nobody wants. */
const unwanted = 10_000;
const limits = { perSecond: 1_000, concurrency: 10 };
const types = { wanted: "favorite.added", unwanted: "photo.starred" };
/** What a write leaves behind in buffers is given back by then, ms. */
const settleMs = 1_500;

/** What an event and a delivery ask of Redis, and what it keeps of them: before, and once they are delivered. */
export async function deliveryCosts({ signal, say }: Surroundings): Promise<Section> {
  return atDelivery(signal, async (place) => {
    const { redis, sink, teller, account } = place;
    await place.serve({ roles: ["fan-out", "clock"] });
    const urls = await sink.open({ receivers: subscriptions, ports: 20, manner: "plain" });
    const ids = await teller.subscribe({ account, type: types.wanted, urls, ...limits });
    const all = subscriptions * events;
    let logged = 0;
    const state = async (type: string, count: number) => {
      await teller.state({ account, type, count });
      logged += count;
      // The log is written when all mailboxes have theirs.
      await redis.awaitLength(shared.log, logged, signal);
    };
    const deliverAll = async () => {
      await place.serve({ roles: ["deliver"] });
      await awaitReceipts(place, all, signal);
      // The last of them are recorded; to look whether all are would be counted, too.
      await delay(settleMs, null, { signal });
    };
    say("Costs: warming up");
    await state(types.unwanted, 100);

    const lines: Line[] = [];
    const measure = async (label: string, count: number, work: () => Promise<unknown>) => {
      say(`Costs: ${label}`);
      await delay(settleMs, null, { signal });
      const before = await redis.usedMemory();
      const asked = await redisWorkDuring(redis, work);
      await delay(settleMs, null, { signal });
      const kept = ((await redis.usedMemory()) - before) / count;
      lines.push({ label, figures: [...eachOf(asked, count), { name: "kept", value: kept, unit: "bytes" }] });
    };
    const ofLog = () => redis.memoryOf([shared.log, shared.logIds, shared.logCards, `${shared.logCards}:1`]);
    const logBefore = await ofLog();
    await measure("an event that nobody wants", unwanted, () => state(types.unwanted, unwanted));
    const inLog = ((await ofLog()) - logBefore) / unwanted;
    lines.push({
      label: "  of that, the log of all events",
      figures: [{ name: "kept", value: inLog, unit: "bytes" }],
    });
    await measure("a delivery, put into its mailbox", all, async () => {
      await state(types.wanted, events);
      await redis.awaitMembers(ids.map(mailbox.due), events, signal);
    });
    await measure("a delivery, sent and recorded", all, deliverAll);
    await awaitRecorded(place, { subscriptions: ids, newest: events }, signal);
    return {
      title: "An event and a delivery",
      notes: [
        `Events of ${bodyBytes} bytes; ${all.toLocaleString("en")} deliveries to ${subscriptions} subscriptions. The clock's ticks and the start of the process that delivers are in it.`,
        "Kept: what Redis holds more than before. Sent and recorded: beyond what it holds of one that waits.",
        `In its mailbox: one event in ${subscriptions} deliveries is in it. An event that nobody wants: stated, looked at, logged.`,
      ],
      lines,
    };
  });
}
