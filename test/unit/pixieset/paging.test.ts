import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Reply, readOf, type Seen, scanOf, startUpstream } from "./upstream-server.js";

type Style = (page: number, rows: number, size: number) => Record<string, unknown>;
const pagesOf = (rows: number, size: number) => Math.max(1, Math.ceil(rows / size));

/** Every way to say where a list ends that shape 2 names. */
const styles: Readonly<Record<string, Style>> = {
  "meta.last_page": (page, rows, size) => ({
    meta: { current_page: page, last_page: pagesOf(rows, size), total: rows },
  }),
  "numbers as strings": (page, rows, size) => ({
    meta: { current_page: `${page}`, last_page: `${pagesOf(rows, size)}` },
  }),
  "total and per_page": (page, rows, size) => ({ meta: { current_page: page, per_page: size, total: rows } }),
  total_pages: (page, rows, size) => ({ meta: { current_page: page, total_pages: pagesOf(rows, size) } }),
  "links.next": (page, rows, size) => ({
    links: { next: page < pagesOf(rows, size) ? `https://elsewhere.example/x?page=${page + 1}` : null },
  }),
  "paginator at the top": (page, rows, size) => ({
    current_page: page,
    last_page: pagesOf(rows, size),
    total: rows,
    per_page: size,
  }),
  has_more: (page, rows, size) => ({ meta: { page, has_more: page < pagesOf(rows, size) } }),
  "nothing but rows": () => ({}),
  "meta without an end": (page, _rows, size) => ({ meta: { current_page: page, per_page: size } }),
};

describe("shape 2: a list is read to its end, wherever and however it says where that is", () => {
  let answer: (seen: Seen) => Reply = () => ({});
  let server: Awaited<ReturnType<typeof startUpstream>>;
  beforeAll(async () => {
    server = await startUpstream((seen) => answer(seen), { maxPages: 60 });
  });
  afterAll(() => server.stop());

  const pageOf = ({ query }: Seen) => Number(query.get("page") ?? 1);
  const idRows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));

  it.each(Object.entries(styles))("whatever says so: %s", async (_name, style) => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(40),
        fc.integer({ min: 1, max: 15 }),
        fc.boolean(),
        async (count, size, inside) => {
          answer = (seen) => {
            const page = pageOf(seen);
            const rows = idRows(count).slice((page - 1) * size, page * size);
            const said = style(page, count, size);
            return { body: inside ? { data: { data: rows, ...said } } : { data: rows, ...said } };
          };
          const scan = scanOf(await readOf(server.upstream, "invoices"));
          expect(scan.records.map(({ key }) => key)).toEqual(idRows(count).map(({ id }) => String(id)));
          expect(scan.complete).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("when the server counts rows and not pages", async () => {
    answer = ({ query }) => {
      const offset = Number(query.get("offset") ?? 0);
      return {
        body: { data: idRows(25).slice(offset, offset + 10), meta: { offset, limit: 10, total: 25 } },
      };
    };
    expect(scanOf(await readOf(server.upstream, "invoices")).records).toHaveLength(25);
  });

  it("by cursor, without ever leaving the host", async () => {
    answer = ({ query }) => ({
      body: query.has("cursor")
        ? { data: [{ id: 2 }], links: { next: null } }
        : { data: [{ id: 1 }], links: { next: "https://elsewhere.example/other?cursor=c2" } },
    });
    expect(scanOf(await readOf(server.upstream, "invoices"))).toMatchObject({ complete: true, pages: 2 });
  });

  it("by the end cursor of a page that says that there is more", async () => {
    answer = ({ query }) => ({
      body: {
        invoices: {
          edges: [{ cursor: "x", node: { id: query.has("after") ? 2 : 1 } }],
          pageInfo: {
            hasNextPage: query.get("after") !== "c1==",
            endCursor: query.has("after") ? "c2" : "c1==",
          },
        },
      },
    });
    expect(scanOf(await readOf(server.upstream, "invoices"))).toMatchObject({ complete: true, pages: 2 });
  });

  it("a page beyond the end may be refused", async () => {
    answer = (seen) => (pageOf(seen) > 2 ? { status: 404 } : { body: { data: [{ id: pageOf(seen) }] } });
    expect(scanOf(await readOf(server.upstream, "invoices"))).toMatchObject({ complete: true });
  });

  it("a list without end is cut off, and absence from it means nothing", async () => {
    answer = (seen) => ({ body: { data: [{ id: pageOf(seen) }] } });
    const scan = scanOf(await readOf(server.upstream, "invoices"));
    expect(scan).toMatchObject({ pages: 60, complete: false });
  });

  it("a server that repeats page 1 although it announces more is never believed to be complete", async () => {
    answer = () => ({ body: { data: idRows(3), meta: { last_page: 4 } } });
    const scan = scanOf(await readOf(server.upstream, "invoices"));
    expect(scan).toMatchObject({ complete: false, paging: null });
    expect(scan.records).toHaveLength(3);
  });

  it("an amount called total beside the rows is no count", async () => {
    answer = (seen) => ({ body: { data: pageOf(seen) === 1 ? idRows(2) : [], total: 50_000 } });
    expect(scanOf(await readOf(server.upstream, "invoices"))).toMatchObject({ complete: true });
  });
});
