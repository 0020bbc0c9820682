import { expect, test } from "vitest";
import { get, post, simulator } from "./support.js";

const statuses = [
  ["400", 400],
  ["401", 401],
  ["401-object", 401],
  ["redirect-login", 302],
  ["redirect-login-303", 303],
  ["419", 419],
  ["challenge", 403],
  ["challenge-html", 403],
  ["challenge-503", 503],
  ["403", 403],
  ["404", 404],
  ["408", 408],
  ["410", 410],
  ["422", 422],
  ["425", 425],
  ["429", 429],
  ["429-date", 429],
  ["429-none", 429],
  ["500", 500],
  ["502", 502],
  ["503", 503],
  ["504", 504],
] as const;

test.each(statuses)("%s answers once with %i and then lets requests through", async (kind, status) => {
  const studio = await simulator();
  studio.setFault({ kind, path: "/user", count: 1 });
  const answer = await get(studio, `${studio.galleryUrl}/user`);
  expect(answer.status).toBe(status);
  const isChallenge = kind.startsWith("challenge");
  expect((await answer.text()).includes("cf-turnstile")).toBe(isChallenge);
  expect(answer.headers.get("cf-mitigated")).toBe(kind === "challenge" ? "challenge" : null);
  expect((await get(studio, `${studio.galleryUrl}/user`)).status).toBe(200);
  expect(studio.requests.entries.map(({ fault }) => fault)).toEqual([kind, null]);
});

test("429 says when to come back: in seconds, as a date, or not", async () => {
  const studio = await simulator();
  const retryAfter = async (kind: "429" | "429-date" | "429-none"): Promise<string | null> => {
    studio.setFault({ kind, count: 1, retryAfterSeconds: 30 });
    return (await get(studio, `${studio.galleryUrl}/user`)).headers.get("retry-after");
  };
  expect(await retryAfter("429")).toBe("30");
  expect(Date.parse((await retryAfter("429-date")) ?? "") - Date.now()).toBeGreaterThan(28_000);
  expect(await retryAfter("429-none")).toBeNull();
});

test.each(["truncated", "garbage", "empty-body", "html", "html-login"] as const)(
  "%s is no JSON",
  async (kind) => {
    const studio = await simulator();
    studio.setFault({ kind });
    const answer = await get(studio, `${studio.studioUrl}/invoices/`);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(() => JSON.parse(text)).toThrow();
  },
);

test.each([
  ["empty-envelope", {}],
  ["null-data", { data: null }],
] as const)("%s is JSON without a list", async (kind, body) => {
  const studio = await simulator();
  studio.setFault({ kind });
  const answer = await get(studio, `${studio.studioUrl}/invoices/`);
  expect(await answer.json()).toEqual(body);
});

test.each(["reset", "cut"] as const)("%s breaks the connection", async (kind) => {
  const studio = await simulator();
  studio.setFault({ kind, count: 1 });
  const read = async (): Promise<string> => (await get(studio, `${studio.studioUrl}/invoices/`)).text();
  await expect(read()).rejects.toThrow();
  expect(studio.requests.entries[0]?.status).toBeNull();
  await expect(read()).resolves.toContain("in_");
});

test("timeout never answers, and does not hold up the close", async () => {
  const studio = await simulator();
  studio.setFault({ kind: "timeout" });
  const signal = AbortSignal.timeout(150);
  await expect(get(studio, `${studio.galleryUrl}/user`, { signal })).rejects.toThrow();
  const hanging = get(studio, `${studio.galleryUrl}/user`).catch(() => "broken");
  await new Promise((resolve) => setTimeout(resolve, 50));
  await studio.close();
  expect(await hanging).toBe("broken");
});

test("slow answers late", async () => {
  const studio = await simulator();
  studio.setFault({ kind: "slow", delayMs: 120 });
  const began = performance.now();
  expect((await get(studio, `${studio.galleryUrl}/user`)).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThan(110);
});

test("a fault can wait, match by pattern, end by time and be cleared", async () => {
  let now = Date.now();
  const studio = await simulator({ now: () => now });
  const status = async (path: string): Promise<number> =>
    (await get(studio, studio.galleryUrl + path)).status;
  const [id] = [...studio.studio.collections.keys()];
  studio.setFault({ kind: "500", path: "/collections/*/favorites", skip: 1, forMs: 1000 });
  expect(await status(`/collections/${id}/favorites`)).toBe(200);
  expect(await status(`/collections/${id}/clients`)).toBe(200);
  expect(await status(`/collections/${id}/favorites`)).toBe(500);
  now += 1001;
  expect(await status(`/collections/${id}/favorites`)).toBe(200);
  studio.setFault({ kind: "500" });
  expect(studio.faults()).toHaveLength(1);
  expect(studio.clearFaults()).toBe(1);
  expect(await status("/user")).toBe(200);
});

test("rows can go missing, shift between pages, and be counted wrongly", async () => {
  const studio = await simulator({ invoices: 60 });
  type Page = { data: { id: string }[]; meta: { total: number } };
  const read = async (page: number): Promise<Page> =>
    (await get(studio, `${studio.studioUrl}/invoices/?page=${page}`)).json() as Promise<Page>;
  const [one, two] = [await read(1), await read(2)];
  studio.setFault({ kind: "shift", rows: 2, count: 1, skip: 1 });
  await read(1);
  const shifted = await read(2);
  expect(shifted.data.slice(0, 2)).toEqual(one.data.slice(-2));
  expect(shifted.data[2]).toEqual(two.data[0]);
  studio.setFault({ kind: "drop-rows", rows: 3, count: 1 });
  expect((await read(1)).data[0]).toEqual(one.data[3]);
  studio.setFault({ kind: "lying-total", rows: 5, count: 1 });
  expect((await read(1)).meta.total).toBe(65);
});

test("faults are set, listed and cleared over HTTP; a wrong kind is refused by name", async () => {
  const studio = await simulator();
  expect((await post(`${studio.controlUrl}/faults`, { kind: "503", count: 2 })).status).toBe(201);
  expect(studio.faults()).toMatchObject([{ kind: "503", count: 2, hits: 0 }]);
  expect((await post(`${studio.controlUrl}/faults`, { kind: "nonsense" })).status).toBe(422);
  await fetch(`${studio.controlUrl}/faults`, { method: "DELETE" });
  expect(studio.faults()).toEqual([]);
});

test("a list can hold rows that are none, and give its first page for ever", async () => {
  const studio = await simulator({ invoices: 60 });
  const read = async (page: number): Promise<unknown[]> => {
    const answer = await get(studio, `${studio.studioUrl}/invoices/?page=${page}`);
    return ((await answer.json()) as { data: unknown[] }).data;
  };
  const honest = await read(1);
  studio.setFault({ kind: "bad-rows", rows: 3, count: 1 });
  expect(await read(1)).toEqual([{}, null, "not a row", ...honest.slice(3)]);
  studio.setFault({ kind: "same-page" });
  expect(await read(7)).toEqual(honest);
});

test("a huge answer is good JSON, after 64 MiB", async () => {
  const studio = await simulator();
  studio.setFault({ kind: "huge", path: "/user" });
  const answer = await fetch(`${studio.galleryUrl}/user`, { headers: { cookie: studio.cookies } });
  const body = Buffer.from(await answer.arrayBuffer());
  expect(body.length).toBeGreaterThan(64 * 1024 * 1024);
  expect(JSON.parse(body.subarray(64 * 1024 * 1024).toString())).toMatchObject({ data: { id: 77_041 } });
});
