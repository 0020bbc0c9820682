import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConnectOptions, connect } from "../../src/cli/connect.js";
import { type PollOptions, poll } from "../../src/cli/poll.js";
import { type SubscribeOptions, subscribe } from "../../src/cli/subscribe.js";
import { type Simulation, startSimulation } from "../../src/simulator/run.js";
import { hasTerminals, playPerson } from "../support/person.js";
import { type RunningService, runCommand, startService, temporaryFolder } from "../support/service.js";
import { createTerminal } from "../support/terminal.js";

let studio: Simulation;
let service: RunningService;
let settings: Record<string, string>;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  studio = await startSimulation({ seed: 5, collections: 2 });
  open.push(studio);
  const folder = await temporaryFolder();
  open.push({ close: folder.dispose });
  const { simulator } = studio;
  const where = {
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIESET_GALLERY_URL: simulator.galleryUrl,
    PIXIESET_STUDIO_URL: simulator.studioUrl,
    PIXIESET_LOGIN_URL: simulator.loginUrl,
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  };
  service = await startService(where);
  open.push({ close: () => service.end("SIGTERM") });
  settings = { ...where, PORT: new URL(service.url).port };
});
afterAll(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const input = (text: string) => Readable.from([Buffer.from(text)]);
const fast = { requestsPerMinute: 3_000 };

/** Runs `connect` with what is piped in; its answer and its notes. */
async function connected(text: string, more: Partial<ConnectOptions> = {}, wanted?: string) {
  const { terminal, lines, notes } = createTerminal();
  await connect(wanted, { wait: false, json: false, ...fast, ...more }, settings, input(text), terminal);
  return { lines, notes };
}

async function polled(wanted?: string, more: Partial<PollOptions> = {}) {
  const { terminal, lines } = createTerminal();
  const ok = await poll(wanted, { wait: true, json: false, ...more }, settings, terminal);
  return { ok, lines };
}

async function subscribed(events: string[], more: Partial<SubscribeOptions> = {}, text = "") {
  const { terminal, lines } = createTerminal();
  const preset = { ordered: false, test: false, preview: false, json: false };
  const ok = await subscribe(events, { ...preset, ...more }, settings, input(text), terminal);
  return { ok, lines, output: lines.join("\n") };
}

const hook = () => `${studio.webhooks.url}/hook`;

test("an account is added with cookies from a pipe, and its baseline is followed", async () => {
  const { lines, notes } = await connected(studio.simulator.cookies, { name: "Ana\u001b[2J", wait: true });
  expect(notes).toEqual([expect.stringMatching(/^Read \d+ cookies from a Cookie header\.$/)]);
  expect(lines[0]).toMatch(/^Signed in as \w+ \(\S+@\S+\)\.$/);
  expect(lines[1]).toMatch(/^Ana \[2J is watched now \(acc_\w{16}\)\.$/);
  expect(lines[2]).toMatch(/^\d+ lists? read: from now on, what changes is told\./);
  expect(lines[3]).toContain("pixiehook subscribe");
});

test("an account is called after its owner, as JSON for scripts, from a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-cookies-"));
  const file = join(folder, "cookies.txt");
  await writeFile(file, `curl '${studio.simulator.galleryUrl}' \\\n -b '${studio.simulator.cookies}'`);
  const { lines, notes } = await connected("", { cookies: file, json: true, wait: true });
  await rm(folder, { recursive: true });
  const [told] = lines.map((line) => JSON.parse(line));
  expect(notes.join()).toContain("“Copy as cURL”");
  expect(notes.join(), "another account of this login is there").toMatch(
    /Ana.* is the same Pixieset login.*pixiehook connect acc_\w{16}\n/s,
  );
  expect(lines).toHaveLength(1);
  expect(told.account.name).toBe(told.account.session.user.name);
  expect(told.account.polling.requestsPerMinute).toBe(3_000);
  expect(told.account.timezone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  expect(told.lists).toMatchObject({ failing: 0, read: told.lists.total });
});

test("a session is renewed by the account's name, and with a password", async () => {
  const { email, password } = studio.simulator.credentials;
  await connected(studio.simulator.cookies, { name: "Renewed" });
  const { lines } = await connected(`${password}\n`, { email, passwordStdin: true }, "renewed");
  expect(lines[1]).toMatch(/^Renewed \(acc_\w+\) goes on\.$/);
  await expect(connected("wrong", { email, passwordStdin: true }, "renewed")).rejects.toThrow(
    /The login was not accepted/,
  );
});

test("what stands in the way of a connection is told, with what to do", async () => {
  await expect(connected("session=none; xsrf=none")).rejects.toThrow(/does not accept this session/);
  await expect(connected("words")).rejects.toThrow(/No cookies were found/);
  await expect(connected("")).rejects.toThrow(/Nothing was pasted/);
  await expect(connected("", { cookies: "/none/cookies.txt" })).rejects.toThrow(
    "--cookies: there is no file /none/cookies.txt",
  );
  await expect(connected("", { cookies: tmpdir() })).rejects.toThrow(/^--cookies: \S+ is a folder/);
  await expect(connected(studio.simulator.cookies, {}, "nobody")).rejects.toThrow(
    /There is no account "nobody"\. There are .*Renewed \(acc_/,
  );
  await expect(connected("", {}, "session=secret; xsrf=1")).rejects.toThrow(/do not belong on the command/);
  const wrong = connected(studio.simulator.cookies, { timezone: "Mars/One", requestsPerMinute: 0 });
  await expect(wrong).rejects.toMatchObject({ exitCode: 2 });
  await expect(wrong).rejects.toThrow(/--requests-per-minute: .*\n--timezone: must be an IANA time zone/);
  await expect(connected("", { token: "wrong" })).rejects.toThrow(/PIXIEHOOK_API_TOKEN or --token/);
  await expect(connected("", { url: "http://127.0.0.1:9" })).rejects.toThrow(/No service answers at/);
});

test("a webhook is subscribed, its secret shown once, and a sample sent", async () => {
  const { ok, lines, output } = await subscribed(["favorite.*", "invoice.paid"], {
    webhook: hook(),
    test: true,
  });
  expect(ok).toBe(true);
  expect(lines[0]).toBe(`Subscribed: favorite.*, invoice.paid to ${new URL(hook()).host}/hook.`);
  expect(output).toMatch(/ id +sub_\w{16}\n/);
  expect(output).toMatch(/ secret +whsec_\S+\n/);
  expect(lines.at(-1)).toMatch(/^Sample: Delivered \(20\d\) in \d+ ms\.$/);
  studio.webhooks.answer({ status: 500, times: 1 });
  const refused = await subscribed(["invoice.*"], { webhook: hook(), test: true });
  expect(refused.ok).toBe(false);
  expect(refused.lines.at(-1)).toMatch(/^Sample: Failed \(500\) after \d+ ms: the endpoint answered 500\.$/);
});

test("a subscription is as its options say, and a Slack address can come from a pipe", async () => {
  const options = {
    slack: "-",
    account: "renewed",
    collection: ["90516387,1"],
    client: ["jane@example.com"],
    amountAtLeast: 500,
    digest: { every: "1h" },
    quietHours: { from: "21:00", to: "08:00" },
    ordered: true,
    description: "Ana's",
    json: true,
  };
  const { lines } = await subscribed(["invoice.paid"], options, `${studio.slack.webhookUrl}\n`);
  const told = JSON.parse(lines.join("\n"));
  expect(told).toMatchObject({
    account: expect.stringMatching(/^acc_/),
    events: ["invoice.paid"],
    filter: { collections: ["90516387", "1"], clients: ["jane@example.com"], amountAtLeast: 500 },
    channel: { type: "slack", url: `${studio.slack.url}/[hidden]` },
    digest: { every: "1h" },
    quietHours: { from: "21:00", to: "08:00" },
    ordered: true,
    description: "Ana's",
  });
  expect(lines.join()).not.toContain(studio.slack.webhookUrl);
});

test("what is wrong with a subscription is told by the option to change", async () => {
  const wrong = subscribed(["favrite.*"], { webhook: hook(), digest: { dailyAt: "29:00" } });
  await expect(wrong).rejects.toMatchObject({ exitCode: 2 });
  await expect(wrong).rejects.toThrow(
    /^events: no event type matches "favrite\.\*".*`pixiehook trigger`.*\n--digest: /,
  );
  await expect(subscribed(["*"], { webhook: "https://192.168.1.1/x" })).rejects.toThrow(
    /^--webhook: 192\.168\.1\.1 is .*: use a public https address, .* PIXIEHOOK_ALLOWED_NETWORKS$/,
  );
  await expect(subscribed(["*"], { email: ["ana@example.com"] })).rejects.toThrow(/SMTP_URL/);
  await expect(subscribed([], { email: ["ana@example.com", "*"] })).rejects.toThrow(/They come first/);
  await expect(subscribed(["*"], { slack: "-" })).rejects.toThrow("--slack -: no address came");
  await expect(subscribed(["*"])).rejects.toThrow(/Give --webhook <url>, --slack <url> or --email/);
  await expect(subscribed(["*"], { webhook: hook(), account: "nobody" })).rejects.toThrow(/no account/);
});

test("a poll says what came of it, and what failed and why; a preview shows what would have been sent", async () => {
  const first = await polled("renewed");
  expect(first).toEqual({ ok: true, lines: [expect.stringMatching(/^Renewed: \d+ sources polled, /)] });
  studio.simulator.addFavorites({ count: 2 });
  const second = JSON.parse((await polled("renewed", { json: true })).lines.join("\n"));
  expect(second.accounts).toEqual([
    expect.objectContaining({ name: "Renewed", status: "done", changed: 1, events: 2, failed: [] }),
  ]);
  const preview = await subscribed(["favorite.added"], { preview: true });
  expect(preview.lines).toHaveLength(3);
  expect(preview.lines[1]).toMatch(/^\d\d:\d\d:\d\d {2}favorite\.added +.*DSC_\S+, /);
  expect(
    JSON.parse((await subscribed(["favorite.added"], { preview: true, json: true })).output),
  ).toHaveLength(2);

  studio.simulator.setFault({ kind: "500", path: "/invoices" });
  const failed = await polled("renewed");
  studio.simulator.clearFaults();
  expect(failed.ok).toBe(false);
  expect(failed.lines[0]).toMatch(/, 1 failed\.$/);
  studio.simulator.setFault({ kind: "500", path: "/favorites" });
  const many = await polled("renewed");
  studio.simulator.clearFaults();
  expect(many.lines.slice(1)).toEqual([expect.stringMatching(/^ {2}✗ Favorites of .* and 1 more: .*500/)]);
  expect(failed.lines[1]).toMatch(/^ {2}✗ Invoices: .*500/);
  expect((await polled(undefined, { wait: false })).lines).toContainEqual(
    expect.stringMatching(/^Renewed: \d+ sources being polled\. It goes on by itself\.$/),
  );
  await expect(polled("nobody")).rejects.toThrow(/no account/);
});

test.runIf(hasTerminals)(
  "cookies that are pasted are not shown, and a person is asked again",
  async () => {
    const { cookies, galleryUrl } = studio.simulator;
    const curl = `curl '${galleryUrl}' \\\r  -b '${cookies}' \\\r  --compressed`;
    const { shown, echoes, code } = await playPerson(["connect", "--no-wait"], settings, [
      ["> ", "session=wrong; xsrf=wrong\r"],
      ["> ", `\u001b[200~${curl}\u001b[201~`],
      ["", "\r"],
    ]);
    expect(shown).toContain("Pixieset does not accept this session");
    expect(shown).toMatch(/Read \d+ cookies from a “Copy as cURL”\./);
    expect(shown).toContain("Signed in as ");
    for (const secret of ["wrong", "curl '", ...cookies.split(/[;=] ?/).filter((part) => part.length > 11)])
      expect(shown).not.toContain(secret);
    expect({ echoes, code }).toEqual({ echoes: true, code: 0 });
  },
  60_000,
);

test.runIf(hasTerminals).each([
  ["Ctrl+C", "\u0003", 130],
  ["SIGTERM", "!SIGTERM", 143],
])(
  "a prompt that %s ends leaves the terminal as it was",
  async (_, typed, code) => {
    const seen = await playPerson(["connect"], settings, [
      ["> ", "session=secret"],
      ["", typed],
    ]);
    expect(seen).toMatchObject({ echoes: true, code });
    expect(seen.shown).toContain("pixiehook: Stopped.");
    expect(seen.shown.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(seen.shown.lastIndexOf("\u001b[?2004h"));
    expect(seen.shown).not.toContain("secret");
  },
  60_000,
);

test("exit codes are those of its kind, and the answer stands alone on stdout", async () => {
  const run = async (...args: string[]) => {
    const { child, ended } = runCommand(args, settings);
    const out: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => void out.push(chunk));
    return { code: await ended, out: Buffer.concat(out).toString() };
  };
  const [good, wrong] = await Promise.all([
    run("poll", "--json", "--no-wait"),
    run("subscribe", "favrite.*", "--webhook", hook()),
  ]);
  expect(good.code).toBe(0);
  expect(JSON.parse(good.out).accounts.length).toBeGreaterThan(0);
  expect(wrong).toEqual({ code: 2, out: "" });
}, 60_000);
