import { expect, test } from "vitest";
import { get, post, simulator } from "./support.js";

test("needs a session, and refuses in each host's own form", async () => {
  const studio = await simulator();
  const gallery = await fetch(`${studio.galleryUrl}/user`);
  expect([gallery.status, await gallery.json()]).toEqual([
    401,
    { error: "Unauthorized", message: expect.any(String) },
  ]);
  const business = await fetch(`${studio.studioUrl}/invoices/`);
  expect([business.status, await business.json()]).toEqual([
    401,
    { error: { code: 401, message: expect.any(String) } },
  ]);
});

test("an ended session is refused in the form asked for, and a new one works", async () => {
  const studio = await simulator();
  const cookie = studio.cookies;
  const answers = (): Promise<Response> =>
    fetch(`${studio.galleryUrl}/user`, { headers: { cookie }, redirect: "manual" });
  expect((await answers()).status).toBe(200);
  studio.expireSession("redirect-login");
  const refused = await answers();
  expect([refused.status, refused.headers.get("location")]).toEqual([302, "/gallery/login"]);
  await post(`${studio.controlUrl}/session/expire`, { as: "419" });
  expect((await answers()).status).toBe(419);
  const { body } = await post(`${studio.controlUrl}/session/new`);
  const fresh = { headers: { cookie: (body as { cookie: string }).cookie } };
  expect((await fetch(`${studio.galleryUrl}/user`, fresh)).status).toBe(200);
  expect((await fetch(`${studio.studioUrl}/invoices/`, fresh)).status).toBe(200);
});

test("renews a cookie from time to time, and values end with their lifetime", async () => {
  let now = Date.now();
  const studio = await simulator({ now: () => now, renewEvery: 3, sessionLifetimeSeconds: 60 });
  const cookie = studio.cookies;
  let renewed: string | null = null;
  for (let request = 0; request < 3; request++) {
    now += 15_000;
    renewed = (await fetch(`${studio.galleryUrl}/user`, { headers: { cookie } })).headers.get("set-cookie");
    expect(renewed === null).toBe(request < 2);
  }
  now += 20_000;
  expect((await fetch(`${studio.galleryUrl}/user`, { headers: { cookie } })).status).toBe(401);
  const kept = renewed?.split(";")[0] ?? "";
  expect((await fetch(`${studio.galleryUrl}/user`, { headers: { cookie: kept } })).status).toBe(200);
});

test("logs in through the form, unless a challenge stands before it", async () => {
  const studio = await simulator();
  const logIn = (password: string): Promise<Response> =>
    fetch(studio.loginUrl, {
      method: "POST",
      body: new URLSearchParams({ email: studio.credentials.email, password }),
      headers: { accept: "application/json" },
      redirect: "manual",
    });
  expect(await (await fetch(studio.loginUrl)).text()).toContain('name="password"');
  expect((await logIn("wrong")).status).toBe(422);
  const welcomed = await logIn(studio.credentials.password);
  expect(welcomed.status).toBe(302);
  const cookie = welcomed.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  expect((await fetch(`${studio.galleryUrl}/data/bootstrap`, { headers: { cookie } })).status).toBe(200);
  studio.set({ loginChallenge: true });
  expect((await logIn(studio.credentials.password)).headers.get("cf-mitigated")).toBe("challenge");
});

test("writes down every request with its session, status and the moment", async () => {
  const studio = await simulator();
  await Promise.all([get(studio, `${studio.galleryUrl}/user`), fetch(`${studio.studioUrl}/invoices/`)]);
  await fetch(studio.controlUrl);
  expect(studio.requests.total).toBe(2);
  expect(studio.requests.lastMinute()).toBe(2);
  const user = studio.requests.entries.find(({ path }) => path.endsWith("/user"));
  expect(user).toMatchObject({ method: "GET", status: 200, concurrent: 1 });
  expect(user?.session).toMatch(/^session-/);
  const answer = await (await fetch(`${studio.controlUrl}/requests`)).json();
  expect(answer).toMatchObject({ total: 2, lastMinute: 2 });
});

test("limits requests a minute when told to", async () => {
  const studio = await simulator({ rateLimit: 2 });
  const url = `${studio.galleryUrl}/user`;
  expect((await get(studio, url)).headers.get("x-ratelimit-remaining")).toBe("1");
  await get(studio, url);
  const refused = await get(studio, url);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
});

test("counts one request at a time as one at a time", async () => {
  const studio = await simulator();
  const url = `${studio.galleryUrl}/dashboard_listings`;
  for (let request = 0; request < 100; request++) await (await get(studio, url)).text();
  expect(Math.max(...studio.requests.entries.map(({ concurrent }) => concurrent))).toBe(1);
  studio.setFault({ kind: "slow", delayMs: 100 });
  await Promise.all([1, 2, 3].map(async () => (await get(studio, url)).text()));
  expect(Math.max(...studio.requests.entries.map(({ concurrent }) => concurrent))).toBeGreaterThan(1);
});
