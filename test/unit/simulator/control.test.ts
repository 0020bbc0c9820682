import { expect, test } from "vitest";
import { post, simulator } from "./support.js";

type Described = { acts: { request: string; fields: string[] }[]; machinery: { request: string }[] };

test("describes itself, and every act in the description works with nothing given", async () => {
  const studio = await simulator();
  studio.addDownloads({ status: "processing" });
  const { acts } = (await (await fetch(studio.controlUrl)).json()) as Described;
  expect(acts.length).toBeGreaterThan(12);
  for (const { request } of acts) {
    const path = request.replace("POST /control", "");
    const needed = path.endsWith("/status") ? { status: "paid" } : {};
    const { status, body } = await post(studio.controlUrl + path, needed);
    expect({ path, status, body }).toMatchObject({ status: 201, body: { made: expect.anything() } });
  }
});

test("says precisely what was made, and writes it into the oracle", async () => {
  const studio = await simulator();
  const [id] = [...studio.studio.collections.keys()];
  const wanted = { collection: id, client: "Jane@Example.com", list: "Album picks", count: 3, note: "crop" };
  const { body } = await post(`${studio.controlUrl}/favorites`, wanted);
  const { made } = body as { made: { favorites: { id: string }[] } };
  expect(made).toMatchObject({
    collection: { id: String(id) },
    client: { email: "Jane@Example.com", name: null },
    list: { name: "Album picks" },
    favorites: [{ note: "crop", photo: { name: expect.stringMatching(/\.jpg$/) } }, {}, {}],
  });
  const oracle = (await (await fetch(`${studio.controlUrl}/oracle?kind=favorite.added`)).json()) as {
    data: { favorite: string; sequence: number }[];
  };
  expect(oracle.data.map(({ favorite }) => favorite)).toEqual(made.favorites.map((one) => one.id));
  const { body: removed } = await post(`${studio.controlUrl}/favorites/remove`, {
    id: made.favorites[0]?.id,
  });
  expect(removed).toMatchObject({ made: [{ favorites: [{ id: made.favorites[0]?.id }] }] });
  expect(studio.oracle().at(-1)).toMatchObject({
    kind: "favorite.removed",
    collection: String(id),
    sequence: 4,
  });
});

test("a whole gallery comes as several ZIP parts, a video ends later, an anonymous client has no name", async () => {
  const studio = await simulator();
  expect(studio.addDownloads({ kind: "gallery", parts: 3, client: null })).toMatchObject({
    client: null,
    downloads: [{ kind: "gallery", media: null }, {}, {}],
  });
  const { downloads } = studio.addDownloads({ kind: "video", status: "processing" });
  expect(studio.finishDownload({ id: downloads[0]?.id, status: "failed" })).toMatchObject({
    status: "failed",
  });
});

test.each([
  ["/favorites", { collection: 1 }, 404, /no collection 1/],
  ["/favorites", { collecton: 1 }, 422, /does not fit/],
  ["/invoices/pay", { id: "in_NONE" }, 404, /no invoice/],
  ["/nothing", {}, 404, /GET \/control/],
])("POST %s %j is refused with %i", async (path, wanted, status, message) => {
  const studio = await simulator();
  const answer = await post(studio.controlUrl + path, wanted);
  expect(answer.status).toBe(status);
  expect((answer.body as { error: string }).error).toMatch(message);
});

test("summarises the studio and steers life and settings", async () => {
  const studio = await simulator({ collections: 3 });
  expect(await (await fetch(`${studio.controlUrl}/state`)).json()).toMatchObject({
    collections: 3,
    dialect: "flat",
  });
  await post(`${studio.controlUrl}/life`, { running: true, speed: 2 });
  await post(`${studio.controlUrl}/settings`, { dialect: "bare", rateLimit: 30 });
  expect(studio.state()).toMatchObject({ dialect: "bare", life: { running: true, speed: 2 } });
  expect((await post(`${studio.controlUrl}/life`, { running: false })).body).toMatchObject({
    running: false,
  });
});

test("the listing shows what happens in a collection as far as it is told to, and nothing unless it is", async () => {
  const studio = await simulator({ collections: 2 });
  const [id = 0] = studio.studio.collections.keys();
  const shown = async () => {
    const headers = { cookie: studio.cookies, accept: "application/json" };
    const answer = await fetch(`${studio.galleryUrl}/collections/${id}`, { headers });
    return ((await answer.json()) as { data: { updated_at: string } }).data.updated_at;
  };
  const before = await shown();
  studio.addFavorites({ collection: id });
  expect(await shown()).toBe(before);
  const { body } = await post(`${studio.controlUrl}/settings`, { listingShows: 1 });
  expect(body).toMatchObject({ listingShows: 1 });
  studio.addFavorites({ collection: id });
  expect(await shown()).not.toBe(before);
});
