import { count, took } from "../dashboard/format.js";
import { UsageError } from "../errors.js";
import { address as httpAddress } from "./arguments.js";
import type { AddCommand } from "./command.js";
import { answers } from "./doctor/answers.js";
import { quoted } from "./doctor/finding.js";
import { eventLine } from "./event-line.js";
import { createForwarder, type Forwarded, type Forwarder, forwardSecret } from "./listen/forward.js";
import { findEvent, newestEvent, type Tailed, tail } from "./listen/tail.js";
import { plain } from "./plain.js";
import { findAccount } from "./remote/accounts.js";
import { type Client, UnansweredError } from "./remote/client.js";
import { type RemoteOptions, reach, withRemote } from "./remote/reach.js";
import { answered, refusalOf } from "./remote/refusal.js";
import type { StoppedError, Terminal } from "./terminal.js";

export interface ListenOptions extends RemoteOptions {
  readonly events?: readonly string[];
  readonly account?: string;
  readonly since?: string;
  readonly forwardTo?: string;
  readonly secret?: string;
  readonly cloudevents: boolean;
  readonly retry: boolean;
  readonly json: boolean;
}

const optionNames = { type: "--events", account: "--account", "last-event-id": "--since" };

/**
 * `pixiehook listen`: every event as it is committed, a line each, until it is stopped. Throws `StartError` or `UsageError`
 * for what stands in the way at the beginning; a service that goes away later is waited for.
 */
export async function listen(
  options: ListenOptions,
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<void> {
  const { signal, note } = terminal;
  refuseMisfits(options);
  const { client, address } = await reach(options, environment, signal);
  const query = await queryOf(client, options);
  const forwarder =
    options.forwardTo === undefined
      ? null
      : await begin(client, options.forwardTo, options, environment, terminal);
  let events = 0;
  let last: string | null = null;
  try {
    const after = await startOf(client, options.since);
    note(`Listening to ${options.events?.join(", ") ?? "all events"} at ${address}. Ctrl+C ends it.`);
    const onLost = (reason: string) => note(`Connection lost (${plain(quoted(reason))}). Trying again…`);
    const onBack = () => note("Connection is back. Nothing was missed.");
    for await (const tailed of tail(client, { query, after, signal, onLost, onBack })) {
      terminal.write(options.json ? tailed.body : eventLine(tailed.event, terminal.paint));
      if (forwarder) await forward(forwarder, tailed, options, terminal);
      if (signal.aborted) break;
      events += 1;
      last = tailed.event.id;
    }
  } catch (error) {
    if (!signal.aborted) throw error instanceof UnansweredError ? refusalOf(error, optionNames) : error;
  } finally {
    await forwarder?.close();
  }
  // Nobody reads any more: nothing to be said.
  if ((signal.reason as StoppedError | undefined)?.message === "") return;
  note(
    `Stopped after ${count(events, "event")}.${last === null ? "" : ` To go on from there: --since ${last}`}`,
  );
}

function refuseMisfits({ forwardTo, ...options }: ListenOptions): void {
  if (forwardTo !== undefined) return;
  const name = options.cloudevents
    ? "--cloudevents"
    : options.retry
      ? "--retry"
      : options.secret && "--secret";
  if (name) throw new UsageError(`${name} is about --forward-to, which is missing`);
}

async function queryOf(client: Client, { events = [], account }: ListenOptions): Promise<URLSearchParams> {
  const types = events.flatMap((text) => text.split(",")).map((text) => text.trim());
  const query = new URLSearchParams(types.map((type): [string, string] => ["type", type]));
  if (account !== undefined) query.set("account", (await answered(findAccount(client, account))).id);
  return query;
}

async function startOf(client: Client, since: string | undefined) {
  if (since === undefined) return newestEvent(client);
  const found = await findEvent(client, since);
  if (found === null) throw new UsageError(`--since: there is no event "${plain(since)}", or none any more`);
  return found;
}

async function begin(
  client: Client,
  url: string,
  { cloudevents, retry, ...options }: ListenOptions,
  environment: NodeJS.ProcessEnv,
  { note }: Terminal,
): Promise<Forwarder> {
  const { secret, isOwn } = forwardSecret(options.secret ?? environment.PIXIEHOOK_WEBHOOK_SECRET);
  const { version } = await answered(client.get("/healthz", answers.health));
  const format = cloudevents ? "cloudevents" : "standard";
  const forwarder = createForwarder({ url, format, secret, version, retry });
  note(`Forwarding to ${plain(url)}, signed with ${isOwn ? secret : "the secret that was given"}.`);
  if (isOwn) note("Another one next time; to keep it, set PIXIEHOOK_WEBHOOK_SECRET to it.");
  return forwarder;
}

async function forward(
  forwarder: Forwarder,
  tailed: Tailed,
  { json, retry }: ListenOptions,
  { write, note, paint, signal }: Terminal,
): Promise<void> {
  await forwarder.send(tailed, signal, ({ outcome, ms }: Forwarded) => {
    const isTaken = outcome.kind === "delivered";
    const status = outcome.status === undefined ? "no answer" : String(outcome.status);
    const why = isTaken || outcome.status !== undefined ? "" : `: ${plain(outcome.error)}`;
    const then = isTaken ? "" : retry ? ", tried again" : ", passed over";
    const line = `${status} in ${took(ms)}${why}${then}`;
    // What scripts read holds events and nothing else.
    if (json) note(`${tailed.event.id}  ${line}`);
    else write(`          ${paint(isTaken ? "green" : "red", `→ ${line}`)}`);
  });
}

const examples = `
Examples:
  pixiehook listen --events 'favorite.*' invoice.paid
  pixiehook listen --json --since evt_… | jq .data.object
  pixiehook listen --forward-to http://localhost:8080/hooks`;

export const addListen: AddCommand = (program, { terminal, environment }) => {
  withRemote(program.command("listen"))
    .summary("show events live, or hand them on to a receiver")
    .description("show events as they are committed, a line each; hand them on to a receiver that you write")
    .option("--events <types...>", "only of these types: names, object.* or *")
    .option("--account <account>", "only of this one: its id (acc_…), or its name")
    .option("--since <event>", "begin after this event (evt_…) instead of now")
    .option("--forward-to <url>", "send each as a signed webhook to this address", httpAddress)
    .option(
      "--secret <text>",
      "whsec_… to sign with; better in PIXIEHOOK_WEBHOOK_SECRET, which no process list shows; a new one unless told",
    )
    .option("--cloudevents", "send them as CloudEvents", false)
    .option("--retry", "send an event until it is taken, instead of passing it over", false)
    .option("--json", "write the exact text of each event, one a line, for scripts", false)
    .addHelpText("after", examples)
    .action((options: ListenOptions) => listen(options, environment(), terminal));
};
