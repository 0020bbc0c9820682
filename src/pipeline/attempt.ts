import type { Account } from "../domain/account.js";
import { judgeAttempt, type Verdict } from "../domain/backoff.js";
import type { Attempt, AttemptOutcome, Delivery, Message } from "../domain/delivery.js";
import { thaw } from "../domain/event.js";
import { afterOutcome, concernOf, type ReceiverState } from "../domain/receiver.js";
import type { SigningSecrets, Subscription } from "../domain/subscription.js";
import type { Bell } from "../queues/bell.js";
import type { Stop } from "../queues/wake-ups.js";
import { iso, type Parts } from "./parts.js";
import type { Places } from "./places.js";
import type { Recorder } from "./recorder.js";
import { tellDisabled, tellFailed, tellFailing } from "./tell.js";

/** The ways out, as the pipeline sees them. */
export interface ChannelParts {
  readonly send: (message: Message, signal: AbortSignal) => Promise<AttemptOutcome>;
  /** Address of the dashboard, for links. */
  readonly publicUrl: string;
}

/** What the mailbox actor works with. */
export interface DeliverParts extends Parts, ChannelParts {
  readonly places: Places;
}

/** A mailbox whose deliveries are being sent. */
export interface MailboxRun {
  readonly subscription: Subscription;
  readonly secrets: SigningSecrets;
  readonly parts: DeliverParts;
  readonly stop: Stop & { readonly bell: Bell };
  readonly recorder: Recorder;
  readonly inFlight: Map<string, Promise<void>>;
  /** Accounts that deliveries come from, looked up once a slice. */
  readonly account: (id: string) => Promise<Account | null>;
  /** How the receiver is, and how it was when that was last recorded. */
  receiver: ReceiverState;
  recordedReceiver: ReceiverState | null;
  /** Set when the receiver is gone or asked to be left alone: nothing more is sent in this slice. */
  ended: boolean;
  /** When (ms) the subscription was last seen to be as it is here. */
  lookedAt: number;
  /** Of the subscription's rate: how many may go, and when (ms) they were taken. */
  readonly tokens: { count: number; at: number };
  /** What people hear of this subscription: once, however many attempts give a reason to. */
  readonly told: Map<"failing" | "disabled", Promise<void>>;
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
  if (!message && (await run.account(delivery.account)) === null) {
    // Whoever put it here was killed before it could see that the account is gone.
    await store.mailboxes.purge(subscription.id, delivery.account);
    return;
  }
  if (!message) {
    const ids = { delivery: delivery.id, subscription: subscription.id, type: delivery.type };
    parts.log.info(ids, "discarded: its events are not kept any more");
    await run.recorder.record(
      { ...delivery, status: "discarded", nextAttemptAt: null },
      delivery.attemptCount,
    );
    return;
  }
  // A digest that is about to go out keeps its events and its time, whatever happens to this attempt.
  if (delivery.digest && delivery.attemptCount === 0) {
    const kept = { ...delivery, nextAttemptAt: iso(now()) };
    const [ours] = await store.mailboxes.record(
      subscription.id,
      [{ delivery: kept, attemptCount: 0 }],
      null,
      now(),
    );
    if (!ours) return;
  }
  const startedAt = now();
  const outcome = await parts.send(message, stop.abort);
  if (stop.abort.aborted && outcome.kind !== "delivered") return;
  const count = delivery.attemptCount + 1;
  const circumstances = { now: now(), random: parts.random() };
  const verdict = judgeAttempt(outcome, {
    ...circumstances,
    attempt: count - delivery.ladderStart,
    delays: subscription.retry.delays,
  });
  const { concurrency } = subscription.limits;
  run.receiver = afterOutcome(run.receiver, outcome, { ...circumstances, concurrency });
  const made = attemptOf(outcome, verdict, startedAt, now());
  logAttempt(run, delivery, made, count);
  const recorded: Delivery = {
    ...delivery,
    status: verdict.status,
    attempts: [...delivery.attempts, made].slice(-keptAttempts),
    attemptCount: count,
    accepted: (outcome.kind === "retry" ? outcome.accepted : null) ?? delivery.accepted,
    refused: (outcome.kind === "retry" ? outcome.refused : null) ?? delivery.refused,
    nextAttemptAt: verdict.status === "pending" ? iso(verdict.nextAttemptAt) : null,
  };
  // Told before it is recorded: a crash in between tells it again under the same id.
  await tellWhatFollows(run, recorded, verdict, made);
  const isOurs = await run.recorder.record(recorded, delivery.attemptCount);
  if (isOurs && verdict.status === "delivered") observeDelay(run, message, delivery);
}

/** How late a delivery is. One that is sent again says nothing of that. */
function observeDelay({ subscription, parts }: MailboxRun, { events }: Message, delivery: Delivery): void {
  if (delivery.replay !== null || delivery.ladderStart > 0) return;
  const since = Date.parse(delivery.closedAt ?? events[0]?.timestamp ?? "");
  const seconds = Math.max(0, parts.now() - since) / 1_000;
  parts.metrics.deliverySeconds.observe({ channel: subscription.channel.type }, seconds);
}

/** What others must hear: of this delivery, and of its subscription. */
async function tellWhatFollows(
  run: MailboxRun,
  delivery: Delivery,
  verdict: Verdict,
  made: Attempt,
): Promise<void> {
  if (verdict.status === "delivered") return;
  const { subscription, parts, told } = run;
  const error = made.error ?? made.outcome;
  if (verdict.status === "failed") await tellFailed(delivery, subscription, error, parts);
  const concern = concernOf(run.receiver, parts.now());
  if (concern?.kind === "failing" && !told.has("failing")) {
    told.set("failing", tellFailing(delivery, subscription, concern, error, parts));
    await told.get("failing");
    // One that succeeded meanwhile has ended what the warning was about.
    if (run.receiver.failingSince === concern.since)
      run.receiver = { ...run.receiver, warnedAt: parts.now() };
  }
  const since = concern?.kind === "disable" ? iso(concern.since) : null;
  const longFailing = since && `Nothing but failures since ${since}; the last one: ${error}`;
  const reason = (verdict.status === "failed" ? verdict.disable : null) ?? longFailing;
  if (reason === null) return;
  run.ended = true;
  if (!told.has("disabled")) told.set("disabled", tellDisabled(delivery, subscription, reason, parts));
  await told.get("disabled");
}

/** The message, or null when its events are not kept any more, or their account was deleted. */
async function messageFor(run: MailboxRun, delivery: Delivery): Promise<Message | null> {
  const { subscription, secrets, parts } = run;
  const [frozen, account] = await Promise.all([
    parts.store.events.getRecent(delivery.events),
    run.account(delivery.account),
  ]);
  const events = account === null ? [] : frozen.filter((event) => event !== null);
  if (events.length === 0) return null;
  return {
    delivery,
    subscription,
    secrets,
    bodies: events.map(({ body }) => body),
    events: events.map(thaw),
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
  const { responseBody: _body, at: _at, error: reason, ...shown } = made;
  parts.log.info(
    {
      delivery: delivery.id,
      subscription: subscription.id,
      channel,
      type: delivery.type,
      attempt: count,
      ...shown,
      reason,
    },
    "attempt",
  );
}
