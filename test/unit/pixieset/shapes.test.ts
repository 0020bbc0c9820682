import type { ServerResponse } from "node:http";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { listOf, readOf, readOnce, scanOf, startUpstream } from "./upstream-server.js";

const keys = (outcome: Awaited<ReturnType<typeof readOnce>>) => scanOf(outcome).records.map(({ key }) => key);
const read = async (resource: Parameters<typeof readOnce>[0], body: unknown) =>
  scanOf(await readOnce(resource, ({ query }) => ({ body: Number(query.get("page") ?? 1) > 1 ? [] : body })));
const fav = { id: 88, photo: { id: 42, filename: "a.jpg" }, client: { email: "Jane@Example.com" } };

describe("shape 1: rows wherever they stand", () => {
  it.each([
    ["data[]", { data: [fav] }],
    ["data.data[]", { data: { data: [fav] } }],
    ["a named list", { favorites: [fav] }],
    ["a named list in data", { data: { favorites: [fav] } }],
    ["data.data.named", { data: { data: { favorites: [fav], items: [] } } }],
    ["a bare list", [fav]],
    ["a list under an unknown name that says what it is", { clientFavoritesList: [fav] }],
    ["results[]", { count: 1, results: [fav] }],
    ["a dictionary by position", { data: { "0": fav } }],
    ["a dictionary by id", { data: { "88": fav } }],
    [
      "JSON:API rows",
      { data: [{ type: "favorite", id: "88", attributes: { photo_id: 42, filename: "a.jpg" } }] },
    ],
    ["edges and nodes", { data: { favorites: { edges: [{ node: fav }] } } }],
    ["one wrapped object", { data: fav }],
  ])("%s", async (_name, body) => {
    const { records } = await read("favorites", body);
    expect(records.map(({ key }) => key)).toEqual(["88"]);
    expect(records[0]?.fields).toMatchObject({
      id: "88",
      list: null,
      media: { id: "42", kind: "photo", name: "a.jpg" },
    });
  });

  it.each([
    ["HAL", { _embedded: { favorites: [{ ...fav, client: undefined, _embedded: { client: fav.client } }] } }],
    [
      "JSON:API",
      {
        data: [
          {
            type: "favorites",
            id: "88",
            attributes: { photo_id: 42, filename: "a.jpg" },
            relationships: { client: { data: { type: "clients", id: "7" } }, list: { data: null } },
          },
        ],
        included: [
          { type: "lists", id: "7", attributes: { email: "other@example.com" } },
          { type: "clients", id: 7, attributes: { email: "Jane@Example.com", password: "hunter2" } },
        ],
      },
    ],
  ])("%s tells apart from the row whose it is", async (_name, body) => {
    const { records } = await read("favorites", body);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ key: "88", fields: { media: { id: "42" }, list: null } });
    expect(records[0]?.client?.email).toBe("Jane@Example.com");
    expect(JSON.stringify(records)).not.toContain("hunter2");
  });

  it("rows that say that they were deleted are none of the list", async () => {
    const told = [{ deleted_at: "2026-01-01T00:00:00Z" }, { is_deleted: "1" }, { deleted: true }];
    const alive = [{ deleted_at: null }, { deleted_at: "0000-00-00 00:00:00" }, { is_deleted: 0 }];
    const rows = [...told, ...alive].map((each, i) => ({ ...fav, id: i + 1, ...each }));
    const body = { data: rows, meta: { total: 6, last_page: 1 } };
    const { records, complete, unreadable } = await read("favorites", body);
    expect(records.map(({ key }) => key)).toEqual(["4", "5", "6"]);
    expect({ complete, unreadable: unreadable.count }).toEqual({ complete: true, unreadable: 0 });
  });

  it.each([
    [{ client_email: "jane@example.com", client_name: "Jane" }, null],
    [{ visitor: { id: 7, email: "jane@example.com", name: "Jane" } }, "7"],
    [{ customer_id: 7, customer_email: "jane@example.com", customer_name: "Jane" }, "7"],
  ])("a client in a name of its own is not mistaken for the user beside it: %j", async (client, id) => {
    const user = { id: 1, name: "Smith Studio", email: "owner@example.com" };
    const row = { id: 88, photo_id: 42, user_id: 1, user, created_by: user, ...client };
    const { records } = await read("favorites", { data: [row] });
    expect(records[0]?.client).toEqual({ id, name: "Jane", email: "jane@example.com" });
    const group = { id: 5, name: "Album", user, ...client, photos: [{ id: 42, filename: "a.jpg" }] };
    const grouped = await read("favorites", { data: [group] });
    expect(grouped.records[0]?.client).toEqual({ id, name: "Jane", email: "jane@example.com" });
  });

  it("a user who is the client, by the id beside it, tells the rest of the client", async () => {
    const row = { id: 88, photo_id: 42, client_id: 7, user: { id: 7, email: "jane@example.com" } };
    const { records } = await read("favorites", { data: [row, { ...row, id: 89, client_id: 8 }] });
    expect(records.map(({ client }) => client?.email)).toEqual(["jane@example.com", null]);
  });

  it("JSON:API relations to what is not told are known by their ids", async () => {
    const client = { data: { type: "clients", id: "cl_7" } };
    const row = { type: "invoices", id: "in_1", attributes: { number: "INV-1" }, relationships: { client } };
    const { records } = await read("invoices", { data: [row] });
    expect(records[0]?.client).toEqual({ id: "cl_7", name: null, email: null });
  });

  it("one object where a list was expected is never complete", async () => {
    expect((await read("favorites", { data: fav })).complete).toBe(false);
  });

  const photos = [
    { id: 42, filename: "a.jpg" },
    { id: 43, filename: "b.jpg", note: "big" },
  ];
  it.each([
    ["a row for each client", [{ client: { id: 7, email: "j@x.co" }, photos }], null],
    [
      "a row for each list",
      [{ id: 5, name: "Album", client: { id: 7, email: "j@x.co" }, photos }],
      { id: "5", name: "Album" },
    ],
    [
      "lists inside of clients",
      [{ id: 7, email: "j@x.co", lists: [{ id: 5, name: "Album", photos }] }],
      { id: "5", name: "Album" },
    ],
    [
      "lists by flat names",
      [{ list_id: 5, list_name: "Album", client_id: 7, client_email: "j@x.co", items: photos }],
      { id: "5", name: "Album" },
    ],
    ["a client by flat names", [{ id: 7, email: "j@x.co", favorites: photos }], null],
  ])("grouped favourites: %s", async (_name, rows, list) => {
    const { records, complete } = await read("favorites", {
      data: rows,
      meta: { total: rows.length, last_page: 1 },
    });
    expect(records).toHaveLength(2);
    expect(new Set(records.map(({ key }) => key)).size).toBe(2);
    expect(records[1]).toMatchObject({
      fields: { media: { id: "43", name: "b.jpg" }, list, note: "big" },
      client: { id: "7", email: "j@x.co" },
    });
    expect(complete).toBe(true);
  });

  it("grouped favourites: an id and a name beside a bare e-mail address and photos are the list's", async () => {
    const rows = [
      { id: 5, name: "Album", email: "a@x.co", photos },
      { id: 6, name: "Prints", email: "a@x.co", photos: [photos[0]] },
    ];
    const { records } = await read("favorites", { data: rows, meta: { last_page: 1 } });
    const client = { id: null, name: null, email: "a@x.co" };
    expect(records).toMatchObject([
      { fields: { media: { id: "42" }, list: { id: "5", name: "Album" } }, client },
      { fields: { media: { id: "43" }, list: { id: "5", name: "Album" } }, client },
      { fields: { media: { id: "42" }, list: { id: "6", name: "Prints" } }, client },
    ]);
    const keys = (await read("favorites", { data: [{ ...rows[0], name: "Renamed" }] })).records.map(
      ({ key }) => key,
    );
    expect(keys).toEqual(records.slice(0, 2).map(({ key }) => key));
  });

  it.each([
    ["a client's own name", { id: 7, first_name: "Jane", name: "Jane D", email: "j@x.co", photos }],
    ["favourites inside", { id: 7, name: "Jane", email: "j@x.co", favorites: photos }],
    ["lists inside", { id: 7, name: "Jane", email: "j@x.co", lists: [{ id: 5, name: "Album", photos }] }],
    ["a client_id", { id: 5, name: "Album", client_id: 7, email: "j@x.co", photos }],
    ["a client object", { id: 5, name: "Album", client: { id: 7, email: "j@x.co" }, photos }],
  ])("grouped favourites: a group with %s is a client's", async (_name, row) => {
    const { records } = await read("favorites", { data: [row], meta: { last_page: 1 } });
    expect(records[0]?.client?.id).toBe("7");
  });

  it("grouped favourites: a dictionary by client, and photos as bare ids", async () => {
    const body = { data: { "j@x.co": [{ id: 42 }], "k@x.co": [{ id: 42 }] } };
    expect((await read("favorites", body)).records).toHaveLength(2);
    const named = await read("favorites", { data: { "My Favorites": [{ id: 42 }], Album: [{ id: 42 }] } });
    expect(named.records.map(({ fields }) => fields.list)).toMatchObject([
      { name: "My Favorites" },
      { name: "Album" },
    ]);
    const bare = await read("favorites", { data: [{ email: "j@x.co", photo_ids: [1, 2] }] });
    expect(bare.records.map(({ fields }) => fields.media)).toMatchObject([
      { id: "1", kind: "photo" },
      { id: "2" },
    ]);
  });

  it("favourites by photo, with the people who picked it", async () => {
    const people = [{ id: 7, email: "j@x.co", favorited_at: "2026-01-01T00:00:00Z" }, { email: "k@x.co" }];
    const { records } = await read("favorites", {
      data: [{ id: 42, filename: "a.jpg", favorites_count: 2, clients: people }],
    });
    expect(records).toMatchObject([
      {
        fields: { media: { id: "42", kind: "photo" } },
        client: { id: "7" },
        occurredAt: "2026-01-01T00:00:00.000Z",
      },
      { fields: { media: { id: "42" } }, client: { email: "k@x.co" } },
    ]);
  });

  it("downloads by photo, and by client", async () => {
    const byPhoto = {
      photo_id: 42,
      filename: "a.jpg",
      count: 2,
      downloads: [{ id: 1, email: "j@x.co" }, { id: 2 }],
    };
    const { records } = await read("photo_downloads", { data: [byPhoto] });
    expect(records).toMatchObject([
      { key: "1", fields: { media: { id: "42" }, count: null }, client: { email: "j@x.co" } },
      { key: "2", fields: { media: { id: "42" } }, client: null },
    ]);
    const byClient = await read("downloads", {
      data: [{ client: { id: 7 }, downloads: [{ id: 1, photo_id: 4 }] }],
    });
    expect(byClient.records).toMatchObject([{ key: "1", client: { id: "7" } }]);
  });

  it("an object of another kind is no list of one", async () => {
    const body = { data: { id: 90516387, name: "Smith Wedding", photo_count: 5 } };
    for (const resource of ["favorites", "downloads", "invoices", "clients"] as const) {
      expect((await readOnce(resource, { body })).kind).toBe("shape_changed");
    }
  });

  it("lists of photos and of videos side by side", async () => {
    const { records } = await read("favorites", { data: { photos: [{ id: 1 }], videos: [{ id: 1 }] } });
    expect(records.map(({ fields }) => fields.media)).toMatchObject([{ kind: "photo" }, { kind: "video" }]);
  });
});

describe("shape 3: ids of every form are text", () => {
  it("numbers, digit strings, prefixed strings, and integers beyond 2^53 to the last digit", async () => {
    const body =
      '{"data":[{"id":1},{"id":"2"},{"id":"in_3"},{"id":90071992547409931234},{"id":9007199254740993}]}';
    const { records } = scanOf(
      await readOnce("invoices", ({ query }) => ({ body: query.get("page") === "1" ? body : { data: [] } })),
    );
    expect(records.map(({ key }) => key)).toEqual([
      "1",
      "2",
      "in_3",
      "90071992547409931234",
      "9007199254740993",
    ]);
    expect(records[3]?.fields.id).toBe("90071992547409931234");
  });
});

describe("shape 4: booleans in every spelling", () => {
  it.each([[true], [1], ["1"], ["true"]])("success: %j is completed", async (success) => {
    expect((await read("downloads", { data: [{ id: 1, success }] })).records[0]?.fields.status).toBe(
      "completed",
    );
  });
  it.each([[false], [0], ["0"]])("success: %j is failed", async (success) => {
    expect((await read("downloads", { data: [{ id: 1, success }] })).records[0]?.fields.status).toBe(
      "failed",
    );
  });
});

describe("shape 5: names in every spelling", () => {
  it("create_at beside created_at, camelCase beside snake_case", async () => {
    for (const row of [{ create_at: "2026-01-01T00:00:01Z" }, { createdAt: "2026-01-01T00:00:01.000000Z" }]) {
      const { records } = await read("invoices", { data: [{ id: 1, dueDate: "2026-02-01", ...row }] });
      expect(records[0]?.fields).toMatchObject({
        createdAt: "2026-01-01T00:00:01.000Z",
        dueDate: "2026-02-01",
      });
    }
  });
});

describe("shape 6: times", () => {
  it.each([
    ["2025-08-06T14:50:42.123456Z", "2025-08-06T14:50:42.123Z", "2025-08-06T14:50:42.123Z"],
    ["2025-08-06 14:50:42+02:00", "2025-08-06T12:50:42.000Z", "2025-08-06T12:50:42.000Z"],
    [1754491842, "2025-08-06T14:50:42.000Z", "2025-08-06T14:50:42.000Z"],
    ["1754491842", "2025-08-06T14:50:42.000Z", "2025-08-06T14:50:42.000Z"],
    [1754491842000, "2025-08-06T14:50:42.000Z", "2025-08-06T14:50:42.000Z"],
    ["Wed, 06 Aug 2025 14:50:42 GMT", "2025-08-06T14:50:42.000Z", "2025-08-06T14:50:42.000Z"],
    [
      { date: "2025-08-06 14:50:42.000000", timezone_type: 3, timezone: "UTC" },
      "2025-08-06T14:50:42.000Z",
      "2025-08-06T14:50:42.000Z",
    ],
    ["2025-08-06 14:50:42", "2025-08-06 14:50:42", null],
    ["2025-08-06", "2025-08-06", null],
    ["4/10/2026", "4/10/2026", null],
    ["", null, null],
    [null, null, null],
    ["0000-00-00 00:00:00", null, null],
    [0, null, null],
    ["3 minutes ago", null, null],
  ])("%j", async (given, shown, occurredAt) => {
    const { records } = await read("favorites", { data: [{ ...fav, created_at: given }] });
    expect(records[0]).toMatchObject({ occurredAt, fields: { favoritedAt: shown } });
  });
});

describe("shape 7: rows without an id", () => {
  const row = {
    client_email: "j@x.co",
    photo_id: 4,
    list_name: "A",
    url: "https://cdn/x.jpg?sig=1",
    created_at: "2026-01-01",
  };

  it("are known by what does not change, never by a URL or a place", async () => {
    const first = await read("favorites", { data: [row, { ...row, photo_id: 5 }] });
    const second = await read("favorites", {
      data: [
        { ...row, photo_id: 5, url: "https://cdn/y.jpg?sig=2" },
        { ...row, client_email: "J@X.co", note: "n" },
      ],
    });
    expect(new Set(second.records.map(({ key }) => key))).toEqual(
      new Set(first.records.map(({ key }) => key)),
    );
  });

  it("are numbered when they are alike", async () => {
    const { records, complete } = await read("downloads", { data: [row, row] });
    expect(records).toHaveLength(2);
    expect(records[1]?.key).toBe(`${records[0]?.key}.2`);
    expect(complete).toBe(true);
  });

  it("with nothing to know them by are counted as unreadable, and the scan is not complete", async () => {
    const scan = await read("favorites", { data: [fav, {}, null, "x"] });
    expect(scan.records).toHaveLength(1);
    expect(scan.unreadable.count).toBe(3);
    expect(scan.complete).toBe(false);
  });

  it("whose only id is the photo's do not swallow each other", async () => {
    const { records } = await read("favorites", {
      data: [
        { id: 42, email: "a@x.co" },
        { id: 42, email: "b@x.co" },
      ],
    });
    expect(records).toHaveLength(2);
  });
});

describe("shape 8: counts that lie", () => {
  it("a total that is not there makes absence mean nothing, and the rows still count", async () => {
    const outcome = await readOnce("invoices", ({ query }) => {
      const page = Number(query.get("page"));
      const ids = page > 2 ? [] : Array.from({ length: 24 }, (_, index) => ({ id: page * 100 + index }));
      return { body: { data: ids, meta: { current_page: page, per_page: 24, total: 80 } } };
    });
    expect(scanOf(outcome)).toMatchObject({ complete: false, pages: 3 });
    expect(scanOf(outcome).records).toHaveLength(48);
  });
});

describe("shape 8: a count that fits although a row is missing", () => {
  it("because another one stands twice, makes absence mean nothing", async () => {
    const rows = (...ids: number[]) => ({
      data: ids.map((id) => ({ id, amount: 1 })),
      meta: { total: 3, last_page: 1 },
    });
    expect((await read("invoices", rows(1, 2, 3))).complete).toBe(true);
    expect((await read("invoices", rows(1, 2, 2))).complete).toBe(false);
    expect((await read("invoices", rows(1, 2, 3, 3))).complete).toBe(true);
  });
});

describe("shape 9: JSON inside a string", () => {
  it("as a row, as a field, as the whole body", async () => {
    const row = JSON.stringify({ ...fav, client: JSON.stringify(fav.client) });
    for (const body of [
      { data: [row] },
      { data: JSON.stringify([fav]) },
      JSON.stringify(JSON.stringify({ data: [fav] })),
    ]) {
      const { records } = await read("favorites", body);
      expect(records[0]).toMatchObject({ key: "88", client: { email: "Jane@Example.com" } });
    }
  });
});

describe("shape 10: missing people and names", () => {
  it("null, an e-mail only, neither, one address in two cases", async () => {
    const rows = [
      { ...fav, id: 1, client: null, note: null, description: undefined },
      { ...fav, id: 2, client: { email: " j@x.co " } },
      { ...fav, id: 3, client: { id: 7, first_name: "Jane", last_name: null } },
      { ...fav, id: 4, client: "j@x.co" },
    ];
    expect((await read("favorites", { data: rows })).records.map(({ client }) => client)).toEqual([
      null,
      { id: null, name: null, email: "j@x.co" },
      { id: "7", name: "Jane", email: null },
      { id: null, name: null, email: "j@x.co" },
    ]);
  });
});

describe("shape 11: one photo in several places", () => {
  it("the same photo twice in a list through two sets is two records where it has two ids", async () => {
    expect((await read("favorites", { data: [fav, { ...fav, id: 89 }] })).records).toHaveLength(2);
  });
  it("a list that is renamed keeps its rows' keys", async () => {
    const named = async (name: string) =>
      (await read("favorites", { data: [{ ...fav, list: { id: 5, name } }] })).records[0];
    expect((await named("A"))?.key).toBe((await named("B"))?.key);
    const idless = async (name: string) =>
      (await read("favorites", { data: [{ photo_id: 1, list: { id: 5, name } }] })).records[0];
    expect((await idless("A"))?.key).toBe((await idless("B"))?.key);
  });
});

describe("shape 12: one download in parts", () => {
  it.each([
    [{ completed_at: null }, "pending"],
    [{ completed: false }, "pending"],
    [{ success: null, failed: false }, "pending"],
    [{ completed_at: null, failed_at: "2026-01-01" }, "failed"],
    [{ completed_at: "2026-01-01" }, "completed"],
    [{ success: "N" }, "failed"],
    [{}, null],
  ])("a download that tells of its end by %j is %j", async (told, status) => {
    const { records } = await read("downloads", { data: [{ id: 1, photo_id: 2, ...told }] });
    expect(records[0]?.fields.status).toBe(status);
  });

  it("is one record where the parts name their download", async () => {
    const rows = [1, 2, 3].map((part) => ({ id: 100 + part, download_id: 9, part, status: "success" }));
    expect((await read("downloads", { data: rows })).records.map(({ key }) => key)).toEqual(["9"]);
  });
});

describe("shape 13: none", () => {
  it.each([
    [{ data: [] }],
    [{ favorites: null }],
    [{ favorites: {} }],
    [{ data: null, meta: { total: 0 } }],
    [{ data: { favorites: [] } }],
    [[]],
    [{ data: { data: [], meta: { total: 0 } } }],
  ])("%j is an empty list, complete, in one request", async (body) => {
    const scan = await read("favorites", body);
    expect(scan).toMatchObject({ records: [], complete: true, pages: 1 });
  });
});

describe("shape 13, said vaguely", () => {
  it.each([[{ data: {} }], [{ data: null }], [{ rows: [] }], [{ data: { list: [] } }]])(
    "%j is none, but nothing is concluded from it",
    async (body) => {
      expect(await read("favorites", body)).toMatchObject({ records: [], complete: false, pages: 1 });
    },
  );
});

describe("shape 14: pages that shift while they are read", () => {
  const meta = (page: number, total: number) => ({ current_page: page, last_page: 2, total });

  it("a record on two pages: kept once, and absence means nothing", async () => {
    const outcome = await readOnce("invoices", ({ query }) =>
      query.get("page") === "1"
        ? { body: { data: [{ id: 1 }, { id: 2 }], meta: meta(1, 4) } }
        : { body: { data: [{ id: 2 }, { id: 3 }], meta: meta(2, 4) } },
    );
    expect(keys(outcome)).toEqual(["1", "2", "3"]);
    expect(scanOf(outcome).complete).toBe(false);
  });

  it("a total that moves between pages: absence means nothing", async () => {
    const outcome = await readOnce("invoices", ({ query }) =>
      query.get("page") === "1"
        ? { body: { data: [{ id: 1 }, { id: 2 }], meta: meta(1, 4) } }
        : { body: { data: [{ id: 3 }], meta: meta(2, 3) } },
    );
    expect(scanOf(outcome).complete).toBe(false);
  });
});

describe("shape 15: secrets", () => {
  it("of a collection, and signatures of URLs, reach no record", async () => {
    const secrets = {
      password: "HUSH",
      private_password: "HUSH",
      download_pin: "HUSH",
      pin: "HUSH",
      access_token: "HUSH",
    };
    const listing = await readOnce("collections", {
      body: {
        data: {
          data: { collections: [{ id: 1, name: "A", ...secrets }] },
          meta: { current_page: 1, last_page: 1 },
        },
      },
    });
    const links = await readOnce("sharing_links", {
      body: {
        photo_sharing_links: [{ id: 1, url: "https://u:p@x.co/s/abc?sig=HUSH#HUSH", ...secrets }],
        meta: { last_page: 1 },
      },
    });
    expect(JSON.stringify([listing, links])).not.toContain("HUSH");
    expect(scanOf(links).records[0]?.fields.url).toBe("https://x.co/s/abc");
  });
});

describe("shape 16: what changes by itself", () => {
  it("is kept and named as volatile", async () => {
    const { records } = await read("collections", {
      data: { data: { collections: [{ id: 1, photo_count: "5" }] } },
    });
    expect(records[0]).toMatchObject({ volatile: ["photoCount", "videoCount"], fields: { photoCount: 5 } });
  });

  it.each([
    [
      "a signed URL",
      "sharing_links",
      {
        id: 1,
        url: "https://x.test/s/abc?Signature=one",
        photo: { id: 2, src: "https://x.test/2?X-Amz-Signature=one" },
      },
      {
        id: 1,
        url: "https://x.test/s/abc?Signature=two",
        photo: { id: 2, src: "https://x.test/2?X-Amz-Signature=two" },
      },
    ],
    [
      "an amount that is written out",
      "invoices",
      { id: 1, amount: 50_000, currency: "GBP", amount_formatted: "£500.00" },
      { id: 1, amount: 50_000, currency: "GBP", amount_formatted: "GBP 500" },
    ],
    [
      "a counter",
      "sharing_links",
      { id: 1, views: 3, url: "https://x.test/1" },
      { id: 1, views: 4, url: "https://x.test/1" },
    ],
    [
      "a number of photos",
      "collections",
      { id: 1, name: "Smith", photo_count: 3, video_count: 0 },
      { id: 1, name: "Smith", photo_count: 4, video_count: 1 },
    ],
    [
      "a time that is told from now",
      "favorites",
      { ...fav, created_at: "2026-11-20T10:00:00Z", time_ago: "3 minutes ago", last_seen: "just now" },
      { ...fav, created_at: "2026-11-20T10:00:00Z", time_ago: "4 minutes ago", last_seen: "a minute ago" },
    ],
    [
      "a time that is told from now where a time should be",
      "favorites",
      { ...fav, created_at: "3 minutes ago" },
      { ...fav, created_at: "4 minutes ago" },
    ],
  ] as const)("%s makes no record differ", async (_what, resource, before, after) => {
    const print = async (row: object) => {
      const body = { data: [row], meta: { last_page: 1 } };
      return listOf(await readOnce(resource, { body })).records[0]?.print;
    };
    expect(await print(before)).toBe(await print(after));
  });
});

describe("discovery", () => {
  it("uses the documented list where the dashboard's own is not there, and stays with it", async () => {
    const server = await startUpstream(({ path }) =>
      path.endsWith("/collections")
        ? { body: { data: [{ id: 9, name: "A" }], meta: { last_page: 1 } } }
        : { status: 404 },
    );
    const scan = scanOf(await readOf(server.upstream, "collections"));
    expect(scan.records[0]?.key).toBe("9");
    await readOf(server.upstream, "collections", scan.paging);
    expect(server.requests.map(({ path }) => path.split("/").at(-1))).toEqual([
      "dashboard_listings",
      "collections",
      "collections",
    ]);
    await server.stop();
  });
});

describe("what cannot be walked through", () => {
  const deep = (open: string, close: string) => `${open.repeat(10_000)}1${close.repeat(10_000)}`;
  it.each([
    ["lists", deep("[", "]")],
    ["a field", `{"data":[{"id":1,"photo_id":2,"extra":${deep('{"a":', "}")}}]}`],
    ["groups", `{"data":[${deep('{"lists":[', "]}")}]}`],
    ["nodes", `{"data":[${deep('{"node":', "}")}]}`],
  ])("is a shape that is not known: %s within each other", async (_name, body) => {
    expect(await readOnce("favorites", { body })).toMatchObject({ kind: "shape_changed" });
  });
});

describe("compressed answers", () => {
  const body = JSON.stringify({ data: [fav], meta: { last_page: 1 } });
  it.each([
    ["gzip", gzipSync(body)],
    ["br", brotliCompressSync(body)],
    ["deflate", deflateSync(body)],
    ["deflate", deflateRawSync(body)],
    ["deflate", deflateRawSync(body, { level: 0 })],
  ])("are read: %s", async (encoding, bytes) => {
    const headers = { "content-encoding": encoding, "content-type": "application/json" };
    const raw = (response: ServerResponse) => response.writeHead(200, headers).end(bytes);
    expect(scanOf(await readOnce("favorites", { raw })).records).toHaveLength(1);
  });
});
