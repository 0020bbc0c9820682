import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { deliverySchema } from "../api/schemas/delivery.js";
import { samplesSchema } from "../api/schemas/sample.js";
import { subscriptionSchema } from "../api/schemas/subscription.js";
import { count as counted } from "../dashboard/format.js";
import { eventTypes, findEventType } from "../domain/catalog.js";
import { whyNever } from "../domain/sample.js";
import { StartError } from "../errors.js";
import { amount } from "./arguments.js";
import type { AddCommand } from "./command.js";
import { type Client, UnansweredError } from "./remote/client.js";
import { type RemoteOptions, reach, withRemote } from "./remote/reach.js";
import type { Terminal } from "./terminal.js";
import { type Delivery, fateOf, isSettled, nameOf, type Subscription } from "./trigger/fates.js";

export interface TriggerOptions extends RemoteOptions {
  /** Ids. */
  readonly subscription: readonly string[];
  /** Every subscription that wants the type. */
  readonly all: boolean;
  readonly account?: string;
  readonly count: number;
  readonly wait: boolean;
  readonly json: boolean;
}

type Samples = z.output<typeof samplesSchema>;

const subscriptionShape = subscriptionSchema.pick({
  id: true,
  account: true,
  events: true,
  filter: true,
  channel: true,
  description: true,
  enabled: true,
  paused: true,
  mailbox: true,
});
/** How long (ms) it is waited for what comes of the deliveries, and how often it is looked. */
const patienceMs = 20_000;
const lookEveryMs = { first: 150, most: 2_000 };

/** Lists the types of events, each with what it says. */
export function listTypes(json: boolean, { write }: Terminal): void {
  const types = eventTypes.map(({ type, description }) => ({ type, description }));
  const width = Math.max(...types.map(({ type }) => type.length));
  if (json) write(JSON.stringify(types, null, 2));
  else for (const { type, description } of types) write(`${type.padEnd(width)}  ${description}`);
}

/**
 * `pixiehook trigger`: has a running service send samples of a type, and says what comes of them. Answers whether one of
 * them failed. Throws `StartError` for what stands in the way.
 */
export async function trigger(
  type: string,
  { url, token, ...options }: TriggerOptions,
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<{ readonly failed: boolean }> {
  const { client } = await reach({ url, token }, environment);
  try {
    return await send(client, type, options, terminal);
  } catch (error) {
    if (!(error instanceof UnansweredError)) throw error;
    throw new StartError(error.message);
  }
}

async function send(
  client: Client,
  type: string,
  { subscription, all, account, count, wait, json }: Omit<TriggerOptions, keyof RemoteOptions>,
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
  const waits = wait && made.subscriptions.length > 0;
  const deliveries = waits ? await follow(client, made, { known, count, say, terminal }) : [];
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

/** Says what comes of each delivery as soon as that is known; answers all of them. */
async function follow(
  client: Client,
  { events, subscriptions }: Samples,
  by: {
    readonly known: readonly Subscription[];
    /** How many samples each subscription gets. */
    readonly count: number;
    readonly say: (line: string) => void;
    readonly terminal: Terminal;
  },
): Promise<Delivery[]> {
  const { known, count, say, terminal } = by;
  const { signal } = terminal;
  const end = Date.now() + patienceMs;
  const settled = new Map<string, Delivery>();
  const waiting = new Map<string, Delivery>();
  const find = (id: string) => known.find((each) => each.id === id);
  const tell = (delivery: Delivery, subscription = find(delivery.subscription)) => {
    const many = delivery.events.length > 1 ? ` (${counted(delivery.events.length, "event")} in one)` : "";
    if (subscription)
      say(`${nameOf(subscription)}: ${fateOf(delivery, subscription, Date.now()).text}${many}`);
  };
  const isDone = (id: string) => carried(settled.values(), id, events) >= count;

  for (let pause = lookEveryMs.first; ; pause = Math.min(pause * 1.5, lookEveryMs.most)) {
    for (const event of events) {
      const found = await client.list(`/v1/events/${event}/deliveries`, deliverySchema);
      for (const delivery of found.filter(({ id }) => !settled.has(id))) {
        const paused = find(delivery.subscription)?.paused === true;
        const whole = carried([delivery], delivery.subscription, events);
        waiting.set(delivery.id, delivery);
        // A digest that is still being filled is told of when it holds all of them.
        if (!(paused || isSettled(delivery, end)) || (delivery.event === null && whole < count)) continue;
        settled.set(delivery.id, delivery);
        waiting.delete(delivery.id);
        tell(delivery);
      }
    }
    if (subscriptions.every(isDone) || signal.aborted || Date.now() > end) break;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  for (const delivery of waiting.values()) {
    const path = `/v1/subscriptions/${delivery.subscription}`;
    tell(delivery, await client.get(path, subscriptionShape));
  }
  return [...settled.values(), ...waiting.values()];
}

/** How many of the samples the deliveries of a subscription carry. */
function carried(deliveries: Iterable<Delivery>, subscription: string, events: readonly string[]): number {
  const own = [...deliveries].filter((delivery) => delivery.subscription === subscription);
  return new Set(own.flatMap((delivery) => delivery.events.filter((id) => events.includes(id)))).size;
}

const collect = (one: string, others: readonly string[]) => [...others, one];

export const addTrigger: AddCommand = (program, { terminal, environment, exitWith }) => {
  withRemote(program.command("trigger"))
    .description("send a sample of an event to chosen subscriptions, by way of a running service")
    .argument("[type]", "such as favorite.added; without it all types are listed")
    .option("-s, --subscription <id>", "who gets it (sub_…); may be given several times", collect, [])
    .option("--all", "every subscription that wants the type gets it", false)
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
