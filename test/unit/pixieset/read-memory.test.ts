import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addTo, newDigests } from "../../../src/domain/buckets.js";
import type { Scan } from "../../../src/domain/upstream.js";
import { digestScan } from "../../../src/pipeline/digest.js";
import { conclude } from "../../../src/pixieset/conclusion.js";
import { type KnownPage, pageOfParts, partOf } from "../../../src/pixieset/page.js";
import { createReadMemory } from "../../../src/pixieset/read-memory.js";
import { createUpstreamMemory, type UpstreamMemory } from "../../../src/pixieset/session.js";
import { firstLook } from "../../support/readings.js";
import { listOf, openGate, startUpstream } from "./upstream-server.js";

const source = { id: "src_1", account: "acc_1", resource: "invoices", scope: null } as const;

interface Row {
  readonly id: number;
  readonly status: string;
  readonly note: string;
}

/** Texts that hold what stands between two rows, in every spelling that JSON has for it. */
const notes = fc.constantFrom(
  "",
  "plain",
  "},{",
  '"},{"',
  "a/b \u00e9 \u{1f4f7}",
  "[{",
  '\\"},{\\"id\\":7',
  "},{},{",
);
const rows = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 40 }),
    status: fc.constantFrom("draft", "sent", "paid"),
    note: notes,
  }),
  { selector: ({ id }) => id, maxLength: 24 },
);
type Spelling = (value: unknown) => string;
const spellings: Readonly<Record<string, Spelling>> = {
  plain: (value) => JSON.stringify(value),
  "as PHP writes it": (value) =>
    JSON.stringify(value)
      .replaceAll("/", "\\/")
      .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  pretty: (value) => JSON.stringify(value, null, 2),
};

function answer(list: readonly Row[], page: number, size: number, more: object, shift: number) {
  const from = Math.max(0, (page - 1) * size - shift);
  const data = list.slice(from, from + size).map(({ note, ...row }) => ({
    ...row,
    invoice_number: `INV ${note}`,
    client: { id: row.id % 3, name: note },
    lines: Array.isArray(more) && row.id % 2 === 0 ? more : [],
    amount: 100,
  }));
  const meta = {
    current_page: page,
    last_page: Math.max(1, Math.ceil(list.length / size)),
    total: list.length,
  };
  return { folders: Array.isArray(more) ? more : [{ id: 1 }], data, meta };
}

/** What a scan says, without what only tells how it was read. */
function said(scan: Scan) {
  const records = scan.records.map(({ key, id, natural, print }) => ({ key, id, natural, print }));
  return {
    records: records.sort((a, b) => (a.key < b.key ? -1 : 1)),
    complete: scan.complete,
    identity: scan.identity,
    unreadable: scan.unreadable,
    pages: scan.pages,
  };
}

describe("a reading that remembers the last one", () => {
  it.each(Object.keys(spellings))(
    "says what one without memory says, whatever happened between: %s",
    async (name) => {
      const spell = spellings[name] ?? JSON.stringify;
      let list: readonly Row[] = [];
      let more: object = [];
      let size = 5;
      // Pages that moved while they were read: a row stands on two.
      let shift = 0;
      const server = await startUpstream(({ query }) => ({
        body: spell(answer(list, Number(query.get("page") ?? 1), size, more, shift)),
      }));
      const read = async (memory: UpstreamMemory, fresh: boolean) =>
        listOf(
          await server.withMemory(memory).read(source, { ...firstLook(), identity: "id", fresh }, openGate()),
        );
      try {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.tuple(rows, fc.constantFrom([], [{ a: 1 }, { b: 2 }], {})), {
              minLength: 2,
              maxLength: 6,
            }),
            fc.integer({ min: 2, max: 9 }),
            async (lists, rowsOnAPage) => {
              const memory = createUpstreamMemory();
              size = rowsOnAPage;
              for (const [index, [next, extra]] of lists.entries()) {
                // Mostly what was there, moved a little: that is what memory is for.
                const ids = new Set(next.map(({ id }) => id));
                list =
                  index % 2 === 0 ? next : [...next.slice(0, 2), ...list.filter(({ id }) => !ids.has(id))];
                more = extra;
                shift = next.length % 3 === 0 ? 1 : 0;
                const remembered = await read(memory, false);
                const anew = await read(createUpstreamMemory(), true);
                expect(said(remembered)).toEqual(said(anew));
                const [amended, whole] = [await digestScan(remembered, 4), await digestScan(anew, 4)];
                expect(amended.contentHash).toBe(whole.contentHash);
                expect(await read(memory, false)).toMatchObject({ content: remembered.content });
              }
            },
          ),
          { numRuns: 120 },
        );
      } finally {
        await server.stop();
      }
    },
    60_000,
  );

  it("knows nothing of rows that come to something else as time goes by", async () => {
    let expires = new Date(Date.now() + 400).toISOString();
    const server = await startUpstream(() => ({
      body: { data: [{ id: 1, url: "https://x.test/1", expires_at: expires }], meta: { last_page: 1 } },
    }));
    const links = { ...source, resource: "sharing_links", scope: { id: "9", name: null } } as const;
    const memory = createUpstreamMemory();
    const print = async () => {
      const how = { ...firstLook(), identity: "id" as const, fresh: false };
      return listOf(await server.withMemory(memory).read(links, how, openGate())).records[0]?.print;
    };
    try {
      const before = await print();
      expect(await print()).toBe(before);
      await new Promise((done) => setTimeout(done, 450));
      expect(await print()).not.toBe(before);
      expires = "2030-01-01T00:00:00Z";
      expect(await print()).not.toBe(before);
    } finally {
      await server.stop();
    }
  });
});

it.each([-1, 1])(
  "answers are read by the shared time, whatever the machine's says: %i h apart",
  async (hours) => {
    const now = () => Date.now() + hours * 3_600_000;
    const soon = new Date(now() + 60_000);
    const past = new Date(now() - 60_000);
    let isLimited = false;
    const row = (id: number, expires: Date) => ({
      id,
      url: "https://x.test/1",
      expires_at: expires.toISOString(),
    });
    const server = await startUpstream(
      () =>
        isLimited
          ? { status: 429, headers: { "retry-after": soon.toUTCString() } }
          : { body: { data: [row(1, soon), row(2, past)], meta: { last_page: 1 } } },
      { now },
    );
    const links = { ...source, resource: "sharing_links", scope: { id: "9", name: null } } as const;
    const read = () => server.upstream.read(links, { ...firstLook(), identity: "id" }, openGate());
    try {
      const { records } = listOf(await read());
      expect(records.map(({ record }) => record?.fields.expired)).toEqual([false, true]);
      isLimited = true;
      const limited = await read();
      expect(limited.kind === "rate_limited" && Math.abs((limited.afterMs ?? 0) - 60_000)).toBeLessThan(
        10_000,
      );
    } finally {
      await server.stop();
    }
  },
);

it("two readings of a list at once do not see each other's rows", () => {
  const page = (...ids: string[]): KnownPage => {
    const parts = ids.map((id) => {
      const known = { id, natural: `~${id}`, print: id, aside: "", goodUntil: null, record: null };
      return partOf(id, null, [{ kind: "record", ...known }]);
    });
    return pageOfParts({ hash: ids.join(), text: "" }, parts);
  };
  const memory = createReadMemory();
  const options = { identity: "id", countsAgree: true, repeats: false } as const;
  const read = (list: ReturnType<typeof memory.of>, ...pages: KnownPage[]) => {
    const found = conclude(pages, list.last(), options);
    if (found.kind === "lost") throw new Error(found.reason);
    list.keep(pages, found, []);
    return found.sightings.map(({ key }) => key).sort();
  };
  read(memory.of("list", ""), page("a", "b"));
  const [one, other] = [memory.of("list", ""), memory.of("list", "")];
  expect(read(one, page("a", "b"), page("c"))).toEqual(["a", "b", "c"]);
  expect(read(other, page("b"), page("d"))).toEqual(["b", "d"]);
});

describe("digests", () => {
  it("are the same whatever the order, and whatever was put in and taken out again", () => {
    const lines = fc.uniqueArray(
      fc.tuple(fc.string({ maxLength: 4 }), fc.string({ minLength: 1, maxLength: 4 })),
      {
        selector: ([key]) => key,
      },
    );
    fc.assert(
      fc.property(lines, lines, fc.integer({ min: 0, max: 5 }), (there, passing, power) => {
        const [one, other] = [newDigests(2 ** power), newDigests(2 ** power)];
        for (const [key, print] of there) addTo(one, key, print);
        for (const [key, print] of passing) addTo(other, key, print);
        for (const [key, print] of there.toReversed()) addTo(other, key, print);
        for (const [key, print] of passing) addTo(other, key, print, -1);
        expect(other).toEqual(one);
      }),
    );
  });

  it("differ where a fingerprint does", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (key, before, after) => {
        fc.pre(before !== after);
        const [one, other] = [newDigests(1), newDigests(1)];
        addTo(one, key, before);
        addTo(other, key, after);
        expect(other).not.toEqual(one);
      }),
    );
  });
});
