import { expect, test } from "vitest";
import { fixedMoment, get, simulator } from "./support.js";

test("lists collections 24 a page and ends with an empty page", async () => {
  const studio = await simulator({ collections: 50 });
  const sizes: number[] = [];
  for (const page of [1, 2, 3, 4]) {
    const answer = await get(studio, `${studio.galleryUrl}/dashboard_listings?page=${page}`);
    const { data } = (await answer.json()) as {
      data: { data: { collections: { id: number }[] }; meta: { last_page: number } };
    };
    expect(data.meta.last_page).toBe(3);
    sizes.push(data.data.collections.length);
  }
  expect(sizes).toEqual([24, 24, 2, 0]);
});

test.each([
  "before_show",
  "galleries",
  "favorites",
  "downloads/",
  "photo_downloads",
  "gallery_video_downloads",
  "photo_sharing_links",
  "clients",
  "visitor_emails",
  "",
])("answers /collections/{id}/%s", async (path) => {
  const studio = await simulator();
  const [id] = [...studio.studio.collections.keys()];
  const answer = await get(studio, `${studio.galleryUrl}/collections/${id}${path && `/${path}`}`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toHaveProperty("data");
  const unknown = await get(studio, `${studio.galleryUrl}/collections/1${path && `/${path}`}`);
  expect(unknown.status).toBe(404);
});

test.each([
  "/dashboard_listings",
  "/collections?limit=2&offset=2",
  "/photos/starred",
  "/user",
  "/data/bootstrap",
])("answers %s", async (path) => {
  const studio = await simulator();
  const answer = await get(studio, studio.galleryUrl + path);
  expect(answer.status).toBe(200);
});

test("redirects to the path with the right slash", async () => {
  const studio = await simulator();
  const [id] = [...studio.studio.collections.keys()];
  const downloads = await get(studio, `${studio.galleryUrl}/collections/${id}/downloads?page=1`);
  expect(downloads.status).toBe(301);
  expect(downloads.headers.get("location")).toBe(`/gallery/api/v1/collections/${id}/downloads/?page=1`);
  const favorites = await get(studio, `${studio.galleryUrl}/collections/${id}/favorites/`);
  expect(favorites.headers.get("location")).toBe(`/gallery/api/v1/collections/${id}/favorites`);
});

test("gives secrets in plain text and other signed addresses on every read", async () => {
  const studio = await simulator();
  const [id] = [...studio.studio.collections.keys()];
  const read = async (): Promise<Record<string, unknown>> => {
    const answer = await get(studio, `${studio.galleryUrl}/collections/${id}`);
    return ((await answer.json()) as { data: Record<string, unknown> }).data;
  };
  const [one, two] = [await read(), await read()];
  expect(one.download_pin).toMatch(/^\d{4}$/);
  expect(one.private_password).toBe(two.private_password);
  expect(one.cover_url).not.toBe(two.cover_url);
  expect(one.views_count).not.toBe(two.views_count);
});

test("a seed gives the same studio twice, and another seed another", async () => {
  const fixed = { now: () => fixedMoment, collections: 8 };
  const [one, two, other] = [
    await simulator(fixed),
    await simulator(fixed),
    await simulator({ ...fixed, seed: 8 }),
  ];
  expect(one.studio).toEqual(two.studio);
  expect(one.studio.collections).not.toEqual(other.studio.collections);
  expect(one.addFavorites({ count: 5 })).toEqual(two.addFavorites({ count: 5 }));
});

test("shows a photo twice in one list when it was chosen through two sets", async () => {
  const studio = await simulator();
  const [collection] = [...studio.studio.collections.values()];
  const wanted = { collection: collection?.id, photo: collection?.firstMediaId, client: "jane@example.com" };
  studio.addFavorites(wanted);
  studio.addFavorites(wanted);
  expect(studio.addFavorites(wanted).favorites).toEqual([]);
  const answer = await get(studio, `${studio.galleryUrl}/collections/${collection?.id}/favorites`);
  const { data } = (await answer.json()) as { data: { photo_id: number; client_email: string }[] };
  const same = data.filter((row) => row.photo_id === wanted.photo && row.client_email === "jane@example.com");
  expect(same).toHaveLength(2);
});
