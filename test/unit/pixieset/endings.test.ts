import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/domain/json.js";
import { rowOf } from "../../../src/pixieset/fields.js";
import type { ReadPage } from "../../../src/pixieset/get-page.js";
import { readList } from "../../../src/pixieset/pages.js";
import { createReadMemory, hashOfText } from "../../../src/pixieset/read-memory.js";
import { listOf } from "./upstream-server.js";

/** What a server does with a page beyond the last. */
const kinds = ["empty", "clamps", "ignores"] as const;
type Kind = (typeof kinds)[number];
type Says = (rows: number, size: number) => Record<string, JsonValue>;

const says: Readonly<Record<string, Says>> = {
  nothing: () => ({}),
  total: (rows, size) => ({ meta: { total: rows, per_page: size } }),
  "a total without per_page": (rows) => ({ meta: { total: rows } }),
  "a total too low": (rows, size) => ({ meta: { total: Math.max(0, rows - 3), per_page: size } }),
  "a total too low without per_page": (rows) => ({ meta: { total: Math.max(0, rows - 3) } }),
  "a total too high": (rows, size) => ({ meta: { total: rows + 37, per_page: size } }),
  "a last page too low": (rows, size) => ({
    meta: { last_page: Math.max(1, Math.ceil(rows / size) - 1), per_page: size },
  }),
};

/** A list behind a server; `stray` answers a page once with an earlier one. */
function serverOf(kind: Kind, size: number, told: Says = () => ({})) {
  const list: number[] = [];
  const memory = createReadMemory<ReadPage>();
  let paging: JsonObject | null = null;
  const slice = (page: number) => {
    if (kind === "ignores") return list;
    const last = Math.max(1, Math.ceil(list.length / size));
    const wanted = kind === "clamps" ? Math.min(page, last) : page;
    return list.slice((wanted - 1) * size, wanted * size);
  };
  return {
    list,
    grow(...ids: number[]) {
      list.push(...ids);
    },
    async poll(stray: { page: number; as: number } | null = null, body?: JsonValue, toTheEnd = false) {
      let asked = 0;
      const scan = listOf(
        await readList({
          async fetch(parameters) {
            asked++;
            const page = Number(parameters.page ?? 1);
            const rows = slice(stray?.page === page ? Math.min(stray.as, page) : page);
            const said = { rows: rows.map((id) => ({ id })), ...told(list.length, size) };
            const whole = () => ({ kind: "ok" as const, body: body ?? said });
            const text = JSON.stringify(body ?? said);
            return { ...whole(), hash: hashOfText(text), text, validators: null, isShort: false, whole };
          },
          now: () => Date.now(),
          from: "Pixieset",
          list: { names: ["rows"], stem: /rows/ },
          read(row) {
            const id =
              typeof row === "object" && row !== null && !Array.isArray(row) ? rowOf(row).id("id") : null;
            if (id === null) return [{ kind: "unreadable", reason: "no id" }];
            return [
              {
                kind: "record",
                id,
                natural: `~${id}`,
                print: "",
                aside: "",
                goodUntil: null,
                record: { fields: {}, client: null, occurredAt: null },
              },
            ];
          },
          memory: memory.of("rows", ""),
          paging,
          identity: null,
          toTheEnd,
          head: null,
          repeats: false,
          maxPages: 50,
        }),
      );
      paging = scan.paging;
      const keys = new Set(scan.records.map(({ key }) => key));
      return {
        complete: scan.complete,
        asked,
        rows: keys.size,
        lacks: list.filter((id) => !keys.has(String(id))),
      };
    },
  };
}

const history = fc.array(
  fc.record({
    add: fc.nat(4),
    atStart: fc.boolean(),
    remove: fc.array(fc.nat(20), { maxLength: 3 }),
    polls: fc.array(
      fc.option(fc.record({ page: fc.integer({ min: 2, max: 6 }), as: fc.integer({ min: 1, max: 5 }) }), {
        freq: 2,
      }),
      { minLength: 1, maxLength: 7 },
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

describe("a complete reading lacks no row that the server has", () => {
  it.each(Object.entries(says))("whatever it says: %s", async (_name, told) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.integer({ min: 1, max: 5 }),
        history,
        async (kind, size, steps) => {
          const server = serverOf(kind, size, told);
          let id = 0;
          for (const { add, atStart, remove, polls } of steps) {
            for (const at of remove) server.list.splice(at, 1);
            const made = Array.from({ length: add }, () => ++id);
            if (atStart) server.list.unshift(...made.toReversed());
            else server.list.push(...made);
            for (const stray of polls) {
              const scan = await server.poll(stray);
              if (scan.complete) expect(scan.lacks).toEqual([]);
            }
          }
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it("and completeness comes back when strange answers end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("empty", "ignores"),
        fc.integer({ min: 1, max: 5 }),
        history,
        async (kind, size, steps) => {
          const server = serverOf(kind, size);
          let id = 0;
          for (const { add, remove, polls } of steps) {
            for (const at of remove) server.list.splice(at, 1);
            server.grow(...Array.from({ length: add }, () => ++id));
            for (const stray of polls) await server.poll(stray);
          }
          server.list.splice(0, 1);
          const seen = [await server.poll(), await server.poll(), await server.poll()];
          expect(seen.filter(({ complete }) => complete).length).toBeGreaterThanOrEqual(2);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a page that is repeated", () => {
  it("once does not make a paged list unpaged", async () => {
    const server = serverOf("empty", 2);
    server.grow(1, 2, 3, 4, 5);
    await server.poll();
    expect(await server.poll({ page: 2, as: 1 })).toMatchObject({ complete: false });
    server.grow(6);
    expect(await server.poll()).toMatchObject({ complete: true, rows: 6 });
  });

  it("for as long as the first page is stuck, by a list that had more, is never its end", async () => {
    for (const kind of ["empty", "clamps"] as const) {
      const server = serverOf(kind, 2);
      server.grow(1, 2, 3, 4, 5);
      for (let poll = 0; poll < 3; poll++) await server.poll();
      const stuck = { rows: [{ id: 1 }, { id: 2 }] };
      for (let poll = 0; poll < 40; poll++) {
        expect(await server.poll(null, stuck)).toMatchObject({ complete: false });
      }
      await server.poll();
      expect(await server.poll()).toMatchObject({ complete: true, rows: 5 });
    }
  });

  it("by a server that clamps does not hide rows that come later", async () => {
    for (const atStart of [false, true]) {
      const server = serverOf("clamps", 3);
      server.grow(1);
      for (let poll = 0; poll < 8; poll++) await server.poll();
      for (let id = 2; id <= 6; id++) {
        if (atStart) server.list.unshift(id);
        else server.grow(id);
        for (let poll = 0; poll < 5; poll++) await server.poll();
      }
      expect(await server.poll()).toMatchObject({ complete: true, rows: 6 });
    }
  });

  it("when its rows cannot be read teaches nothing", async () => {
    for (const rows of [
      [{}, {}],
      [null, null],
    ]) {
      const server = serverOf("empty", 2);
      server.grow(1, 2, 3);
      for (let poll = 0; poll < 3; poll++) {
        expect(await server.poll(null, { rows })).toMatchObject({ complete: false, asked: 2 });
      }
      expect(await server.poll()).toMatchObject({ complete: true, rows: 3 });
    }
  });

  it("ends a list at the second reading, with one more request to be sure, and later without any", async () => {
    const server = serverOf("ignores", 1);
    server.grow(1, 2, 3, 4, 5);
    expect(await server.poll()).toMatchObject({ asked: 2, complete: false });
    expect(await server.poll()).toMatchObject({ asked: 3, complete: true });
    expect(await server.poll()).toMatchObject({ asked: 3, complete: true });
    const asked: number[] = [];
    for (let poll = 0; poll < 8; poll++) asked.push((await server.poll()).asked);
    expect(asked).toEqual([1, 1, 1, 3, 1, 1, 1, 3]);
    // It shrank: looked at more closely at once, and told without delay.
    server.list.pop();
    expect(await server.poll()).toMatchObject({ asked: 3, complete: true, rows: 4 });
    await server.poll();
    // A page that held more before has room left, so nothing can hide behind it.
    asked.length = 0;
    for (let poll = 0; poll < 20; poll++) asked.push((await server.poll()).asked);
    expect(asked).toEqual([...Array.from({ length: 19 }, () => 1), 3]);
  });

  it("is looked for at every reading as long as absence is to be judged", async () => {
    const server = serverOf("ignores", 1);
    server.grow(1, 2, 3);
    for (let poll = 0; poll < 4; poll++) await server.poll();
    server.list.pop();
    for (let poll = 0; poll < 8; poll++)
      expect(await server.poll(null, undefined, true)).toMatchObject({ complete: true });
    expect(await server.poll()).toMatchObject({ asked: 1, complete: false });
  });

  it("after a list changed its ways is believed where no row got lost", async () => {
    const paged = serverOf("empty", 2);
    paged.grow(1, 2, 3, 4, 5);
    await paged.poll();
    const whole = { rows: [1, 2, 3, 4, 5].map((id) => ({ id })) };
    const seen: boolean[] = [];
    for (let poll = 0; poll < 22; poll++) seen.push((await paged.poll(null, whole)).complete);
    expect(seen.slice(0, 20)).not.toContain(true);
    expect(seen.at(-1)).toBe(true);
  });
});

describe("counts", () => {
  it("too low do not end a list at a full page", async () => {
    const server = serverOf("empty", 2, () => ({ meta: { total: 4, per_page: 2 } }));
    server.grow(1, 2, 3, 4, 5, 6, 7);
    for (let poll = 0; poll < 3; poll++)
      expect(await server.poll()).toMatchObject({ lacks: [], complete: true });
  });

  it("of pages too low do not end a list at a full page", async () => {
    for (const name of ["last_page", "total_pages"]) {
      const server = serverOf("empty", 2, () => ({ meta: { [name]: 2, per_page: 2 } }));
      server.grow(1, 2, 3, 4, 5, 6, 7);
      expect(await server.poll()).toMatchObject({ lacks: [] });
    }
  });

  it.each<[string, number, Says, number]>([
    ["a total, and a last page with room", 3, (rows, size) => ({ meta: { total: rows, per_page: size } }), 2],
    ["a total, and a full last page", 4, (rows, size) => ({ meta: { total: rows, per_page: size } }), 3],
    ["a last page with room", 3, () => ({ meta: { last_page: 2 } }), 2],
    ["a lone page that says it is the last", 2, () => ({ meta: { last_page: 1 } }), 1],
    ["no next link", 2, (rows) => ({ meta: { total: rows }, links: { next: null } }), 1],
  ])("that are honest cost at most one request more: %s", async (_name, count, told, requests) => {
    const server = serverOf("empty", 2, told);
    server.grow(...Array.from({ length: count }, (_, index) => index + 1));
    expect(await server.poll()).toMatchObject({ asked: requests, complete: true, lacks: [] });
  });
});
