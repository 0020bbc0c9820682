import { samplesSchema } from "../api/schemas/sample.js";
import { count as counted } from "../dashboard/format.js";
import { eventTypes, findEventType } from "../domain/catalog.js";
import { whyNever } from "../domain/sample.js";
import { StartError } from "../errors.js";
import { amount } from "./arguments.js";
import type { AddCommand } from "./command.js";
import type { Client } from "./remote/client.js";
import { type RemoteOptions, reach, withRemote } from "./remote/reach.js";
import { answered } from "./remote/refusal.js";
import type { Terminal } from "./terminal.js";
import { nameOf, type Subscription, subscriptionShape } from "./trigger/fates.js";
import { follow } from "./trigger/follow.js";

const optionNames = { account: "--account", subscriptions: "--subscription", count: "--count" };

export interface TriggerOptions extends RemoteOptions {
  /** Ids. */
  readonly subscription?: readonly string[];
  /** Every subscription that wants the type. */
  readonly all?: boolean;
  readonly account?: string;
  readonly count: number;
  readonly wait: boolean;
  readonly json: boolean;
}

/** Lists the types of events, each with what it says. */
export function listTypes(json: boolean, { write }: Terminal): void {
  const types = eventTypes.map(({ type, description }) => ({ type, description }));
  const width = Math.max(...types.map(({ type }) => type.length));
  const lines = types.map(({ type, description }) => `${type.padEnd(width)}  ${description}`);
  // At once: who reads only the first lines goes away after that.
  write(json ? JSON.stringify(types, null, 2) : lines.join("\n"));
}

/**
 * `pixiehook trigger`: has a running service send samples of a type, and says what comes of them. Answers whether one of
 * them failed. Throws `StartError` or `UsageError` for what stands in the way.
 */
export async function trigger(
  type: string,
  { url, token, ...options }: TriggerOptions,
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<{ readonly failed: boolean }> {
  const { client } = await reach({ url, token }, environment);
  return answered(send(client, type, options, terminal), optionNames);
}

async function send(
  client: Client,
  type: string,
  { subscription = [], all, account, count, wait, json }: Omit<TriggerOptions, keyof RemoteOptions>,
  terminal: Terminal,
): Promise<{ readonly failed: boolean }> {
  const say = (line: string) => (json ? undefined : terminal.write(line));
  const known = await client.list("/v1/subscriptions", subscriptionShape);
  const wanting = known.filter((each) => canGet(each, type, account));
  if (all && wanting.length === 0 && findEventType(type))
    throw new StartError(`No subscription that is enabled wants ${type}: nothing was sent.`);
  const subscriptions = all ? wanting.map(({ id }) => id) : subscription;
  const path = `/v1/event-types/${encodeURIComponent(type)}/trigger`;
  const made = await client.post(path, { ...(account && { account }), subscriptions, count }, samplesSchema);
  say(`Stated ${counted(made.events.length, "sample")} of ${type}: ${shortList(made.events)}`);
  if (made.subscriptions.length === 0) for (const line of advice(type, wanting)) say(line);
  const chosen = known.filter(({ id }) => made.subscriptions.includes(id));
  const waits = wait && chosen.length > 0;
  const following = { events: made.events, subscriptions: chosen, count, say, signal: terminal.signal };
  const deliveries = waits ? await follow(client, following) : [];
  if (json) terminal.write(JSON.stringify({ type, ...made, ...(waits && { deliveries }) }, null, 2));
  else if (!waits && made.subscriptions.length > 0)
    say(`On their way to ${counted(made.subscriptions.length, "subscription")}.`);
  return {
    failed: deliveries.some((delivery) => delivery.attemptCount > 0 && delivery.status !== "delivered"),
  };
}

/** Whether a sample of the type can be sent to a subscription. */
function canGet(subscription: Subscription, type: string, account: string | undefined): boolean {
  const entry = findEventType(type);
  if (!entry || !subscription.enabled || whyNever(subscription, entry) !== null) return false;
  return account === undefined || subscription.account === null || subscription.account === account;
}

const shortList = (ids: readonly string[]) =>
  ids.length > 3 ? `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more` : ids.join(", ");

/** What to do for somebody who chose nobody. */
function advice(type: string, wanting: readonly Subscription[]): string[] {
  const nobody = "No subscription was chosen: only `pixiehook listen` and the list of events show it.";
  if (wanting.length === 0) return [nobody, `No subscription that is enabled wants ${type}.`];
  const whom = wanting.map((each) => `  ${nameOf(each)}`);
  return [nobody, `Name some of these with --subscription, or take --all; they want ${type}:`, ...whom];
}

const collect = (one: string, others: readonly string[] = []) => [...others, one];

export const addTrigger: AddCommand = (program, { terminal, environment, exitWith }) => {
  withRemote(program.command("trigger"))
    .summary("send a sample of an event to subscriptions")
    .description("send a sample of an event to chosen subscriptions, by way of a running service")
    .argument("[type]", "such as favorite.added; without it all types are listed")
    .option("-s, --subscription <id>", "who gets it (sub_…); may be given several times", collect)
    .option("--all", "every subscription that wants the type gets it")
    .option("--account <id>", "whose event it is to be (acc_…)")
    .option("--count <number>", "how many samples for each, up to 50", amount(1, 50), 1)
    .option("--no-wait", "do not stay to say what came of it")
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", "\nExample:\n  pixiehook trigger favorite.added --subscription sub_…")
    .action(async (type: string | undefined, options: TriggerOptions) => {
      if (type === undefined) return listTypes(options.json, terminal);
      const { failed } = await trigger(type, options, environment(), terminal);
      if (failed) exitWith(1);
    });
};
