import { describe, expect, test } from "vitest";
import { thawEvent } from "../../src/domain/event.js";
import type { JsonObject } from "../../src/domain/json.js";
import { Killed } from "../support/machine.js";
import { killedAtCommit, listing, many, type Scripted, scan } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;

useScripted((opened) => {
  studio = opened;
  studio.answer("collections", scan(["other lists are well"]));
});

const invoice = (number: number, more: JsonObject = {}): JsonObject => ({
  id: `in_${number}`,
  invoice_number: `INV-${number}`,
  status: "draft",
  amount: 100 * number,
  currency: "GBP",
  client: { id: number, email: `client${number}@example.com` },
  ...more,
});
const invoices = (count: number, more: (number: number) => JsonObject = () => ({})) =>
  Array.from({ length: count }, (_, i) => invoice(i + 1, more(i + 1)));

const state = async () => (await studio.store.sources.get(studio.account, studio.source()))?.state;
const says = (rows: readonly JsonObject[], complete = true) =>
  studio.answer("invoices", listing(rows, complete));
async function told() {
  const events = await studio.store.events.after(studio.account, "0", 10_000);
  return events.map(({ body }) => thawEvent(body));
}
const types = async () => (await told()).map(({ type }) => type);
async function polls(count: number) {
  for (let i = 0; i < count; i++) await studio.poll();
}

describe("a field that changes by itself", () => {
  test("in most records while nothing else does is set aside, and told once as a changed shape", async () => {
    for (let round = 0; round < 6; round++) {
      says(invoices(8, (number) => ({ due_date: `2026-12-0${((round + number) % 9) + 1}` })));
      await studio.poll();
    }
    const [only, ...others] = await told();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ type: "source.shape_changed", data: { object: { resource: "invoices" } } });
    expect(only?.data.object.reason).toContain("dueDate changed in 8 records at once");
    expect((await state())?.aside.paths).toEqual(["dueDate"]);
  });

  test("hides nothing else: what changes besides is told, with the value that the field has now", async () => {
    const moving = (round: number, paid: boolean) =>
      invoices(8, (number) => ({
        due_date: `2026-12-0${round}`,
        ...(paid && number === 3 ? { status: "paid" } : {}),
      }));
    for (const round of [1, 2, 3]) {
      says(moving(round, false));
      await studio.poll();
    }
    says(moving(4, true));
    await studio.poll();
    const events = await told();
    expect(events.map(({ type }) => type)).toEqual(["source.shape_changed", "invoice.paid"]);
    expect(events[1]?.data).toMatchObject({
      previous: { status: "draft" },
      object: { number: "INV-3", dueDate: "2026-12-04" },
    });
  });

  test("in the very poll in which something else happens, too, loses nothing", async () => {
    says(invoices(8));
    await studio.poll();
    says(
      invoices(8, (number) => ({
        due_date: "2026-12-01",
        ...(number === 2 ? { status: "paid" } : {}),
      })).concat(invoice(9)),
    );
    await polls(2);
    expect(await types()).toEqual(["source.shape_changed", "invoice.paid", "invoice.created"]);
  });

  test("and then holds still is compared again, without a word about what it became meanwhile", async () => {
    says(invoices(8));
    await studio.poll();
    says(invoices(8, () => ({ due_date: "2026-12-01" })));
    await polls(8);
    expect((await state())?.aside.paths).toEqual([]);
    expect(await types()).toEqual(["source.shape_changed"]);
    says(invoices(8, (number) => ({ due_date: number === 4 ? "2027-01-01" : "2026-12-01" })));
    await polls(2);
    const last = (await told()).at(-1);
    expect(last).toMatchObject({
      type: "invoice.updated",
      data: { object: { number: "INV-4" }, previous: { dueDate: "2026-12-01" } },
    });
  });

  test("is no status: that all invoices are paid at once is told of each", async () => {
    says(invoices(8));
    await studio.poll();
    says(invoices(8, () => ({ status: "paid" })));
    await polls(2);
    expect(await types()).toEqual(Array.from({ length: 8 }, () => "invoice.paid"));
  });

  test("in a few records only is a change like any other", async () => {
    says(invoices(8));
    await studio.poll();
    says(invoices(8, (number) => (number <= 4 ? { due_date: "2026-12-01" } : {})));
    await polls(2);
    expect(await types()).toEqual(Array.from({ length: 4 }, () => "invoice.updated"));
  });

  test("deep in a record is set aside alone: the rest of what it stands in is compared", async () => {
    for (const round of [1, 2, 3]) {
      says(invoices(8, (number) => ({ client: { id: number, name: `seen ${round} minutes ago` } })));
      await studio.poll();
    }
    expect((await state())?.aside.paths).toEqual(["client.name"]);
    says(
      invoices(8, (number) => ({ client: { id: number === 5 ? 99 : number, name: "seen 4 minutes ago" } })),
    );
    await polls(2);
    expect(await types()).toEqual(["source.shape_changed", "invoice.updated"]);
  });
});

test("a field that comes and goes with all that is in it is set aside whole", async () => {
  for (let round = 0; round < 8; round++) {
    says(invoices(8, () => ({ client: round % 2 === 0 ? null : { email: "jane@example.com" } })));
    await studio.poll();
  }
  expect(await types()).toEqual(["source.shape_changed"]);
});

test("an e-mail address in another case is the same", async () => {
  says(invoices(3));
  await studio.poll();
  says(invoices(3, (number) => ({ client: { id: number, email: `CLIENT${number}@Example.com` } })));
  await polls(2);
  expect(await types()).toEqual([]);
});

test("what is left of a flood that was cut off stays held when a field is set aside before it is found", async () => {
  await studio.store.accounts.update(studio.account, (now) => ({ ...now, floodThreshold: 200 }));
  says(invoices(10, () => ({ due_date: "2026-12-01" })));
  await studio.poll();
  const many = (amount: number) => invoices(610, () => ({ due_date: `2026-12-0${amount}` }));
  says(many(1));
  const { machine, account, store } = studio;
  studio.clock.offset += 6_000;
  const dying = machine.run("poll", account, { store: killedAtCommit(store, 3) });
  await expect(dying).rejects.toThrow(Killed);
  says(many(2));
  await polls(4);
  const stated = await types();
  expect(stated.filter((type) => type === "flood.held")).toHaveLength(1);
  expect(stated.filter((type) => type === "source.shape_changed")).toHaveLength(1);
  const events = await store.events.after(account, "0", 10_000);
  const loose = events.filter(({ type, hold }) => type === "invoice.created" && hold === undefined);
  expect(loose).toEqual([]);
  expect(stated.filter((type) => type === "invoice.created")).toHaveLength(600);
});

describe("rows that were known by their ids", () => {
  test("and lose them are not taken for others: the source fails, then knows them by what they are about", async () => {
    says(invoices(6));
    await studio.poll();
    const nameless = invoices(6, (number) => ({ id: null, ...(number === 2 ? { status: "paid" } : {}) }));
    says([...nameless, invoice(7, { id: null })]);
    await studio.poll();
    expect(await types()).toEqual([]);
    expect((await state())?.reason).toContain("most have none any more");
    for (let i = 0; i < 6; i++) await studio.poll(120_000);
    const events = await told();
    expect(events.map(({ type }) => type).sort()).toEqual(
      ["invoice.created", "invoice.paid", "source.shape_changed"].sort(),
    );
    expect((await state())?.identity).toEqual({ by: "natural", version: 2 });
  });

  test("and lose them while one of two about the same thing is missing keep all the others", async () => {
    says([...invoices(6), invoice(7)]);
    await studio.poll();
    says([...invoices(6), invoice(7, { id: "in_again", amount: 1 })]);
    await studio.poll();
    const nameless = [...invoices(6, () => ({ id: null })), invoice(7, { id: null, amount: 1 })];
    says(nameless);
    for (let i = 0; i < 6; i++) await studio.poll(120_000);
    expect(await types()).toEqual(["invoice.created", "source.shape_changed"]);
    expect(await state()).toMatchObject({ identity: { by: "natural" }, records: 7 });
  });

  test("and get others at each reading are told as neither removed nor created, and known otherwise then", async () => {
    for (let round = 0; round < 6; round++) {
      says(invoices(3, (number) => ({ id: `tmp_${round}_${number}` })));
      await studio.poll();
    }
    expect(await types()).toEqual(["source.shape_changed"]);
    expect((await state())?.identity?.by).toBe("natural");
    says(invoices(3, (number) => ({ id: `tmp_9_${number}`, ...(number === 1 ? { status: "paid" } : {}) })));
    await polls(2);
    expect(await types()).toEqual(["source.shape_changed", "invoice.paid"]);
  });

  test("and get others once really are others", async () => {
    says(invoices(3));
    await studio.poll();
    says(invoices(3, (number) => ({ id: `again_${number}` })));
    await polls(5);
    expect((await types()).sort()).toEqual([
      ...Array.from({ length: 3 }, () => "invoice.created"),
      ...Array.from({ length: 3 }, () => "invoice.removed"),
    ]);
  });

  test("one id for two things is no id", async () => {
    says(invoices(4));
    await studio.poll();
    says([...invoices(4), invoice(5, { id: "in_1" })]);
    for (let i = 0; i < 6; i++) await studio.poll(120_000);
    expect((await types()).sort()).toEqual(["invoice.created", "source.shape_changed"]);
  });

  test("a single row that has none is set aside and counted, and nothing is removed for it", async () => {
    says(invoices(4));
    await studio.poll();
    says([...invoices(3), invoice(4, { id: null })]);
    await polls(4);
    expect(await types()).toEqual([]);
    expect(await state()).toMatchObject({ unreadable: 1, records: 4 });
  });
});

describe("rows that never had ids", () => {
  const nameless = (count: number, more?: (number: number) => JsonObject) =>
    invoices(count, (number) => ({ id: null, ...more?.(number) }));

  test("are known by what they are about, and changes and removals of them are told", async () => {
    says(nameless(6));
    await studio.poll();
    says(nameless(6, (number) => (number === 2 ? { status: "paid" } : {})));
    await studio.poll();
    says(nameless(5, (number) => (number === 2 ? { status: "paid" } : {})));
    await polls(3);
    expect(await types()).toEqual(["invoice.paid", "invoice.removed"]);
  });

  test("and get some are the same rows still", async () => {
    says(nameless(6));
    await studio.poll();
    says(invoices(6));
    await polls(3);
    expect(await types()).toEqual([]);
    expect((await state())?.identity).toEqual({ by: "natural", version: 1 });
  });

  test("and come to be several about the same thing are told apart by number then, and none is lost", async () => {
    says([invoice(1, { id: null, amount: 1 }), invoice(2, { id: null })]);
    await studio.poll();
    says([
      invoice(1, { id: null, amount: 1 }),
      invoice(1, { id: null, amount: 2 }),
      invoice(2, { id: null }),
    ]);
    for (let i = 0; i < 6; i++) await studio.poll(120_000);
    expect(await types()).toEqual(["source.shape_changed", "invoice.created"]);
    expect((await state())?.identity?.by).toBe("occurrence");
  });

  test("and are alike in what they are about are told when they are new, and in no other way", async () => {
    const alike = (amounts: readonly number[]) => amounts.map((amount) => invoice(1, { id: null, amount }));
    says(alike([1, 2, 3]));
    await studio.poll();
    says(alike([3, 1, 2]));
    await studio.poll();
    says(alike([1, 2, 3, 4]));
    await studio.poll();
    says(alike([1, 2]));
    await polls(4);
    expect(await types()).toEqual(["invoice.created"]);
  });
});

describe("a list that shrinks by more than a fifth", () => {
  test("is believed when another list is seen to be well, and not before", async () => {
    studio.answer("invoices", scan(many(10)));
    await studio.poll();
    studio.answer("collections", { kind: "transient", reason: "503", afterMs: null });
    studio.answer("invoices", scan(many(7)));
    await polls(5);
    expect(await studio.stated()).not.toContain("invoice.removed r9");
    expect((await state())?.doubted).toBe(3);
    studio.answer("collections", scan(["other lists are well"]));
    await polls(30);
    expect((await studio.stated()).filter((line) => line.startsWith("invoice.removed"))).toHaveLength(3);
  });

  test("together with all the others is an upstream that is not well", async () => {
    studio.answer("invoices", scan(many(10)));
    await studio.poll();
    studio.answer("collections", scan([]));
    studio.answer("invoices", scan([]));
    await polls(20);
    expect(await studio.stated()).toEqual([]);
    studio.answer("collections", scan(["other lists are well"]));
    studio.answer("invoices", scan(many(10)));
    await polls(3);
    expect(await studio.stated()).toEqual([]);
  });

  test("and is the only list that there is, is believed after an hour", async () => {
    studio.answer("collections", scan([]));
    studio.answer("invoices", scan(many(10)));
    await studio.poll();
    studio.answer("invoices", scan(many(5)));
    await polls(3);
    expect(await studio.stated()).toEqual([]);
    await studio.poll(3_600_000);
    expect(await studio.stated()).toHaveLength(5);
  });

  test("is not vouched for by a list that lacks records itself, whether it can judge that or not", async () => {
    studio.answer("collections", scan(many(20)));
    studio.answer("invoices", scan(many(20)));
    await studio.poll();
    studio.answer("collections", scan(many(2), { complete: false }));
    studio.answer("invoices", scan(many(2)));
    await polls(10);
    expect(await studio.stated()).toEqual([]);
  });

  test("may be what a guest is shown: the session is asked, and told as lost", async () => {
    studio.answer("invoices", scan(many(10)));
    await studio.poll();
    studio.answerProbe({ kind: "expired", reason: "nobody is logged in" });
    studio.answer("collections", scan([]));
    studio.answer("invoices", scan([]));
    for (let i = 0; i < 4; i++) await studio.poll();
    await studio.poll(2 * 3_600_000);
    expect(await studio.stated()).toEqual(["session.expired"]);
  });

  test("by a fifth or less is believed at the second look", async () => {
    studio.answer("collections", scan([]));
    studio.answer("invoices", scan(many(10)));
    await studio.poll();
    studio.answer("invoices", scan(many(8)));
    await polls(2);
    expect(await studio.stated()).toEqual(["invoice.removed r8", "invoice.removed r9"]);
  });
});

test("a record that was missing, and found again, is missed at its next absence as if it had never been away", async () => {
  says(invoices(10));
  await studio.poll();
  for (let round = 0; round < 3; round++) {
    says(invoices(9));
    await studio.poll();
    expect((await state())?.missing).toBe(1);
    says(invoices(10));
    await studio.poll();
    expect((await state())?.missing).toBe(0);
  }
  expect(await types()).toEqual([]);
  says(invoices(9));
  await polls(2);
  expect(await types()).toEqual(["invoice.removed"]);
});
