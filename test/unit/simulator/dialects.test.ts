import { expect, test } from "vitest";
import type { Simulator } from "../../../src/simulator/simulator.js";
import { get, simulator } from "./support.js";

type Bag = Record<string, unknown>;

/** A studio in which one client has favourited three photos and downloaded one. */
async function lively(dialect: "flat" | "grouped" | "bare" | "stringly"): Promise<[Simulator, string]> {
  const studio = await simulator({ dialect });
  const { id } = studio.addCollection({ name: "Smith Wedding 2025" });
  studio.addFavorites({ collection: id, client: "jane@example.com", count: 3 });
  studio.addDownloads({ collection: id, client: "jane@example.com" });
  return [studio, id];
}

async function read(studio: Simulator, path: string): Promise<Bag> {
  const base = /invoices|clients\/\?/.test(path) ? studio.studioUrl : studio.galleryUrl;
  const answer = await get(studio, base + path);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Bag;
}

test("flat: rows with ids, microseconds, and meta beside them", async () => {
  const [studio, id] = await lively("flat");
  const { data, meta } = (await read(studio, `/collections/${id}/favorites`)) as { data: Bag[]; meta: Bag };
  expect(data).toHaveLength(3);
  expect(data[0]).toMatchObject({
    id: expect.any(Number),
    photo_id: expect.any(Number),
    client_email: "jane@example.com",
    list_name: "Favorites",
    created_at: expect.stringMatching(/T.*\.\d{6}Z$/),
  });
  expect(meta).toEqual({ current_page: 1, per_page: 50, total: 3, last_page: 1 });
  expect((await read(studio, "/invoices/")).meta).not.toHaveProperty("last_page");
});

test("grouped: one row a list with its photos, all under data.data", async () => {
  const [studio, id] = await lively("grouped");
  const { data } = (await read(studio, `/collections/${id}/favorites`)) as {
    data: { data: Bag[]; meta: Bag };
  };
  expect(data.data).toMatchObject([
    {
      name: "Favorites",
      client: { email: "jane@example.com" },
      photos: [{}, {}, { favorited_at: expect.stringMatching(/\+00:00$/) }],
    },
  ]);
  expect(data.meta).toMatchObject({ total_pages: 1 });
  const listing = (await read(studio, "/dashboard_listings")) as { data: { meta: Bag } };
  expect(listing.data.meta).toEqual({ current_page: 1, last_page: 1 });
});

test("bare: no ids, no meta, no zone, camelCase, and the same page for ever", async () => {
  const [studio, id] = await lively("bare");
  const body = await read(studio, `/collections/${id}/favorites`);
  expect(Object.keys(body)).toEqual(["favorites"]);
  const [row] = body.favorites as Bag[];
  expect(row).not.toHaveProperty("id");
  expect(row).toMatchObject({ photoId: expect.any(Number), clientEmail: "jane@example.com" });
  expect(row?.createdAt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  const again = await read(studio, `/collections/${id}/favorites?page=2`);
  expect((again.favorites as Bag[]).map(({ photoId }) => photoId)).toEqual(
    (body.favorites as Bag[]).map(({ photoId }) => photoId),
  );
  const downloads = await read(studio, `/collections/${id}/photo_downloads`);
  expect((downloads.photoDownloads as Bag[])[0]?.downloadedAt).toBeTypeOf("number");
  expect(await read(studio, `/collections/${id}`)).toHaveProperty("name", "Smith Wedding 2025");
  expect(await read(studio, `/collections/${id}/photo_sharing_links`)).toEqual({ sharingLinks: null });
  expect(await read(studio, "/invoices/")).not.toHaveProperty("meta");
});

test("stringly: numbers and booleans are text, a client is JSON in a string, created lacks its d", async () => {
  const [studio, id] = await lively("stringly");
  const { data, meta, links } = (await read(studio, `/collections/${id}/favorites?per_page=2`)) as {
    data: Bag[];
    meta: Bag;
    links: { next: string };
  };
  expect(data[0]?.id).toMatch(/^\d+$/);
  expect(data[0]).toHaveProperty("create_at");
  expect(data[0]).not.toHaveProperty("created_at");
  expect(meta).toEqual({ current_page: "1", per_page: "2", total: "3" });
  const next = (await (await get(studio, links.next)).json()) as { data: Bag[]; links: { next: null } };
  expect([next.data.length, next.links.next]).toEqual([1, null]);
  const invoices = (await read(studio, "/invoices/?expand=client")) as { data: Bag[] };
  expect(JSON.parse(String(invoices.data[0]?.client))).toHaveProperty("email");
  expect(invoices.data[0]?.amount).toMatch(/^\d+$/);
  const collection = (await read(studio, `/collections/${id}`)) as { data: Bag };
  expect(collection.data.downloadable).toBe("1");
  const { data: listed } = (await read(studio, "/collections?per_page=100")) as { data: Bag[] };
  expect(listed.every(({ expiry_date, event_date }) => expiry_date !== null && event_date !== null)).toBe(
    true,
  );
});

test("the dialect can change while it runs", async () => {
  const [studio, id] = await lively("flat");
  const before = await read(studio, `/collections/${id}/favorites`);
  studio.set({ dialect: "bare" });
  expect(Object.keys(await read(studio, `/collections/${id}/favorites`))).not.toEqual(Object.keys(before));
});

test("numeric row ids can stand beyond what a double holds", async () => {
  const [studio, id] = await lively("flat");
  studio.set({ bigIds: true });
  const text = await (await get(studio, `${studio.galleryUrl}/collections/${id}/favorites`)).text();
  const ids = [...text.matchAll(/\{"id":(\d+)/g)].map((match) => match[1]);
  expect(new Set(ids).size).toBe(3);
  for (const one of ids) expect(BigInt(one ?? 0) > 2n ** 53n).toBe(true);
});

test("a starred photo can be told apart even where rows have no ids", async () => {
  const [studio, id] = await lively("bare");
  const { photo } = studio.toggleStar({ collection: id });
  const { photos } = (await read(studio, "/photos/starred")) as { photos: Bag[] };
  expect(photos.find(({ photoId }) => String(photoId) === photo)).toMatchObject({
    filename: expect.stringMatching(/\.jpg$/),
    collectionName: "Smith Wedding 2025",
  });
});
