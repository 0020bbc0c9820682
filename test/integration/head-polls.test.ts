import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { thawEvent } from "../../src/domain/event.js";
import { createPaged, type Paged } from "../support/pages.js";
import { startTestRedis, type TestRedis } from "../support/redis.js";

let redis: TestRedis;
let paged: Paged | null = null;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  await paged?.close();
  paged = null;
});
afterAll(() => redis.close());

/** A list of so many pages that is known to be newest-first. */
async function newestFirst(pages: number, options: { saysTotal?: boolean } = {}): Promise<Paged> {
  paged = await createPaged(redis, options);
  paged.grow(pages * 5 - 3);
  await paged.learn();
  return paged;
}

/** What was told since the list was learned. */
async function told({ studio }: Paged) {
  const events = await studio.store.events.after(studio.account, "0", 10_000);
  return events
    .map(({ body }) => thawEvent(body))
    .slice(3)
    .map(({ type, data }) => ({ what: `${type} ${data.object.id ?? ""}`, ...data.detected }));
}
const whats = async (list: Paged) => (await told(list)).map(({ what }) => what);

describe("a list whose order is known", () => {
  test("costs one request as long as nothing changes, and is read as a whole on a slower cycle", async () => {
    const list = await newestFirst(40);
    const costs: number[] = [];
    for (let i = 0; i < 60; i++) costs.push(await list.poll());
    const whole = costs.flatMap((cost, at) => (cost > 1 ? [at] : []));
    expect(whole).toEqual([28, 57]);
    expect(costs[28]).toBe(41);
    expect(await list.state()).toMatchObject({ pages: 41, records: 200, missing: 0 });
    expect(await told(list)).toEqual([]);
  }, 60_000);

  test("is read as a whole at least once in the longest interval", async () => {
    const list = await newestFirst(6);
    expect(await list.poll()).toBe(1);
    expect(await list.poll({ afterMs: 600 * 60_000 })).toBe(7);
  });

  test("tells what is new from its head, and goes on from there", async () => {
    for (const saysTotal of [false, true]) {
      const list = await newestFirst(8, { saysTotal });
      await list.poll();
      const { lastPolledAt } = await list.state();
      list.grow(1);
      expect(await list.poll()).toBe(2);
      expect(await told(list)).toMatchObject([{ what: "invoice.created in_41", notBefore: lastPolledAt }]);
      expect(await list.poll()).toBe(1);
      list.grow(7);
      expect(await list.poll()).toBe(3);
      list.grow(1);
      expect(await list.poll()).toBe(2);
      expect((await told(list)).length).toBe(9);
      expect((await list.state()).records).toBe(49);
      await list.pollWhole();
      await list.pollWhole();
      expect((await told(list)).length).toBe(9);
      expect((await list.state()).order.needed).toBe(3);
      await list.close();
      paged = null;
    }
  }, 60_000);

  test("tells what changed in its head, and since when it can have changed", async () => {
    const list = await newestFirst(8);
    list.change(38, { status: "sent" });
    const { fullAt } = await list.state();
    expect(await list.poll()).toBe(2);
    // The head was not looked at before but in the whole list.
    expect(await told(list)).toMatchObject([{ what: "invoice.sent in_38", notBefore: fullAt }]);
    await list.poll();
    const { lastPolledAt } = await list.state();
    list.change(38, { status: "paid" });
    await list.poll();
    expect((await told(list))[1]).toMatchObject({ what: "invoice.paid in_38", notBefore: lastPolledAt });
    expect((await list.state()).fullAt).toBe(fullAt);
  });

  test("tells what changed below by the next full scan, since the last one", async () => {
    const list = await newestFirst(40);
    await list.poll();
    const { fullAt } = await list.state();
    list.change(100, { status: "sent" });
    const heads = await list.pollWhole();
    expect(heads).toBeGreaterThan(5);
    expect(await told(list)).toMatchObject([{ what: "invoice.sent in_100", notBefore: fullAt }]);
  }, 60_000);

  test("is read as a whole when somebody asks for a poll", async () => {
    const list = await newestFirst(8);
    expect(await list.poll()).toBe(1);
    list.change(7, { status: "sent" });
    const { store, account, machine } = list.studio;
    await machine.accounts.requestPoll(account);
    expect(await list.poll()).toBeGreaterThan(8);
    expect(await whats(list)).toEqual(["invoice.sent in_7"]);
    expect((await store.sources.get(account, list.studio.source()))?.state.missing).toBe(0);
  });

  test("never tells a removal from the head, and tells it after two full scans", async () => {
    const list = await newestFirst(12);
    await list.poll();
    const { completeAt } = await list.state();
    list.remove(20);
    const heads = await list.pollWhole();
    expect(heads).toBeGreaterThan(2);
    expect(await told(list)).toEqual([]);
    expect((await list.state()).missing).toBe(1);
    expect(await list.poll()).toBeGreaterThan(10);
    expect(await told(list)).toMatchObject([{ what: "invoice.removed in_20", notBefore: completeAt }]);
    expect((await list.state()).records).toBe(59);
    expect(await list.poll()).toBe(1);
  }, 60_000);

  test("is read on at once where something of its head is gone", async () => {
    const list = await newestFirst(8);
    await list.poll();
    list.remove(39);
    expect(await list.poll()).toBeGreaterThan(6);
    await list.poll();
    expect(await whats(list)).toEqual(["invoice.removed in_39"]);
  });

  test("is read on where a total says that something is gone, or was added elsewhere", async () => {
    const list = await newestFirst(8, { saysTotal: true });
    await list.poll();
    list.remove(3);
    expect(await list.poll()).toBeGreaterThan(6);
    await list.poll();
    list.list.splice(20, 0, list.row(77));
    expect(await list.poll()).toBeGreaterThan(6);
    expect(await whats(list)).toEqual(["invoice.removed in_3", "invoice.created in_77"]);
  });

  test("goes back to full scans when its order turns", async () => {
    const list = await newestFirst(8);
    await list.poll();
    list.list.push(list.row(900));
    const { fullAt } = await list.state();
    await list.pollWhole();
    expect(await told(list)).toMatchObject([{ what: "invoice.created in_900", notBefore: fullAt }]);
    expect((await list.state()).order).toMatchObject({ agreed: 0, needed: 6 });
    for (let i = 0; i < 5; i++) {
      list.list.unshift(list.row(901 + i));
      expect(await list.poll()).toBeGreaterThan(8);
    }
    list.list.unshift(list.row(910));
    await list.poll();
    expect(await list.poll()).toBe(1);
  }, 60_000);

  test("is read as a whole by a process that begins anew", async () => {
    const list = await newestFirst(8);
    expect(await list.poll()).toBe(1);
    list.restart();
    expect(await list.poll()).toBe(9);
    expect(await list.poll()).toBe(1);
    expect(await told(list)).toEqual([]);
  });

  test("is read as a whole by a process that remembers something else than what is committed", async () => {
    const list = await newestFirst(8);
    await list.poll({ process: 1 });
    expect(await list.poll({ process: 1 })).toBe(1);
    list.grow(1);
    list.change(5, { status: "sent" });
    expect(await list.poll({ process: 0 })).toBe(2);
    expect(await list.poll({ process: 1 })).toBe(9);
    list.grow(1);
    expect(await list.poll({ process: 0 })).toBe(9);
    list.change(42, { amount: 7 });
    expect(await list.poll({ process: 1 })).toBe(9);
    expect(await list.poll({ process: 0 })).toBe(9);
    expect(await whats(list)).toEqual([
      "invoice.created in_41",
      "invoice.sent in_5",
      "invoice.created in_42",
      "invoice.updated in_42",
    ]);
    expect(await list.poll({ process: 0 })).toBe(1);
  }, 60_000);

  test("a field that changes in all records is no news of those in the head", async () => {
    const list = await newestFirst(8);
    await list.poll();
    for (const [at, each] of list.list.entries()) list.list[at] = { ...each, due_date: "2027-01-01" };
    expect(await list.poll()).toBe(9);
    expect(await whats(list)).toEqual(["source.shape_changed "]);
    expect(await list.poll()).toBe(9);
  });

  test("rows that come under other ids are no news of the head", async () => {
    const list = await newestFirst(8);
    await list.poll();
    for (let at = 0; at < 4; at++) list.list[at] = { ...list.list[at], id: `again_${at}` };
    expect(await list.poll()).toBe(9);
  });

  test("that loses its session at the head loses nothing else", async () => {
    const list = await newestFirst(8);
    list.answer(() => ({ status: 401, body: { error: "Unauthorized", message: "Please log in" } }));
    await list.poll();
    expect(await whats(list)).toEqual(["session.expired "]);
    expect((await list.state()).records).toBe(40);
  });

  test("that is shown empty, or as one row, at its head tells nothing of it", async () => {
    const list = await newestFirst(8);
    const bodies = [{ data: [] }, { data: [], meta: { current_page: 1, last_page: 1 } }];
    for (const body of bodies) {
      list.answer(() => ({ body }));
      await list.poll();
      list.answer((_seen, honest) => honest);
      expect(await list.poll()).toBe(9);
      expect(await list.poll()).toBe(1);
    }
    expect(await told(list)).toEqual([]);
  });

  test("whose rows shift while its head is read has nothing invented of it", async () => {
    const list = await newestFirst(8);
    await list.poll();
    list.grow(2);
    let asked = 0;
    list.answer((_seen, honest) => {
      if (asked++ === 0) list.grow(3);
      return honest;
    });
    await list.poll();
    list.answer((_seen, honest) => honest);
    await list.pollWhole();
    const created = [41, 42, 43, 44, 45].map((number) => `invoice.created in_${number}`);
    expect((await whats(list)).sort()).toEqual(created);
  });
});

test("a list that is not newest-first is never read by its head", async () => {
  for (const place of [(length: number) => length, (length: number) => (length * 7) % 13]) {
    paged = await createPaged(redis);
    paged.grow(30);
    await paged.poll();
    for (let i = 0; i < 12; i++) {
      paged.list.splice(place(paged.list.length), 0, paged.row(100 + i));
      await paged.poll();
      expect(await paged.poll()).toBeGreaterThan(5);
    }
    expect((await whats(paged)).length).toBe(9);
    await paged.close();
    paged = null;
  }
}, 60_000);
