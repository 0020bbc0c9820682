import { z } from "zod";
import { attemptSchema } from "../api/schemas/delivery.js";
import { createdSubscriptionSchema } from "../api/schemas/subscription.js";
import { attemptSentence, count, destination, digestSentence, took } from "../dashboard/format.js";
import type { PixiehookEvent } from "../domain/event.js";
import { hideChannel } from "../domain/hidden.js";
import type { ChannelSettings, Digest } from "../domain/subscription.js";
import { UsageError } from "../errors.js";
import { whole } from "./arguments.js";
import type { AddCommand } from "./command.js";
import type { Input } from "./connect/session.js";
import { quoted } from "./doctor/finding.js";
import { eventLine } from "./event-line.js";
import { plain } from "./plain.js";
import { askHidden } from "./prompt/hidden.js";
import { readInput } from "./prompt/input.js";
import { findAccount } from "./remote/accounts.js";
import type { Client } from "./remote/client.js";
import { type RemoteOptions, reach, withRemote } from "./remote/reach.js";
import { answered } from "./remote/refusal.js";
import { type ChannelOptions, channelOf, digest, quietHours } from "./subscribe/settings.js";
import type { Terminal } from "./terminal.js";

export interface SubscribeOptions extends RemoteOptions, ChannelOptions {
  readonly account?: string;
  readonly collection?: readonly string[];
  readonly client?: readonly string[];
  readonly amountAtLeast?: number;
  readonly digest?: Digest | "none";
  readonly quietHours?: { readonly from: string; readonly to: string };
  readonly ordered: boolean;
  readonly description?: string;
  readonly test: boolean;
  readonly preview: boolean;
  readonly json: boolean;
}

type Created = z.output<typeof createdSubscriptionSchema>;
type Attempt = z.output<typeof attemptSchema>;

const optionNames = {
  events: "events",
  "filter.collections": "--collection",
  "filter.clients": "--client",
  "filter.amountAtLeast": "--amount-at-least",
  channel: "--webhook, --slack or --email",
  "channel.to": "--email",
  digest: "--digest",
  quietHours: "--quiet-hours",
  description: "--description",
  account: "--account",
};
/** Several words can stand behind an option: what follows one is taken for more of it. */
const noEvents = `which events? They come first, before all options:
  pixiehook subscribe favorite.added --email ana@example.com`;
/** Stands for a channel where nothing is sent. */
const nobody: ChannelSettings = { type: "email", to: ["nobody@example.com"] };
/** An attempt ends after 15 s; to an email server it may take longer. */
const testPatienceMs = 120_000;

/**
 * `pixiehook subscribe`: who hears of which events. Answers whether all went well: with `--test` the receiver has to
 * take the sample. Throws `StartError` or `UsageError`.
 */
export async function subscribe(
  events: readonly string[],
  options: SubscribeOptions,
  environment: NodeJS.ProcessEnv,
  input: Input,
  terminal: Terminal,
): Promise<boolean> {
  if (events.length === 0) throw new UsageError(noEvents);
  const wish = channelOf(options);
  if (wish === null && !options.preview)
    throw new UsageError("where to? Give --webhook <url>, --slack <url> or --email <address>");
  const { client, address } = await reach(options, environment, terminal.signal);
  const { account = null } = options;
  const settings = {
    ...settingsOf(events, options),
    account: account === null ? null : (await answered(findAccount(client, account))).id,
  };
  if (options.preview) return preview(client, { ...settings, channel: nobody }, options.json, terminal);
  const channel = await completeChannel(wish ?? nobody, input, terminal);
  const names = { ...optionNames, "channel.url": `--${channel.type}` };
  const created = await answered(
    client.post("/v1/subscriptions", { ...settings, channel }, createdSubscriptionSchema),
    names,
  );
  const attempt = options.test ? await test(client, created, terminal) : null;
  if (options.json) {
    const shown = { ...created, channel: hideChannel(created.channel) };
    terminal.write(JSON.stringify(options.test ? { ...shown, test: attempt } : shown, null, 2));
  } else for (const line of [...describe(created, address), ...verdict(attempt)]) terminal.write(line);
  return attempt === null || attempt.outcome === "delivered";
}

/** What is asked for, without its channel; nothing of what the options leave open. */
function settingsOf(events: readonly string[], options: SubscribeOptions) {
  const { collection, client, amountAtLeast } = options;
  const { digest: wanted, quietHours: quiet, ordered, description } = options;
  const filter = {
    ...(collection && { collections: split(collection) }),
    ...(client && { clients: split(client) }),
    ...(amountAtLeast !== undefined && { amountAtLeast }),
  };
  return {
    events: split(events),
    ...(Object.keys(filter).length > 0 && { filter }),
    ...(wanted !== undefined && { digest: wanted === "none" ? null : wanted }),
    ...(quiet && { quietHours: quiet }),
    ...(ordered && { ordered }),
    ...(description !== undefined && { description }),
  };
}

function split(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(",")).map((text) => text.trim());
}

/** Whoever has a Slack address can post to it: it need not stand in a list of processes. */
async function completeChannel(
  channel: ChannelSettings,
  input: Input,
  { keyboard, signal }: Terminal,
): Promise<ChannelSettings> {
  if (channel.type !== "slack" || channel.url !== "-") return channel;
  const question = "Address of the incoming webhook (nothing of it is shown): ";
  const typed =
    keyboard && input.isTTY
      ? await askHidden(keyboard, { question, isWhole: () => true, signal })
      : await readInput(input);
  if (typed.trim() === "") throw new UsageError("--slack -: no address came");
  return { ...channel, url: typed.trim() };
}

async function preview(client: Client, body: object, json: boolean, terminal: Terminal): Promise<boolean> {
  const shape = z.object({ data: z.array(z.custom<PixiehookEvent>()) });
  const { data } = await answered(client.post("/v1/subscriptions/preview", body, shape), optionNames);
  if (json) terminal.write(JSON.stringify(data, null, 2));
  else if (data.length === 0) terminal.write("Of the latest events it would have matched none.");
  else {
    terminal.write(`It would have matched ${count(data.length, "past event")}, the newest first:`);
    for (const event of data) terminal.write(eventLine(event, terminal.paint));
  }
  return true;
}

async function test(client: Client, { id }: Created, { progress }: Terminal): Promise<Attempt> {
  progress("Sending a sample…");
  return answered(client.post(`/v1/subscriptions/${id}/test`, {}, attemptSchema, testPatienceMs)).finally(
    () => progress(""),
  );
}

function describe({ id, events, channel, digest: wanted, secret }: Created, address: string): string[] {
  const lines = [
    `Subscribed: ${events.join(", ")} to ${plain(destination(channel))}.`,
    `  id      ${id}`,
    `  sends   ${digestSentence(wanted)}`,
    `  page    ${address}/subscriptions/${id}`,
  ];
  if (channel.type !== "webhook") return lines;
  return [
    ...lines,
    `  secret  ${secret}`,
    "The secret is shown this once. Keep it where the receiver runs, as",
    "PIXIEHOOK_WEBHOOK_SECRET, and check each request with it.",
  ];
}

function verdict(attempt: Attempt | null): string[] {
  if (attempt === null) return [];
  const why = attempt.error === undefined ? "" : `: ${plain(quoted(attempt.error))}`;
  const { at, outcome, durationMs, status } = attempt;
  // A sample is tried once only.
  const fate = outcome === "retry" ? "failed" : outcome;
  const what = attemptSentence({ at, outcome: fate, durationMs, ...(status !== undefined && { status }) });
  const time = `${fate === "delivered" ? "in" : "after"} ${took(durationMs)}`;
  return [`Sample: ${what.replace(" for good", "")} ${time}${why}.`];
}

const examples = `
Examples:
  pixiehook subscribe 'favorite.*' --webhook https://example.com/hooks --test
  pixiehook subscribe invoice.paid --amount-at-least 50000 --email a@example.com
  pixiehook subscribe 'favorite.*' --slack - --digest quiet=2m,max=15m`;

export const addSubscribe: AddCommand = (program, { terminal, environment, exitWith }) => {
  withRemote(program.command("subscribe"))
    .summary("say who hears of what, by webhook, Slack or email")
    .description("say who hears of which events: a webhook, Slack or people by email")
    .usage("<events...> [options]")
    .argument("[events...]", "types of events: names, object.* or *")
    .option("--webhook <url>", "send to this address")
    .option("--slack <url>", "send to this incoming webhook; - asks for it, or reads it from standard input")
    .option("--email <address...>", "send to these people")
    .option("--account <account>", "only of this one: its id (acc_…), or its name")
    .option("--collection <id...>", "only in these collections")
    .option("--client <who...>", "only by these clients: ids or email addresses")
    .option("--amount-at-least <number>", "only of this amount or more, in the smallest unit (cents)", whole)
    .option("--digest <how>", "gather: 2h, every=1h, daily=18:00, quiet=2m,max=15m; or none", digest)
    .option("--quiet-hours <times>", "send nothing between, such as 21:00-08:00", quietHours)
    .option("--ordered", "send what concerns one object in its order", false)
    .option("--description <text>", "what it is called")
    .option("--test", "send a sample at once; 1 when the receiver does not take it", false)
    .option("--preview", "only show which past events it would have matched", false)
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", examples)
    .action(async (events: string[], options: SubscribeOptions) => {
      exitWith((await subscribe(events, options, environment(), process.stdin, terminal)) ? 0 : 1);
    });
};
