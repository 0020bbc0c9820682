import { createSecret } from "../../src/channels/sign.js";
import { subscriptionInputSchema } from "../../src/domain/subscription.js";
import { ensureActors, tick } from "../../src/pipeline/clock.js";
import { deliverMailbox } from "../../src/pipeline/deliver.js";
import { fanOut } from "../../src/pipeline/fan-out.js";
import type { Section, Surroundings } from "../support/benchmark.js";
import { paddedEvent } from "../support/padded-event.js";
import { addAccounts, inTurn, type ScalePlace } from "./place.js";
import { createTable } from "./table.js";

const sizes = [1_000, 10_000, 100_000] as const;
const types = { all: "favorite.added", one: "photo.starred", none: "photo.unstarred" };
/** Mailboxes that send at each size. */
const senders = 200;
const hourMs = 3_600_000;
let written = 0;

/** What it costs to find whom an event is for, to put it into mailboxes and to get it out again. */
export async function manySubscriptions(place: ScalePlace, { say }: Surroundings): Promise<Section> {
  const { store, redis, parts, stop } = place;
  const table = createTable(place, sizes);
  const [account = ""] = await addAccounts(store, 1);
  const add = async (type: string) => {
    const channel = { type: "webhook", url: `https://hooks.example.com/${++written}` };
    const input = subscriptionInputSchema.parse({ account: null, events: [type], channel });
    const { digest: _immediate, ...given } = input;
    const secrets = { current: createSecret(), previous: [] };
    return (await store.subscriptions.create({ ...given, digest: null, publicKey: null }, secrets)).id;
  };
  const state = (type: string, count: number) =>
    store.events.append(
      account,
      Array.from({ length: count }, () => paddedEvent(account, type, `${++written}`)),
    );
  await add(types.one);
  const ids: string[] = [];
  for (const size of sizes) {
    say(`Scale: ${size.toLocaleString("en")} subscriptions`);
    const before = await redis.usedMemory();
    const added = await inTurn(size - ids.length, () => add(types.all));
    ids.push(...added);
    table.note("Redis, a subscription", size, ((await redis.usedMemory()) - before) / added.length, "bytes");
    for (const kind of ["deliver", "replay"] as const)
      await store.due.ensure(kind, added, Date.now() + hourMs);
    await table.step("after a change: all are read anew", size, 3, () =>
      place.anotherStore().subscriptions.all(),
    );
    await table.step("without one", size, 200, () => store.subscriptions.all());
    await table.step("an event that nobody wants", size, 20, async () => {
      await state(types.none, 1);
      await fanOut(account, parts, stop);
    });
    const hundred = async () => {
      await state(types.none, 100);
      await fanOut(account, parts, stop);
    };
    await table.step("each of a hundred of them", size, 3, hundred, 100);
    await table.step("an event that one wants", size, 20, async () => {
      await state(types.one, 1);
      await fanOut(account, parts, stop);
    });
    const empty = await redis.usedMemory();
    const puts = 2;
    const toAll = async () => {
      await state(types.all, 1);
      await fanOut(account, parts, stop);
    };
    await table.step("an event that all want, a mailbox", size, puts, toAll, size);
    const kept = ((await redis.usedMemory()) - empty) / (size * puts);
    table.note("Redis, a delivery that waits", size, kept, "bytes");
    await table.step("a mailbox of two is emptied", size, senders, (index) =>
      deliverMailbox(ids[(ids.length - 1 - index * 4) % ids.length] ?? "", parts, stop),
    );
    await table.step("the clock ticks, nobody is late", size, 200, () => tick(parts));
    await table.page("GET /v1/subscriptions, 50 on a page", size, 50, "/v1/subscriptions?limit=50");
    await table.step("a start looks after everyone", size, 2, () => ensureActors(parts));
  }
  return table.section("Subscriptions", [
    "Processor time of one step, of the process that makes it and of Redis; nothing goes over HTTP but the page.",
    "All want the same type of event. Deliveries go to a receiver within the process, which takes them at once.",
    "Subscriptions are kept in memory by each process, and read anew after a change of any of them: that grows with them.",
  ]);
}
