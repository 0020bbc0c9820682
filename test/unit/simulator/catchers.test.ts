import { createTransport } from "nodemailer";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, test } from "vitest";
import { startSlackCatcher } from "../../../src/simulator/catchers/slack.js";
import { startSmtpCatcher } from "../../../src/simulator/catchers/smtp.js";
import { startWebhookCatcher } from "../../../src/simulator/catchers/webhook.js";

const open: { close(): Promise<void> }[] = [];
async function opened<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  open.push(one);
  return one;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
function signed(body: string, key = secret): RequestInit {
  const now = new Date();
  const headers = {
    "webhook-id": "evt_1",
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(key).sign("evt_1", now, body),
  };
  return { method: "POST", body, headers };
}

test("webhooks: tells right from wrong signatures, by path", async () => {
  const catcher = await opened(startWebhookCatcher());
  await fetch(`${catcher.url}/a`, signed("{}"));
  catcher.setSecret(secret, "/a");
  const other = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
  await fetch(`${catcher.url}/a`, signed('{"n":1}'));
  await fetch(`${catcher.url}/a`, signed("{}", other));
  await fetch(`${catcher.url}/b`, signed("{}", other));
  catcher.setSecret([other, secret]);
  await fetch(`${catcher.url}/b`, signed("{}"));
  const verdicts = catcher.received.map(({ verdict }) => verdict);
  expect(verdicts).toEqual(["unchecked", "valid", "invalid", "unchecked", "valid"]);
  expect(catcher.received[1]).toMatchObject({ path: "/a", json: { n: 1 }, status: 204, reason: null });
});

test("webhooks: answers what it was told to, then 204 again", async () => {
  const catcher = await opened(startWebhookCatcher());
  catcher.answer({ status: 503, retryAfter: 9, times: 2 }, { trouble: "reset" }, { status: 410, path: "/b" });
  const send = (path = "/a"): Promise<Response> => fetch(catcher.url + path, { method: "POST", body: "{}" });
  expect((await send("/a")).headers.get("retry-after")).toBe("9");
  expect((await send("/a")).status).toBe(503);
  await expect(send("/a")).rejects.toThrow();
  expect((await send("/b")).status).toBe(410);
  expect((await send("/b")).status).toBe(204);
  expect(catcher.received.map(({ status }) => status)).toEqual([503, 503, null, 410, 204]);
});

test("webhooks: a hang does not hold up the close, and waitFor tells what did not come", async () => {
  const catcher = await startWebhookCatcher();
  catcher.answer({ trouble: "hang" });
  const hanging = fetch(catcher.url, { method: "POST", body: "{}" }).catch(() => "broken");
  await catcher.waitFor(({ method }) => method === "POST");
  await expect(catcher.waitFor(() => false, 30)).rejects.toThrow("no webhooks within 30 ms; 1 webhooks came");
  const waiting = expect(catcher.waitFor(() => false)).rejects.toThrow("closed");
  await catcher.close();
  expect(await hanging).toBe("broken");
  await waiting;
});

const section = (text: string): unknown => ({ type: "section", text: { type: "mrkdwn", text } });

test.each([
  [
    "a good message",
    { text: "hi", blocks: [section("*Jane* &amp; Tom <https://example.com|open>")] },
    200,
    "ok",
    [],
  ],
  ["no text fallback", { blocks: [section("hi")] }, 200, "ok", ["text"]],
  ["nothing at all", {}, 400, "no_text", ["text"]],
  ["51 blocks", { text: "hi", blocks: Array(51).fill(section("x")) }, 400, "invalid_blocks", ["blocks"]],
  [
    "a long section",
    { text: "hi", blocks: [section("x".repeat(3001))] },
    400,
    "invalid_blocks",
    ["blocks[0].text.text"],
  ],
  [
    "a header in mrkdwn",
    { text: "hi", blocks: [{ type: "header", text: { type: "mrkdwn", text: "x" } }] },
    400,
    "invalid_blocks",
    ["blocks[0].text.type"],
  ],
  [
    "an unknown block",
    { text: "hi", blocks: [{ type: "carousel" }] },
    400,
    "invalid_blocks",
    ["blocks[0].type"],
  ],
  [
    "unescaped text",
    { text: "hi", blocks: [section("Tom & <b>Jane</b>")] },
    200,
    "ok",
    Array(2).fill("blocks[0].text.text"),
  ],
])("slack: %s", async (_name, message, status, answer, paths) => {
  const catcher = await opened(startSlackCatcher());
  const response = await fetch(catcher.webhookUrl, { method: "POST", body: JSON.stringify(message) });
  expect([response.status, await response.text()]).toEqual([status, answer]);
  const caught = catcher.received[0];
  expect(caught?.violations.map(({ path }) => path)).toEqual(paths);
  expect(caught?.accepted).toBe(status === 200);
});

test("slack: refuses what is no JSON, more than one a second, and by its state", async () => {
  const catcher = await opened(startSlackCatcher());
  const send = async (body: string): Promise<[number, string]> => {
    const response = await fetch(catcher.webhookUrl, { method: "POST", body });
    return [response.status, await response.text()];
  };
  expect(await send("payload")).toEqual([400, "invalid_payload"]);
  catcher.setState("channel_is_archived");
  expect(await send('{"text":"hi"}')).toEqual([410, "channel_is_archived"]);
  catcher.setState("no_service");
  expect(await send('{"text":"hi"}')).toEqual([404, "no_service"]);
  catcher.setState("open");
  catcher.setRateLimit(true);
  expect(await send('{"text":"hi"}')).toEqual([429, "rate_limited"]);
});

const mail = {
  from: "studio@example.com",
  subject: "Jane Doe favorited 12 photos",
  text: "hi",
  html: "<p>hi</p>",
};

test("mail: takes a message apart", async () => {
  const catcher = await opened(startSmtpCatcher());
  const transport = createTransport(catcher.url);
  await transport.sendMail({
    ...mail,
    to: ["Jane <jane@example.com>"],
    headers: { "Auto-Submitted": "auto-generated" },
  });
  const caught = await catcher.waitFor(({ to }) => to.includes("jane@example.com"));
  expect(caught.mail).toMatchObject({ subject: mail.subject, html: expect.stringContaining("<p>hi</p>") });
  expect(caught.headers["auto-submitted"]).toBe("auto-generated");
  expect(caught.from).toBe("studio@example.com");
});

test("mail: refuses a recipient, refuses a message, breaks off, and then takes it", async () => {
  const catcher = await opened(startSmtpCatcher());
  const send = (): Promise<unknown> =>
    createTransport(catcher.url).sendMail({ ...mail, to: "bob@example.com" });
  catcher.trouble({ at: "rcpt", recipient: "bob@example.com", code: 550 });
  await expect(send()).rejects.toMatchObject({ responseCode: 550 });
  catcher.trouble({ at: "data", code: 452 });
  await expect(send()).rejects.toMatchObject({ responseCode: 452 });
  catcher.trouble({ at: "drop" });
  await expect(send()).rejects.toThrow();
  expect(catcher.received).toEqual([]);
  await send();
  expect(catcher.received).toHaveLength(1);
});

test("mail: closes at once although a sender is still connected", async () => {
  const catcher = await startSmtpCatcher();
  const transport = createTransport({ url: catcher.url, pool: true } as { url: string });
  await transport.sendMail({ ...mail, to: "bob@example.com" });
  const began = performance.now();
  await catcher.close();
  expect(performance.now() - began).toBeLessThan(1000);
  transport.close();
});
