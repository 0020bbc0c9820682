import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/domain/json.js";
import { firstLook } from "../../support/readings.js";
import {
  listOf,
  openGate,
  type Reply,
  readOf,
  readOnce,
  type Seen,
  scanOf,
  startUpstream,
} from "./upstream-server.js";

const pageOf = ({ query }: Seen) => Number(query.get("page") ?? 1);

describe("a page that is refused", () => {
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: from + i, amount: 1 }));
  const list = [rows(1, 24), rows(25, 24), rows(49, 12)];

  async function readings(replies: readonly ((seen: Seen) => Reply)[]) {
    let reply: (seen: Seen) => Reply = () => ({});
    const server = await startUpstream((seen) => reply(seen));
    try {
      const outcomes = [];
      let paging: JsonObject | null = null;
      for (const each of replies) {
        reply = each;
        const outcome = await readOf(server.upstream, "invoices", paging);
        outcomes.push(
          outcome.kind === "scan" ? `${outcome.records.length} ${outcome.complete}` : outcome.kind,
        );
        if (outcome.kind === "scan") paging = outcome.paging;
      }
      return outcomes;
    } finally {
      await server.stop();
    }
  }
  const whole = (seen: Seen) => ({ body: list[pageOf(seen) - 1] ?? [] });

  it.each([400, 404, 410, 422])(
    "with %i is no end where the list went on, on a server that gives empty pages beyond it",
    async (status) => {
      const refusing = (seen: Seen) => (pageOf(seen) === 2 ? { status, body: {} } : whole(seen));
      const [first, second, third] = await readings([whole, whole, refusing]);
      expect([first, second]).toEqual(["60 true", "60 true"]);
      expect(third).toBe(status === 404 || status === 410 ? "gone" : "rejected");
    },
  );

  it("is the end on a server that refuses what lies beyond it", async () => {
    const refusing = (seen: Seen) => (list[pageOf(seen) - 1] ? whole(seen) : { status: 404, body: {} });
    const short = (seen: Seen) => (pageOf(seen) === 1 ? whole(seen) : { status: 404, body: {} });
    expect(await readings([refusing, refusing, short])).toEqual(["60 true", "60 true", "24 true"]);
  });
});

describe("ids that are none", () => {
  const favorite = (id: number, photo: number) => ({
    favorite_id: id,
    photo_id: photo,
    client: { email: "jane@example.com" },
    list_id: 5,
  });

  it("do not make a list look as if it had moved: what its rows are about tells its pages apart", async () => {
    const pages = [
      [favorite(1, 11), favorite(2, 12), favorite(3, 13)],
      [favorite(3, 14), favorite(1, 15), favorite(2, 16)],
    ];
    const reply = (seen: Seen) => ({
      body: {
        data: pages[pageOf(seen) - 1] ?? [],
        meta: { current_page: pageOf(seen), last_page: 2, total: 6 },
      },
    });
    expect(listOf(await readOnce("favorites", reply))).toMatchObject({ identity: "natural", complete: true });
  });

  it("do not make two pages look the same", async () => {
    const reply = (seen: Seen) => ({
      body: {
        data: pageOf(seen) > 2 ? [] : [0, 1, 2].map((i) => favorite(7, 10 * pageOf(seen) + i)),
        meta: { current_page: pageOf(seen), last_page: 2, total: 6 },
      },
    });
    expect(scanOf(await readOnce("favorites", reply)).records).toHaveLength(6);
  });

  it.each([null, "id", "natural"] as const)(
    "and are new at each answer do not lead on for ever: known by %s",
    async (identity) => {
      let next = 1;
      const server = await startUpstream(() => ({
        body: [11, 12, 13, 14].map((photo) => favorite(next++, photo)),
      }));
      try {
        const scope = { id: "9", name: null };
        const source = { id: "src_1", account: "acc_1", resource: "favorites", scope } as const;
        const outcome = await server.upstream.read(source, { ...firstLook(), identity }, openGate());
        expect(listOf(outcome)).toMatchObject({ complete: false });
        expect(server.requests.length).toBeLessThan(4);
      } finally {
        await server.stop();
      }
    },
  );
});
