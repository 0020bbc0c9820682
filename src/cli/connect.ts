import { InvalidArgumentError } from "commander";
import { accountSchema, sessionSchema } from "../api/schemas/account.js";
import { count } from "../dashboard/format.js";
import type { SessionInput } from "../domain/account.js";
import { UsageError } from "../errors.js";
import { number } from "./arguments.js";
import type { AddCommand } from "./command.js";
import { followBaseline, type Lists } from "./connect/baseline.js";
import { looksLikeCookies } from "./connect/cookies.js";
import { type Input, type SessionOptions, withSession } from "./connect/session.js";
import { plain } from "./plain.js";
import { type AccountAnswer, findAccount, listAccounts } from "./remote/accounts.js";
import type { Client } from "./remote/client.js";
import { type RemoteOptions, reach, withRemote } from "./remote/reach.js";
import { answered } from "./remote/refusal.js";
import type { Terminal } from "./terminal.js";

export interface ConnectOptions extends RemoteOptions, SessionOptions {
  readonly name?: string;
  readonly timezone?: string;
  readonly requestsPerMinute?: number;
  readonly collections?: "all" | string[];
  readonly wait: boolean;
  readonly json: boolean;
}

/** What a new account is called until it is known whose it is. */
const nameless = "Pixieset studio";
/** The service asks Pixieset, and gives up before this. */
const patienceMs = 90_000;

const optionNames = {
  name: "--name",
  timezone: "--timezone",
  polling: "--requests-per-minute",
  collections: "--collections",
  session: "--cookies",
  "session.email": "--email",
  cookies: "--cookies",
  email: "--email",
};

/**
 * `pixiehook connect`: hands a session to a running service, for a new account or for one that has lost its own, and
 * stays until every list was read once. Throws `StartError` or `UsageError`.
 */
export async function connect(
  wanted: string | undefined,
  options: ConnectOptions,
  environment: NodeJS.ProcessEnv,
  input: Input,
  terminal: Terminal,
): Promise<void> {
  refuseCookies(wanted);
  const { client } = await reach(options, environment, terminal.signal);
  // A token that is wrong is told before anybody pastes anything.
  const known = wanted === undefined ? null : await answered(findAccount(client, wanted));
  const others = known ? [] : await answered(listAccounts(client));
  const account = await withSession(options, input, terminal, optionNames, (session) =>
    known ? renew(client, known, session, options) : add(client, session, options),
  );
  const { write } = terminal;
  const say = (line: string) => (options.json ? undefined : write(line));
  const name = plain(account.name);
  say(`Signed in as ${userOf(account)}.`);
  say(known ? `${name} (${account.id}) goes on.` : `${name} is watched now (${account.id}).`);
  const note = doubled(account, others);
  if (note !== null) terminal.note(note);
  const lists = options.wait ? await answered(followBaseline(client, account.id, terminal)) : null;
  if (options.json) return write(JSON.stringify({ account, lists }, null, 2));
  if (terminal.signal.aborted) return write("It goes on without you.");
  write(lists ? ending(lists) : "Every list is read once now, by itself.");
  if (!known)
    write(
      "Next, say who hears of what:\n  pixiehook subscribe 'favorite.*' invoice.paid --email you@example.com",
    );
}

/** Whoever wants to renew a session and does not name its account would have all told twice. */
function doubled(account: AccountAnswer, others: readonly AccountAnswer[]): string | null {
  const { user } = account.session;
  const twin = others.find(({ session }) => user?.email && session.user?.email === user.email);
  if (!twin) return null;
  return `${plain(twin.name)} (${twin.id}) is the same Pixieset login: what changes is told for both now.
To renew a session, name its account: pixiehook connect ${twin.id}
To undo this, delete the new account: DELETE /v1/accounts/${account.id}`;
}

function refuseCookies(argument: string | undefined): void {
  if (argument === undefined || !looksLikeCookies(argument)) return;
  throw new UsageError(
    "cookies do not belong on the command line, where every list of processes shows them: pipe them in, or give --cookies <file>",
  );
}

/** What the options say of an account; nothing of what they leave open. */
function settingsOf({ name, timezone, requestsPerMinute, collections }: ConnectOptions) {
  return {
    ...(name !== undefined && { name }),
    ...(timezone !== undefined && { timezone }),
    ...(requestsPerMinute !== undefined && { polling: { requestsPerMinute } }),
    ...(collections !== undefined && { collections }),
  };
}

async function add(client: Client, session: SessionInput, options: ConnectOptions): Promise<AccountAnswer> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const body = { name: nameless, timezone: timeZone, ...settingsOf(options), session };
  const account = await client.post("/v1/accounts", body, accountSchema, patienceMs);
  const { user } = account.session;
  const name = options.name ?? user?.name ?? user?.email;
  return name && name !== account.name ? update(client, account, { name }) : account;
}

async function renew(
  client: Client,
  account: AccountAnswer,
  session: SessionInput,
  options: ConnectOptions,
): Promise<AccountAnswer> {
  await client.put(`/v1/accounts/${account.id}/session`, session, sessionSchema, patienceMs);
  return update(client, account, settingsOf(options));
}

function update(client: Client, { id }: AccountAnswer, change: object): Promise<AccountAnswer> {
  return client.patch(`/v1/accounts/${id}`, change, accountSchema);
}

/** `Ana Smith (ana@example.com)`. */
function userOf({ session: { user } }: AccountAnswer): string {
  const { name = null, email = null } = user ?? {};
  if (name === null || email === null) return plain(name ?? email ?? "somebody whom Pixieset does not name");
  return plain(`${name} (${email})`);
}

function ending({ total, failing }: Lists): string {
  const later = "Further lists are read as soon as a subscription wants them.";
  if (failing === 0) return `${count(total, "list")} read: from now on, what changes is told. ${later}`;
  const are = failing === 1 ? "is" : "are";
  return `${total - failing} of ${count(total, "list")} read; ${failing} ${are} tried again by itself (pixiehook doctor says why).`;
}

function collectionList(text: string): "all" | string[] {
  if (text === "all") return text;
  const ids = text.split(",").map((id) => id.trim());
  if (ids.some((id) => id === "")) throw new InvalidArgumentError("use all, or ids with commas between");
  return ids;
}

/** A file, and not what should stand in it. */
function cookieFile(text: string): string {
  refuseCookies(text);
  return text;
}

const examples = `
Examples:
  pixiehook connect                   asks for the cookies, and hides them
  pixiehook connect --name "Smith Studio" --cookies cookies.txt
  pbpaste | pixiehook connect acc_…   renews the session of an account`;

export const addConnect: AddCommand = (program, { terminal, environment }) => {
  withRemote(program.command("connect"))
    .summary("watch a Pixieset account, or renew its session")
    .description("watch a Pixieset account, or renew its session; cookies are pasted, piped in or in a file")
    .argument("[account]", "whose session is renewed: its id (acc_…), or its name; a new account unless told")
    .option("--cookies <file>", "read the cookies from a file; - for standard input", cookieFile)
    .option("--email <address>", "sign in with a password instead of cookies, where the service can")
    .option("--password-stdin", "read the password from standard input", false)
    .option("--name <text>", "what the account is called; as its owner unless told")
    .option("--timezone <zone>", "of the studio, such as Europe/London; this machine's unless told")
    .option("--requests-per-minute <number>", "how much may be asked of Pixieset; 30 unless told", number)
    .option("--collections <ids>", "which are watched, with commas between; all unless told", collectionList)
    .option("--no-wait", "do not stay until everything was read once")
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", examples)
    .action((account: string | undefined, options: ConnectOptions) =>
      connect(account, options, environment(), process.stdin, terminal),
    );
};
