import { expect, test } from "vitest";
import { openBrowser, signIn } from "./browser.js";
import { post, simulator } from "./support.js";

const apart = { studioHost: "localhost" };

test("a person who signs in by the form has cookies of both hosts, which scripts cannot read but for the tokens", async () => {
  const studio = await simulator(apart);
  expect(new URL(studio.studioUrl).hostname).toBe("localhost");
  const browser = openBrowser();
  const form = await browser.visit(studio.signInUrl);
  expect(form).toMatchObject({ url: studio.loginUrl, text: expect.stringContaining("Log in") });
  const landed = await signIn(browser, studio);
  expect(landed).toMatchObject({ url: `${studio.url}/gallery/dashboard`, status: 200 });
  expect(landed.text).toContain("Signed in as owner@smithstudio.example");

  const readable = [...browser.cookies].map(([host, jar]) => [
    host,
    [...jar].map(([name, header]) => `${name}${header.includes("HttpOnly") ? "" : " (readable)"}`).sort(),
  ]);
  expect(Object.fromEntries(readable)).toEqual({
    "127.0.0.1": ["GD-XSRF-TOKEN (readable)", "IDP_SID", "gallery_dashboard_session", "wsid"],
    localhost: ["PHPSESSID", "XSRF-TOKEN (readable)"],
  });
  for (const jar of browser.cookies.values()) {
    for (const header of jar.values()) expect(header).toMatch(/Max-Age=12600; Path=\/; SameSite=Lax/);
  }
  expect((await browser.ask(`${studio.galleryUrl}/user`)).status).toBe(200);
  expect((await browser.ask(`${studio.studioUrl}/invoices/`)).status).toBe(200);
});

test("the ticket that leads through the studio's host is good once", async () => {
  const studio = await simulator(apart);
  const sent = await fetch(studio.loginUrl, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin", "sec-fetch-dest": "document" },
    body: new URLSearchParams({ ...studio.credentials }),
    redirect: "manual",
  });
  const way = sent.headers.get("location") ?? "";
  expect(new URL(way).hostname).toBe("localhost");
  expect((await openBrowser().visit(way)).url).toBe(studio.loginUrl);
  const later = await fetch(way, { redirect: "manual" });
  expect([later.headers.get("location"), later.headers.getSetCookie()]).toEqual([studio.loginUrl, []]);
});

test("wrong credentials are told on the form; whoever is not signed in is led to it", async () => {
  const studio = await simulator(apart);
  const browser = openBrowser();
  const refused = await browser.visit(studio.loginUrl, {
    email: "owner@smithstudio.example",
    password: "no",
  });
  expect(refused).toMatchObject({ status: 422, text: expect.stringContaining("do not match our records") });
  expect((await browser.visit(`${studio.url}/gallery/dashboard`)).url).toBe(studio.loginUrl);
});

test("who signs out is signed out on both hosts, and nobody else is", async () => {
  const studio = await simulator(apart);
  const [one, other] = [openBrowser(), openBrowser()];
  await signIn(one, studio);
  await signIn(other, studio);
  const kept = one.cookies.get("localhost")?.get("PHPSESSID")?.split(";")[0] ?? "";
  expect((await one.visit(`${studio.url}/gallery/logout`, {})).url).toBe(studio.loginUrl);
  expect([...one.cookies.values()].map((jar) => [...jar.keys()])).toEqual([[], []]);
  const stolen = await fetch(`${studio.studioUrl}/invoices/`, { headers: { cookie: kept } });
  expect(stolen.status).toBe(401);
  expect((await other.ask(`${studio.studioUrl}/invoices/`)).status).toBe(200);
});

test("somebody else who signs in sees her own studio, with no id of the first", async () => {
  const studio = await simulator();
  const [hers, his] = [openBrowser(), openBrowser()];
  await signIn(hers, studio, studio.stranger.credentials);
  await signIn(his, studio);
  const read = async (browser: typeof hers, path: string) => (await browser.ask(studio.url + path)).text();
  expect(await read(hers, "/gallery/api/v1/user")).toContain("owner@rivera.example");
  expect(await read(his, "/gallery/api/v1/user")).toContain("owner@smithstudio.example");
  const [mine = 0] = studio.stranger.studio.collections.keys();
  const [first = 0] = studio.studio.collections.keys();
  const listing = "/gallery/api/v1/dashboard_listings";
  expect(await read(hers, listing)).toContain(String(mine));
  expect(await read(hers, listing)).not.toContain(String(first));
  expect(await read(his, listing)).not.toContain(String(mine));
  expect((await hers.ask(`${studio.galleryUrl}/collections/${first}/favorites`)).status).toBe(404);
  const { favorites } = studio.stranger.addFavorites({ count: 1 });
  expect(favorites).toHaveLength(1);
  expect(studio.oracle()).toEqual([]);
  // What is pasted is the owner's, whoever signed in last.
  const { email } = studio.credentials;
  const pasted = await fetch(`${studio.galleryUrl}/user`, { headers: { cookie: studio.cookies } });
  expect(await pasted.text()).toContain(email);
});

test("a challenge for servers alone lets browsers pass, and the log tells the two apart", async () => {
  const studio = await simulator(apart);
  const browser = openBrowser();
  await signIn(browser, studio);
  studio.requests.clear();
  studio.set({ challenged: "servers" });
  const headers = { cookie: studio.cookies };
  for (const url of [`${studio.galleryUrl}/user`, `${studio.studioUrl}/invoices/`, studio.loginUrl]) {
    const refused = await fetch(url, { headers });
    expect([refused.status, refused.headers.get("cf-mitigated")]).toEqual([403, "challenge"]);
  }
  expect((await browser.ask(`${studio.galleryUrl}/user`)).status).toBe(200);
  expect(studio.requests.entries.map(({ fromBrowser, status }) => [fromBrowser, status])).toEqual([
    [false, 403],
    [false, 403],
    [false, 403],
    [true, 200],
  ]);
});

test("a challenge for everybody lets a browser pass, on both hosts, in which a person has pressed the button", async () => {
  const studio = await simulator(apart);
  const [browser, other] = [openBrowser(), openBrowser()];
  await signIn(browser, studio);
  const { body } = await post(`${studio.controlUrl}/settings`, { challenged: "everybody" });
  expect(body).toMatchObject({ challenged: "everybody" });
  const met = await browser.visit(studio.signInUrl);
  expect(met).toMatchObject({ status: 403, text: expect.stringContaining("I am human") });
  expect((await browser.ask(`${studio.studioUrl}/invoices/`)).status).toBe(403);

  const [, action = ""] = /action="([^"]+)"/.exec(met.text) ?? [];
  expect((await browser.visit(new URL(action, met.url).href, {})).url).toBe(
    `${studio.url}/gallery/dashboard`,
  );
  expect((await browser.ask(`${studio.studioUrl}/invoices/`)).status).toBe(200);
  expect((await browser.ask(`${studio.galleryUrl}/user`)).status).toBe(200);
  const cookies = [...(browser.cookies.get("127.0.0.1") ?? [])].map(([, header]) => header.split(";")[0]);
  const program = await fetch(`${studio.galleryUrl}/user`, { headers: { cookie: cookies.join("; ") } });
  expect(program.headers.get("cf-mitigated")).toBe("challenge");
  expect((await other.visit(studio.loginUrl)).status).toBe(403);

  studio.set({ challenged: "everybody" });
  expect((await browser.ask(`${studio.galleryUrl}/user`)).status).toBe(403);
});
