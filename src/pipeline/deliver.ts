import type { Account } from "../domain/account.js";
import { judgeAttempt, type Verdict } from "../domain/backoff.js";
import type { Attempt, AttemptOutcome, Delivery, Message } from "../domain/delivery.js";
import { thawEvent } from "../domain/event.js";
import { hashOf } from "../domain/ids.js";
import type { SigningSecrets, Subscription } from "../domain/subscription.js";
import { quietUntil } from "../domain/timing.js";
import type { Stop } from "../queues/wake-ups.js";
import { iso, type Parts, sliceMs } from "./parts.js";
import { tellDisabled, tellFailed } from "./tell.js";

/** The ways out, as the pipeline sees them. */
export interface ChannelParts {
  readonly send: (message: Message, signal: AbortSignal) => Promise<AttemptOutcome>;
  /** Address of the dashboard, for links. */
  readonly publicUrl: string;
}

/** A mailbox whose deliveries are being sent. */
interface Run {
  readonly subscription: Subscription;
  readonly secrets: SigningSecrets;
  readonly parts: Parts & ChannelParts;
  readonly stop: Stop;
  readonly inFlight: Map<string, Promise<void>>;
  /** Accounts that deliveries come from, looked up once a slice. */
  readonly account: (id: string) => Promise<Account | null>;
  /** Set when the receiver is gone or asked to be left alone: nothing more is sent in this slice. */
  ended: boolean;
  /** Set when the receiver is gone: told once, however many attempts hear of it. */
  disabled: Promise<void> | null;
  /** What kept an attempt from being made or recorded (a lost connection): the slice ends with it. */
  failure: unknown;
}

const keptAttempts = 20;
const batchSize = 200;

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
  const run: Run = {
    subscription,
    secrets,
    parts,
    stop,
    account,
    inFlight: new Map(),
    ended: false,
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
async function sendDue(run: Run, until: number): Promise<number> {
  const { subscription, parts, stop, inFlight } = run;
  const { store, now } = parts;
  while (now() < until && !stop.draining.aborted && !run.ended) {
    const current = await store.subscriptions.get(subscription.id);
    if (current?.updatedAt !== subscription.updatedAt) break;
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
async function sendAll(run: Run, ready: readonly Delivery[], until: number): Promise<number> {
  const { subscription, parts, stop, inFlight } = run;
  const { perSecond, burst, name } = rateOf(subscription);
  let tokens = 0;
  for (const delivery of ready) {
    while (inFlight.size >= subscription.limits.concurrency) await Promise.race(inFlight.values());
    // A slow receiver must not keep its place beyond the slice: others wait for it.
    if (parts.now() >= until) return 0;
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
      await new Promise((done) => setTimeout(done, waitMs));
    }
    if (stop.draining.aborted || run.ended) return 0;
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
async function prepare(run: Run, delivery: Delivery): Promise<Delivery | null> {
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

async function attempt(run: Run, delivery: Delivery): Promise<void> {
  const { subscription, parts, stop } = run;
  const { store, now } = parts;
  const message = await messageFor(run, delivery);
  if (!message) {
    await finish(run, { ...delivery, status: "discarded", nextAttemptAt: null }, delivery.attemptCount, null);
    return;
  }
  // A digest that is about to go out keeps its events and its time, whatever happens to this attempt.
  if (delivery.digest && delivery.attemptCount === 0) {
    const kept = { ...delivery, nextAttemptAt: iso(now()) };
    const ours = await store.mailboxes.record(kept, { attemptCount: 0, holdUntil: null, now: now() });
    if (!ours) return;
  }
  const startedAt = now();
  const outcome = await parts.send(message, stop.abort);
  if (stop.abort.aborted && outcome.kind !== "delivered") return;
  const count = delivery.attemptCount + 1;
  const verdict = judgeAttempt(outcome, {
    attempt: count,
    delays: subscription.retry.delays,
    now: now(),
    random: parts.random(),
  });
  const made = attemptOf(outcome, verdict, startedAt, now());
  logAttempt(run, delivery, made, count);
  const recorded: Delivery = {
    ...delivery,
    status: verdict.status,
    attempts: [...delivery.attempts, made].slice(-keptAttempts),
    attemptCount: count,
    nextAttemptAt: verdict.status === "pending" ? iso(verdict.nextAttemptAt) : null,
  };
  if (verdict.status === "failed") {
    // Told before it is recorded: a crash in between tells it again under the same id.
    await tellFailed(recorded, subscription, made.error ?? outcome.kind, parts);
    if (verdict.disable !== null) {
      run.ended = true;
      run.disabled ??= tellDisabled(recorded, subscription, verdict.disable, parts);
      await run.disabled;
    }
  }
  const hold = verdict.status === "pending" ? verdict.holdMailboxUntil : null;
  if (hold !== null) run.ended = true;
  await finish(run, recorded, delivery.attemptCount, hold);
}

async function finish(run: Run, delivery: Delivery, seen: number, holdUntil: number | null): Promise<void> {
  await run.parts.store.mailboxes.record(delivery, { attemptCount: seen, holdUntil, now: run.parts.now() });
}

/** The message, or null when its events are not kept any more (their account was deleted). */
async function messageFor(run: Run, delivery: Delivery): Promise<Message | null> {
  const { subscription, secrets, parts } = run;
  const [frozen, account] = await Promise.all([
    parts.store.events.getMany(delivery.events),
    run.account(delivery.account),
  ]);
  const bodies = frozen.filter((event) => event !== null).map(({ body }) => body);
  if (bodies.length === 0) return null;
  return {
    delivery,
    subscription,
    secrets,
    bodies,
    events: bodies.map(thawEvent),
    timezone: account?.timezone ?? "UTC",
    publicUrl: parts.publicUrl,
    at: new Date(parts.now()),
  };
}

/** An outcome as it is recorded. */
export function attemptOf(
  outcome: AttemptOutcome,
  verdict: Verdict | null,
  startedAt: number,
  endedAt: number,
): Attempt {
  return {
    at: iso(startedAt),
    durationMs: Math.round(endedAt - startedAt),
    outcome: outcome.kind,
    ...(outcome.status === undefined ? {} : { status: outcome.status }),
    ...(outcome.kind === "delivered" ? {} : { error: outcome.error }),
    ...(outcome.responseBody === undefined ? {} : { responseBody: outcome.responseBody }),
    ...(verdict?.status === "pending" ? { nextAttemptAt: iso(verdict.nextAttemptAt) } : {}),
  };
}

function logAttempt(run: Run, delivery: Delivery, made: Attempt, count: number): void {
  const { subscription, parts } = run;
  const channel = subscription.channel.type;
  parts.metrics.attempts.inc({ channel, outcome: made.outcome });
  parts.metrics.attemptSeconds.observe({ channel }, made.durationMs / 1_000);
  const { responseBody: _body, at: _at, ...shown } = made;
  parts.log.info(
    {
      delivery: delivery.id,
      subscription: subscription.id,
      channel,
      type: delivery.type,
      attempt: count,
      ...shown,
    },
    "attempt",
  );
}
