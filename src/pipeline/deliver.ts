import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "../domain/account.js";
import type { Delivery } from "../domain/delivery.js";
import { hashOf } from "../domain/ids.js";
import type { Subscription } from "../domain/subscription.js";
import { quietUntil } from "../domain/timing.js";
import type { Stop } from "../queues/wake-ups.js";
import { attempt, type ChannelParts, type MailboxRun } from "./attempt.js";
import { iso, type Parts, sliceMs } from "./parts.js";

const batchSize = 200;
/** How old (ms) the knowledge of a subscription may be when something is sent. */
const lookAgainMs = 100;

/**
 * The mailbox actor: sends what is due, oldest first, within the subscription's rate and concurrency, for one slice
 * of time. A delivery leaves its place only together with its recorded outcome.
 */
export async function deliverMailbox(id: string, parts: Parts & ChannelParts, stop: Stop): Promise<void> {
  const { store, now } = parts;
  const generation = await store.due.generation("deliver", id);
  const [subscription, secrets] = await Promise.all([
    store.subscriptions.get(id),
    store.subscriptions.secrets(id),
  ]);
  if (!subscription?.enabled || !secrets) {
    await store.due.settle("deliver", id, generation, null, now());
    return;
  }
  const accounts = new Map<string, Promise<Account | null>>();
  const account = (of: string) => {
    const known = accounts.get(of) ?? store.accounts.get(of);
    accounts.set(of, known);
    return known;
  };
  const run: MailboxRun = {
    subscription,
    secrets,
    parts,
    stop,
    account,
    inFlight: new Map(),
    ended: false,
    lookedAt: 0,
    disabled: null,
    failure: null,
  };
  let next = 0;
  try {
    next = await sendDue(run, now() + sliceMs);
  } finally {
    await Promise.all(run.inFlight.values());
  }
  if (run.failure) throw run.failure;
  const hold = await store.mailboxes.holdUntil(id);
  const due = await store.mailboxes.nextDue(id);
  const resume = due === null ? null : Math.max(due, hold, next);
  await store.due.settle("deliver", id, generation, resume, now());
  if (resume !== null) parts.wakeUps.wakeSoon("deliver", id, resume);
}

/** Sends until nothing is due or the slice is over. Answers the earliest time (ms) at which to go on. */
async function sendDue(run: MailboxRun, until: number): Promise<number> {
  const { subscription, parts, stop, inFlight } = run;
  const { store, now } = parts;
  while (now() < until && !stop.draining.aborted && !run.ended) {
    if (!(await isCurrent(run))) break;
    if ((await store.mailboxes.holdUntil(subscription.id)) > now()) break;
    // One that is under way now may be done by the time this list is here: it is not to be sent again.
    const busy = new Set(inFlight.keys());
    const due = await store.mailboxes.due(subscription.id, now(), batchSize);
    const idle = due.filter(({ id }) => !busy.has(id));
    const ready = (await Promise.all(idle.map((delivery) => prepare(run, delivery)))).filter(
      (delivery) => delivery !== null,
    );
    if (ready.length === 0) {
      if (inFlight.size === 0) break;
      await Promise.race(inFlight.values());
      continue;
    }
    const wait = await sendAll(run, ready, until);
    if (wait > 0) return now() + wait;
  }
  return 0;
}

/** Starts deliveries as places and rate allow. Answers how long (ms) the rate wants us to wait, if beyond the slice. */
async function sendAll(run: MailboxRun, ready: readonly Delivery[], until: number): Promise<number> {
  const { subscription, parts, stop, inFlight } = run;
  const { perSecond, burst, name } = rateOf(subscription);
  let tokens = 0;
  for (const delivery of ready) {
    while (inFlight.size >= subscription.limits.concurrency) await Promise.race(inFlight.values());
    // A slow receiver must not keep its place beyond the slice: others wait for it.
    if (parts.now() >= until || !(await isCurrent(run))) return 0;
    while (tokens === 0) {
      if (stop.draining.aborted || run.ended) return 0;
      const { granted, waitMs } = await parts.store.rates.take(
        name,
        perSecond,
        burst,
        Math.min(burst, ready.length),
      );
      tokens = granted;
      if (granted > 0) break;
      if (parts.now() + waitMs > until) return waitMs;
      await sleep(waitMs, undefined, { signal: stop.draining }).catch(() => undefined);
    }
    if (stop.draining.aborted || run.ended || !(await isCurrent(run))) return 0;
    tokens--;
    const sending = attempt(run, delivery)
      .catch((error: unknown) => {
        run.ended = true;
        run.failure = error;
      })
      .finally(() => inFlight.delete(delivery.id));
    inFlight.set(delivery.id, sending);
  }
  return 0;
}

/** Whether the subscription is still as this slice knows it: one that was changed or deleted gets nothing more. */
async function isCurrent(run: MailboxRun): Promise<boolean> {
  const { subscription, parts } = run;
  if (parts.now() - run.lookedAt < lookAgainMs) return true;
  const current = await parts.store.subscriptions.get(subscription.id);
  run.lookedAt = parts.now();
  if (current?.updatedAt !== subscription.updatedAt) run.ended = true;
  return !run.ended;
}

/**
 * Slack allows one message a second for each URL, whoever sends it; other channels have the subscription's rate. A
 * tenth of it may go at once, and the rest is spaced so that no second sees more than the rate.
 */
function rateOf({ id, channel, limits }: Subscription): { name: string; perSecond: number; burst: number } {
  if (channel.type === "slack") {
    return { name: hashOf([channel.url]), perSecond: Math.min(1, limits.perSecond), burst: 1 };
  }
  const burst = Math.max(1, Math.floor(limits.perSecond / 10));
  return { name: id, perSecond: limits.perSecond - burst + 1, burst };
}

/** A delivery ready to be sent, or null when it must wait. */
async function prepare(run: MailboxRun, delivery: Delivery): Promise<Delivery | null> {
  const { subscription, parts } = run;
  const { store, now } = parts;
  const account = await run.account(delivery.account);
  const zone = account?.timezone ?? "UTC";
  const quiet = quietUntil(subscription.quietHours, delivery.type, now(), zone);
  if (quiet !== null) {
    await store.mailboxes.postpone(subscription.id, delivery.id, quiet);
    return null;
  }
  if (!delivery.digest || delivery.closedAt !== null) return delivery;
  const events = await store.mailboxes.close(delivery);
  return { ...delivery, events, closedAt: iso(now()) };
}
