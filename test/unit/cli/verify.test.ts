import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publicKeyOf, signatureHeader } from "../../../src/channels/sign.js";
import { type VerifyOptions, verify } from "../../../src/cli/verify.js";
import { createTerminal } from "../../support/terminal.js";
import { vectors } from "../../vectors/signatures.js";

const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const other = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const sent = 1_795_169_702;
const body = '{"type":"favorite.added"}';
const until = "2030-01-01T00:00:00.000Z";
const folder = mkdtempSync(join(tmpdir(), "pixiehook-verify-"));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function sign(asymmetric = false, current = secret, ...previous: string[]): string {
  const secrets = { current, previous: previous.map((one) => ({ secret: one, until })) };
  return signatureHeader({ id: "evt_1", timestamp: sent, body }, secrets, {
    asymmetric,
    at: new Date(sent * 1_000),
  });
}
const headers = (signature = sign()) =>
  `Webhook-Id: evt_1\r\nwebhook-timestamp: ${sent}\r\nWEBHOOK-SIGNATURE:  ${signature} \r\nAccept: */*\r\n`;
const request = (content = body, more = "", signature = sign()) =>
  `POST /hook HTTP/1.1\r\nHost: example.com\r\n${headers(signature)}${more}\r\n${content}`;

/** What the command says and answers, a dozen seconds after the webhook was sent. */
async function run(
  input: string | Buffer,
  options: Partial<VerifyOptions> = {},
  environment: NodeJS.ProcessEnv = { PIXIEHOOK_WEBHOOK_SECRET: `${secret}\n` },
) {
  const { terminal, lines } = createTerminal();
  const stdin = (async function* () {
    yield Buffer.from(input);
  })();
  const whole = { tolerance: "5m", at: new Date((sent + 12) * 1_000), json: false, ...options };
  const valid = await verify(whole, environment, stdin, terminal);
  const text = lines.join("\n");
  for (const hidden of [secret, other]) expect(text).not.toContain(hidden.slice(6, -2));
  return { valid, text };
}
const parts = { id: "evt_1", timestamp: String(sent), signature: sign() };

test("takes a whole request, headers and body, or each part by itself", async () => {
  const good = { valid: true, text: "Valid: its v1 signature matches, sent 12 s ago." };
  expect(await run(request())).toEqual(good);
  expect(await run(request().replaceAll("\r\n", "\n"))).toEqual(good);
  expect(await run(body, { headers: file("headers", headers()) })).toEqual(good);
  expect(await run("", { headers: file("request", request()), body: file("body", body) })).toEqual(good);
  expect(await run(body, parts)).toEqual(good);
  // A part that is named counts more than the file.
  const forged = file("forged", headers("v1,AAAA"));
  expect(await run(body, { headers: forged, signature: sign() })).toEqual(good);
  expect(await run(body, { ...parts, secret }, {})).toEqual(good);
});

test("says which signature matches", async () => {
  const current = await run(body, { ...parts, signature: sign(false, secret, other) });
  expect(current.text).toBe("Valid: v1 signature 1 of 2 matches, that of the current secret, sent 12 s ago.");
  const replaced = await run(body, { ...parts, signature: sign(false, other, secret) });
  expect(replaced.text).toBe(
    "Valid: v1 signature 2 of 2 matches, that of a secret that was replaced, sent 12 s ago.\nTake the new secret into use: this one stops signing when its grace ends.",
  );
  const key = { PIXIEHOOK_WEBHOOK_SECRET: publicKeyOf(secret) };
  expect((await run(body, { ...parts, signature: sign(true) }, key)).text).toBe(
    "Valid: its v1a signature matches, sent 12 s ago.",
  );
  const early = await run(body, { ...parts, at: new Date((sent - 61) * 1_000) });
  expect(early.text).toBe("Valid: its v1 signature matches, dated 1 min 1 s ahead.");
});

test("leaves out what stands behind the end of a body, and says so", async () => {
  const { valid, text } = await run(`${request(body, `Content-Length: ${body.length}\r\n`)}\n`);
  expect(valid).toBe(true);
  expect(text).toMatch(/\n1 byte behind the end of the body were left out\.$/);
});

const at = (seconds: number) => new Date((sent + seconds) * 1_000);
const unlikeHeaders = { id: "", timestamp: String(sent), signature: "" };
test.each<[string, string | Buffer, Partial<VerifyOptions>, RegExp]>([
  ["no headers", body, unlikeHeaders, /webhook-id and webhook-signature are missing\.\nWithout the three/],
  [
    "a request without one",
    request().replace(/.*timestamp.*\r\n/, ""),
    {},
    /: webhook-timestamp is missing\./,
  ],
  ["an old one", body, { ...parts, at: at(301) }, /sent 5 min 1 s ago, more than the 5 min .*--tolerance/s],
  ["days", body, { ...parts, at: at(183_600), tolerance: "1d" }, /sent 2 d 3 h ago, more than the 1 d /],
  ["an early one", body, { ...parts, at: at(-420) }, /dated 7 min ahead, .*Set the clock/s],
  ["no number", body, { ...parts, timestamp: "soon" }, /not a whole number/],
  [
    "a changed body",
    `${body.slice(0, -1)} }`.replace("favorite", "photo"),
    parts,
    /no signature matches.*raw bytes/s,
  ],
  ["a line break", `${body}\n`, parts, /a line break was added at its end/],
  ["a Windows line break", `${body}\r\n`, parts, /a line break was added at its end/],
  ["a byte order mark", `\ufeff${body}`, parts, /a byte order mark was put before it/],
  ["pretty JSON", JSON.stringify(JSON.parse(body), null, 2), parts, /its JSON was read and written anew/],
  [
    "half a body",
    request(body.slice(0, 9), `content-length: ${body.length}\r\n`),
    {},
    /last 16 bytes .* are missing/,
  ],
  ["another secret", body, { ...parts, secret: other }, /no signature matches/],
  ["no secret", body, { ...parts, secret: "whsec_oh!" }, /the secret cannot be read.*copy it whole/s],
  [
    "a public key",
    body,
    { ...parts, secret: publicKeyOf(secret) },
    /is v1 \(HMAC\), which whpk_… does not check.*whsec_…/s,
  ],
  [
    "a short secret",
    body,
    { ...parts, signature: sign(true), secret: "whsec_AAEC" },
    /v1a .*too short.*whpk_/s,
  ],
  ["another version", body, { ...parts, signature: "v2,AAAA" }, /no signature of a known version/],
])("%s: says what is wrong and what to do", async (_name, input, options, expected) => {
  const { valid, text } = await run(input, options);
  expect(valid).toBe(false);
  expect(text).toMatch(/^Not valid: .*\.\n.*[.)]$/);
  expect(text).toMatch(expected);
});

test.each<[string, string, Partial<VerifyOptions>, NodeJS.ProcessEnv | undefined, RegExp]>([
  ["no secret", body, parts, {}, /PIXIEHOOK_WEBHOOK_SECRET/],
  ["nothing", "", {}, undefined, /there is no input/],
  ["a body alone", "", { body: "x" }, undefined, /a body alone/],
  [
    "a file that is not there",
    body,
    { ...parts, body: join(folder, "none") },
    undefined,
    /--body: there is no file .*none/,
  ],
  ["no empty line", body, {}, undefined, /no empty line/],
  ["a header twice", request(body, "webhook-id: evt_2\r\n"), {}, undefined, /webhook-id stands there twice/],
  ["chunks", request(body, "Transfer-Encoding: chunked\r\n"), {}, undefined, /--body/],
])("%s is not enough to answer", async (_name, input, options, environment, expected) => {
  await expect(run(input, options, environment)).rejects.toThrow(expected);
});

test("writes the same for scripts", async () => {
  const good = await run(body, { ...parts, json: true });
  expect(JSON.parse(good.text)).toMatchObject({
    valid: true,
    scheme: "v1",
    signature: 1,
    signatures: 1,
    ageSeconds: 12,
    text: "Valid: its v1 signature matches, sent 12 s ago.",
    remedy: null,
  });
  const bad = await run(`${body}\n`, { ...parts, json: true });
  expect(JSON.parse(bad.text)).toMatchObject({ valid: false, code: "no_match", ageSeconds: 12 });
});

test("says of the whole table what the verifier says", async () => {
  for (const { name, secret: given, id, timestamp, signature, body: bytes, at: time, accepted } of vectors) {
    const options = { id, timestamp, signature, at: new Date(time * 1_000) };
    // Around a value a header has no spaces, and around a secret there are none.
    if (timestamp !== timestamp.trim() || given === "") continue;
    const { valid } = await run(bytes, options, { PIXIEHOOK_WEBHOOK_SECRET: given });
    expect(valid, name).toBe(accepted !== null);
  }
});
