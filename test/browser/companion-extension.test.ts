import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { expectAccessible } from "./support/accessible.js";
import { buildCompanion, type CompanionBrowser, launchCompanion } from "./support/extension.js";
import { type FakeHosts, startFakeHosts } from "./support/fake-hosts.js";
import { type FakeNotifier, startFakeNotifier } from "./support/fake-notifier.js";
import { reply, startFakeServer } from "./support/fake-server.js";

let notifier: FakeNotifier;
let hosts: FakeHosts;
let browser: CompanionBrowser;
const foreignAsked: string[] = [];
const ends: (() => Promise<unknown>)[] = [];
const within = { timeout: 15_000, interval: 50 };

beforeAll(async () => {
  const foreign = await startFakeServer((request, response) => {
    foreignAsked.push(request.url ?? "");
    reply(response, 200, { secret: "of another host" });
  });
  ends.push(foreign.stop);
  // Names below localhost are of this machine in browsers; only the two hosts may be read.
  hosts = await startFakeHosts(`http://foreign.localhost:${foreign.port}`);
  ends.push(hosts.stop);
  notifier = await startFakeNotifier(hosts);
  ends.push(() => notifier.stop());
  const origins = [hosts.gallery, hosts.studio, notifier.url].map((url) => new URL(url).origin);
  const { folder, dispose } = await buildCompanion(origins);
  ends.push(dispose);
  browser = await launchCompanion(inject("chromium"), { extension: folder });
  ends.push(browser.close);
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});
beforeEach(async () => {
  await send({ do: "disconnect" });
  await browser.context.clearCookies();
  notifier.reset();
});

const send = (message: { do: string }) =>
  browser.ask(`chrome.runtime.sendMessage(${JSON.stringify(message)})`);
const badge = () => browser.ask("chrome.action.getBadgeText({})");
const kept = async () =>
  JSON.stringify(
    await browser.ask("Promise.all([chrome.storage.local.get(), chrome.storage.session.get()])"),
  );
const quiet = () => new Promise((resolve) => setTimeout(resolve, 3_000));

async function signIn(name = "anna"): Promise<void> {
  const page = await browser.context.newPage();
  for (const base of [hosts.gallery, hosts.studio])
    await page.goto(`${new URL(base).origin}/sign-in?as=${name}`);
  await page.close();
}

describe("pairing", () => {
  test("takes the link, and the popup says what is wrong with one", async () => {
    notifier.set({ session: { status: "active", reason: null, epoch: 3 } });
    const popup = await browser.openPage("popup.html");
    const connect = popup.getByRole("button", { name: "Connect", exact: true });
    await connect.click();
    expect(await popup.getByRole("alert").textContent()).toBe("Paste the pairing link first.");
    await popup.getByLabel("Pairing link").fill(`${notifier.url}/companion#AAAA-BBBB-CCCC`);
    await connect.click();
    await expect.poll(() => popup.getByRole("alert").textContent(), within).toMatch(/make a new one/);
    await expectAccessible(popup);
    await popup.getByLabel("Pairing link").fill(notifier.link());
    await connect.click();
    await popup.getByRole("heading", { name: "Smith Studio" }).waitFor();
    await expect.poll(() => popup.getByRole("status").textContent(), within).toMatch(/Fine/);
    expect(await popup.getByText("Hands over the session when it changes.").isVisible()).toBe(true);
    await expectAccessible(popup);
    await popup.close();
  });

  test("forgets everything here with Disconnect, and ends the pairing there", async () => {
    await browser.pair(notifier.link());
    expect(await kept()).toContain("pxc_");
    const popup = await browser.openPage("popup.html");
    await popup.getByRole("button", { name: "Disconnect" }).click();
    await popup.getByLabel("Pairing link").waitFor();
    expect(await kept()).not.toMatch(/pxc_|Smith|acc_/);
    await expect.poll(() => notifier.isPaired()).toBe(false);
    await popup.close();
  });

  test("that was ended elsewhere is forgotten, and said", async () => {
    await signIn();
    await browser.pair(notifier.link());
    await expect.poll(() => notifier.handedOver.length, within).toBe(1);
    notifier.end();
    const popup = await browser.openPage("popup.html");
    await popup.getByText("The pairing was ended in pixiehook.").waitFor();
    expect(await kept()).not.toMatch(/pxc_/);
    await expect.poll(badge, within).toBe("!");
    await expectAccessible(popup);
    await popup.close();
  });
});

test("all pages are for everybody to read, by day and by night", async () => {
  for (const [name, colorScheme] of [
    ["about.html", "light"],
    ["about.html", "dark"],
    ["popup.html", "dark"],
  ] as const) {
    const page = await browser.openPage(name);
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    await page.close();
  }
});

describe("the session", () => {
  test("is handed over with the cookies of both hosts, HttpOnly or not, and no others", async () => {
    await signIn();
    await browser.pair(notifier.link());
    await expect.poll(() => notifier.handedOver.length, within).toBe(1);
    const { cookies = [], userAgent } = notifier.handedOver[0] ?? {};
    const lines = cookies.map(({ domain, name, path, httpOnly, hostOnly }) =>
      [domain, name, path, httpOnly, hostOnly].join(" "),
    );
    expect(lines.toSorted()).toEqual([
      "127.0.0.1 seen / false true",
      "127.0.0.1 sid / true true",
      "127.0.0.1 strict /api true true",
      "localhost seen / false true",
      "localhost sid / true true",
      "localhost strict /api true true",
    ]);
    expect(userAgent).toMatch(/Chrome\//);
    await expect.poll(badge, within).toBe("");
    // Only a hash of it is known here.
    expect(await kept()).not.toContain("anna");
  });

  test("is not offered again once it was refused, until the cookies change or it is lost anew", async () => {
    notifier.refuseWith({ status: 422, code: "session_rejected" });
    await signIn();
    await browser.pair(notifier.link());
    await expect.poll(() => notifier.handedOver.length, within).toBe(1);
    await expect.poll(badge, within).toBe("!");
    await send({ do: "look" });
    await quiet();
    expect(notifier.handedOver.length).toBe(1);
    notifier.refuseWith(null);
    await signIn("berta");
    await expect.poll(() => notifier.handedOver.length, within).toBe(2);
    await expect.poll(badge, within).toBe("");
    notifier.lose("expired");
    await send({ do: "look" });
    await expect.poll(() => notifier.handedOver.length, within).toBe(3);
  });

  test("that is active is replaced once in ten minutes at most", async () => {
    await signIn();
    await browser.pair(notifier.link());
    await expect.poll(() => notifier.handedOver.length, within).toBe(1);
    const before = notifier.asked();
    await signIn("berta");
    await expect.poll(() => notifier.asked(), within).toBeGreaterThan(before);
    await quiet();
    expect(notifier.handedOver.length).toBe(1);
  });

  test("is asked for with a link while somebody has to sign in or to pass a check", async () => {
    await browser.pair(notifier.link());
    const popup = await browser.openPage("popup.html");
    await expect.poll(() => popup.getByRole("status").textContent(), within).toMatch(/Sign in to Pixieset/);
    const link = popup.getByRole("link", { name: "Open Pixieset" });
    expect(await link.getAttribute("href")).toBe(notifier.state().signInUrl);
    await expectAccessible(popup);
    notifier.lose("challenged");
    await send({ do: "look" });
    await expect.poll(() => popup.getByRole("status").textContent(), within).toMatch(/Pass the check/);
    await popup.close();
    expect(notifier.handedOver).toEqual([]);
  });

  test("never leaves the browser while the browser reads", async () => {
    notifier.set({ readBy: "browser" });
    await signIn();
    await browser.pair(notifier.link());
    await expect.poll(() => notifier.handedOver.length, within).toBe(1);
    expect(notifier.handedOver[0]?.cookies).toBeUndefined();
    await expect.poll(() => notifier.state().session.status, within).toBe("active");
  });
});

describe("reading for pixiehook", () => {
  beforeEach(async () => {
    notifier.set({ readBy: "browser", session: { status: "active", reason: null, epoch: 1 } });
    await signIn();
    await browser.pair(notifier.link());
  });

  test("sends the browser's cookies and the headers asked for, and tells all headers of the answer", async () => {
    const headers = { accept: "application/json", "x-requested-with": "XMLHttpRequest" };
    const read = await notifier.errand(`${hosts.studio}/user`, { headers });
    expect(read.status).toBe(200);
    expect(read.headers).toMatchObject({
      etag: '"one"',
      "ratelimit-remaining": "41",
      "x-ratelimit-limit": "60",
    });
    const { cookie, accept, by } = JSON.parse(read.body ?? "");
    expect(cookie.split("; ").toSorted()).toEqual(["seen=yes", "sid=anna", "strict=anna"]);
    expect([accept, by]).toEqual(["application/json", "XMLHttpRequest"]);
    const again = await notifier.errand(`${hosts.studio}/user`, { headers: { "if-none-match": '"one"' } });
    expect([again.status, again.body]).toEqual([304, ""]);
    const challenged = await notifier.errand(`${hosts.gallery}/challenged`);
    expect([challenged.status, challenged.headers?.["cf-mitigated"]]).toEqual([403, "challenge"]);
  });

  test("follows a slash, and tells what leads elsewhere as 302", async () => {
    expect(await notifier.errand(`${hosts.gallery}/list`)).toMatchObject({
      status: 200,
      body: '{"list":true}',
    });
    const { origin } = new URL(hosts.gallery);
    const lost = await notifier.errand(`${hosts.gallery}/lost`);
    expect(lost).toEqual({ status: 302, headers: { location: `${origin}/login` }, body: "" });
    const away = await notifier.errand(`${hosts.gallery}/away`);
    expect(away).toEqual({ status: 302, headers: {}, body: "" });
  });

  test("asks for nothing outside the two hosts, whoever says so", async () => {
    foreignAsked.length = 0;
    const before = hosts.asked.length;
    const { origin } = new URL(hosts.gallery);
    for (const url of [
      `${origin}/login`,
      `${hosts.gallery}/../../login`,
      `${notifier.url}/companion/v1/state`,
    ])
      expect(await notifier.errand(url)).toEqual({ failure: "unreachable" });
    expect(hosts.asked.slice(before)).toEqual([]);
    notifier.set({ hosts: { gallery: "https://example.com", studio: hosts.studio } });
    await notifier.errand(`${hosts.studio}/user`);
    expect(await notifier.errand("https://example.com/secrets")).toEqual({ failure: "unreachable" });
    expect(foreignAsked).toEqual([]);
  });

  test("stops at a body that is too large, and at one that is too slow", async () => {
    const large = await notifier.errand(`${hosts.gallery}/large`, { maxBodyBytes: 1_000_000 });
    expect(large).toEqual({ failure: "too_large" });
    // What lay in pipes between the two is read by nobody.
    expect(hosts.sent()).toBeLessThan(32 * 1024 * 1024);
    const slow = await notifier.errand(`${hosts.gallery}/slow`, { withinMs: 800 });
    expect(slow).toEqual({ failure: "too_slow" });
    expect(await notifier.errand(`${hosts.gallery}/user`)).toMatchObject({ status: 200 });
  });

  test("is done one page at a time, and counted where everybody sees it", async () => {
    const urls = Array.from({ length: 8 }, () => `${hosts.gallery}/user`);
    await Promise.all(urls.map((url) => notifier.errand(url)));
    expect(notifier.mostAtOnce()).toBe(1);
    const popup = await browser.openPage("popup.html");
    await popup.getByText("Reads for pixiehook: 8 pages in the last hour.").waitFor();
    await popup.close();
  });

  test("says when the names of the cookies change, and not when a value does", async () => {
    await notifier.errand(`${hosts.gallery}/user`);
    await signIn("berta");
    await notifier.errand(`${hosts.gallery}/user`);
    expect(new Set(notifier.signIns).size).toBe(1);
    await browser.context.clearCookies({ name: "sid" });
    await notifier.errand(`${hosts.gallery}/user`);
    await notifier.errand(`${hosts.gallery}/user`);
    expect(new Set(notifier.signIns).size).toBe(2);
  });
});

describe("trouble", () => {
  test("of the notifier is shown, and over as soon as it is back", async () => {
    notifier.set({ session: { status: "active", reason: null, epoch: 1 } });
    await signIn();
    await browser.pair(notifier.link());
    await quiet();
    await notifier.stop();
    const popup = await browser.openPage("popup.html");
    await expect
      .poll(() => popup.getByRole("status").textContent(), within)
      .toContain(`Cannot reach pixiehook at ${notifier.url} since`);
    await expect.poll(badge, within).toBe("?");
    await expectAccessible(popup);
    await popup.close();
    await notifier.start();
    notifier.lose("expired");
    const handed = notifier.handedOver.length;
    // What happened meanwhile is made up for.
    await signIn("berta");
    await expect.poll(() => notifier.handedOver.length, within).toBe(handed + 1);
    await expect.poll(badge, within).toBe("");
  });

  test("of a background that was killed is over with the next alarm", async () => {
    notifier.set({ readBy: "browser", session: { status: "active", reason: null, epoch: 1 } });
    await signIn();
    await browser.pair(notifier.link());
    await notifier.errand(`${hosts.gallery}/user`);
    await browser.stopWorker();
    // The alarm comes within half a minute.
    expect(await notifier.errand(`${hosts.gallery}/user`)).toMatchObject({ status: 200 });
  });
});
