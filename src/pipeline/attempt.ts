import type { Account } from "../domain/account.js";
import { judgeAttempt, type Verdict } from "../domain/backoff.js";
import type { Attempt, AttemptOutcome, Delivery, Message } from "../domain/delivery.js";
import { thawEvent } from "../domain/event.js";
import type { SigningSecrets, Subscription } from "../domain/subscription.js";
import type { Stop } from "../queues/wake-ups.js";
import { iso, type Parts } from "./parts.js";
import { tellDisabled, tellFailed } from "./tell.js";

/** The ways out, as the pipeline sees them. */
export interface ChannelParts {
  readonly send: (message: Message, signal: AbortSignal) => Promise<AttemptOutcome>;
  /** Address of the dashboard, for links. */
  readonly publicUrl: string;
}

/** A mailbox whose deliveries are being sent. */
export interface MailboxRun {
  readonly subscription: Subscription;
  readonly secrets: SigningSecrets;
  readonly parts: Parts & ChannelParts;
  readonly stop: Stop;
  readonly inFlight: Map<string, Promise<void>>;
  /** Accounts that deliveries come from, looked up once a slice. */
  readonly account: (id: string) => Promise<Account | null>;
  /** Set when the receiver is gone or asked to be left alone: nothing more is sent in this slice. */
  ended: boolean;
  /** When (ms) the subscription was last seen to be as it is here. */
  lookedAt: number;
  /** Set when the receiver is gone: told once, however many attempts hear of it. */
  disabled: Promise<void> | null;
  /** What kept an attempt from being made or recorded (a lost connection): the slice ends with it. */
  failure: unknown;
}

/** How many attempts of a delivery are kept; all are counted. */
const keptAttempts = 20;

/** Makes one attempt and records what came of it. */
export async function attempt(run: MailboxRun, delivery: Delivery): Promise<void> {
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
    attempt: count - delivery.ladderStart,
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

async function finish(
  run: MailboxRun,
  delivery: Delivery,
  seen: number,
  holdUntil: number | null,
): Promise<void> {
  await run.parts.store.mailboxes.record(delivery, { attemptCount: seen, holdUntil, now: run.parts.now() });
}

/** The message, or null when its events are not kept any more (their account was deleted). */
async function messageFor(run: MailboxRun, delivery: Delivery): Promise<Message | null> {
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

function logAttempt(run: MailboxRun, delivery: Delivery, made: Attempt, count: number): void {
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
