import { contentHashOf, newDigests } from "../../src/domain/buckets.js";
import { sourceId } from "../../src/domain/ids.js";
import { newSource, type SourceState } from "../../src/domain/source.js";
import { createChooser } from "../../src/pipeline/choose.js";
import { account as keys } from "../../src/store/keys.js";
import { writeFields } from "../../src/store/source-text.js";
import type { Store } from "../../src/store/store.js";
import type { Section, Surroundings } from "../support/benchmark.js";
import { paddedEvent } from "../support/padded-event.js";
import { addAccounts, type ScalePlace } from "./place.js";
import { createTable } from "./table.js";

const inWords = (count: number) => count.toLocaleString("en");
const atOnce = 1_000;
const dayMs = 86_400_000;
const emptyHash = contentHashOf(newDigests(1));
const minutes = 60_000;
let written = 0;

/** A source as thousands of good polls left it: empty, or with a few records, and polled within the last hours. */
function stateOf(account: string, number: number, now: number): SourceState {
  const scope = { id: `${90_000_000 + number}`, name: `Smith Wedding ${number}` };
  const id = sourceId(account, "favorites", scope.id);
  const polledAt = now - (number % 360) * minutes;
  const at = new Date(polledAt).toISOString();
  return {
    ...newSource({ id, account, resource: "favorites", scope }, false),
    status: "active",
    baselined: true,
    lastPolledAt: at,
    fullAt: at,
    completeAt: at,
    contentHash: emptyHash,
    appointed: false,
    bornAt: now - (number % 900) * dayMs,
    activity: { visits: number % 3, expected: 1.5, lately: 0.2, at: polledAt, actedAt: null },
  };
}

/** Writes them as the store has them: a million by its own script, one after the other, would take too long. */
async function addSources(
  { client }: ScalePlace,
  account: string,
  from: number,
  count: number,
): Promise<void> {
  const now = Date.now();
  for (let first = from; first < from + count; first += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, from + count - first) }, (_none, index) =>
      stateOf(account, first + index, now),
    );
    const rows = some.flatMap((state) => [state.id, `9 1 1 ${writeFields(state)}`]);
    await client
      .pipeline()
      .hset(keys.sources(account), ...rows)
      .zadd(keys.polled(account), ...some.flatMap(({ id }, index) => [String(first + index), id]))
      .exec();
    written += some.length;
  }
}

/** One after the other, what polls do beside reading: begin a slice, choose, commit. */
async function measureSteps(
  { table, size, place }: { table: ReturnType<typeof createTable>; size: number; place: ScalePlace },
  account: string,
): Promise<void> {
  const { store, parts } = place;
  const known = await store.accounts.get(account);
  const fence = await store.accounts.takeFence(account);
  if (!known || fence === null) throw new Error(`There is no account ${account}`);
  const many = (await store.sources.list(account)).length;
  await table.step("a slice begins: all that is known is read", size, many > 5_000 ? 5 : 20, () =>
    createChooser(known, fence, parts),
  );
  const chooser = await createChooser(known, fence, parts);
  await table.step("choose what is polled next", size, 100, () => chooser.pick());
  const chosen = (await store.sources.list(account)).slice(0, 100);
  const ticket = await store.accounts.takeTicket(account);
  const commit = async (state: SourceState, events: number) => {
    const found = await store.sources.get(account, state.id);
    if (!found) throw new Error(`There is no source ${state.id}`);
    const outcome = await store.sources.commit({
      source: { ...found.state, lastPolledAt: new Date().toISOString() },
      fence,
      version: found.version,
      buckets: [],
      events: Array.from({ length: events }, () => paddedEvent(account, "favorite.added", `${written++}`)),
      nextPollAt: Date.now() + dayMs,
      finished: { ticket, changed: events > 0 },
      switchStaged: false,
      hold: null,
    });
    if (outcome !== "committed") throw new Error(`A commit was ${outcome}`);
  };
  const one = (index: number) => chosen[index % chosen.length] as SourceState;
  await table.step("a poll that found nothing is committed", size, 500, (index) => commit(one(index), 0));
  await table.step("one that found an event", size, 500, (index) => commit(one(index), 1));
}

/** One account that has more and more sources. */
export async function oneWithMany(place: ScalePlace, { say }: Surroundings): Promise<Section> {
  const sizes = [100, 1_000, 10_000] as const;
  const table = createTable(place, sizes);
  const account = await accountIn(place.store);
  let have = 0;
  for (const size of sizes) {
    say(`Scale: an account with ${inWords(size)} sources`);
    const before = await place.redis.usedMemory();
    await addSources(place, account, have, size - have);
    const bytes = ((await place.redis.usedMemory()) - before) / (size - have);
    have = size;
    table.note("Redis, a source", size, bytes, "bytes");
    await measureSteps({ table, size, place }, account);
    const path = `/v1/accounts/${account}/sources?limit=50`;
    await table.page("GET …/sources, 50 on a page", size, 20, path);
  }
  return table.section("Sources of one account", [
    "Processor time of one step, of the process that makes it and of Redis. Empty lists with a baseline, written straight.",
    "A slice lasts fifteen seconds, or as long as the budget gives requests: what begins it is shared by all of its polls.",
  ]);
}

/** More and more accounts with a thousand sources each. */
export async function manySources(place: ScalePlace, { signal, say }: Surroundings): Promise<Section> {
  const each = 1_000;
  const sizes = [10_000, 100_000, 1_000_000] as const;
  const table = createTable(place, sizes);
  const accounts: string[] = [];
  for (const size of sizes) {
    say(`Scale: ${inWords(size)} sources`);
    const added = await addAccounts(place.store, size / each - accounts.length);
    const before = await place.redis.usedMemory();
    for (const account of added) {
      signal.throwIfAborted();
      await addSources(place, account, 0, each);
    }
    const bytes = ((await place.redis.usedMemory()) - before) / (added.length * each);
    accounts.push(...added);
    table.note("Redis, a source", size, bytes, "bytes");
    await measureSteps({ table, size, place }, accounts[accounts.length >> 1] ?? "");
  }
  return table.section("Sources over all accounts", [
    `${inWords(each)} in each account. Rows are written as the store has them, a thousand at a time: by polls it would take hours.`,
  ]);
}

async function accountIn(store: Store): Promise<string> {
  const [account = ""] = await addAccounts(store, 1);
  return account;
}
