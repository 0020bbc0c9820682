import type { Account } from "../domain/account.js";
import type { Delivery } from "../domain/delivery.js";
import { afterClock, placesOf, probeNow, receiverOf, restsUntil } from "../domain/receiver.js";
import { quietUntil } from "../domain/timing.js";
import { createBell } from "../queues/bell.js";
import type { Stop } from "../queues/wake-ups.js";
import type { KnownReceiver } from "../store/mailboxes.js";
import { attempt, type DeliverParts, type MailboxRun } from "./attempt.js";
import { iso, lingerMs, patienceMs, sliceMs } from "./parts.js";
import { takeTokens } from "./rate.js";
import { createRecorder } from "./recorder.js";

const batchSize = 200;
/** How old (ms) the knowledge of a subscription may be when something is sent. */
const lookAgainMs = 100;

/**
 * The mailbox actor: sends what is due, oldest first, within the subscription's rate and concurrency and what the
 * receiver bears, for one slice of time. A delivery leaves its place only together with its recorded outcome.
 */
export async function deliverMailbox(id: string, parts: DeliverParts, stop: Stop): Promise<void> {
  const { store, now, places, wakeUps } = parts;
  const until = now() + sliceMs;
  const bell = stop.listen?.() ?? createBell();
  const generation = await store.due.generation("deliver", id);
  const run = await openRun(id, parts, { ...stop, bell });
  if (!run) {
    await store.due.settle("deliver", id, generation, null, now());
    return;
  }
  const leave = places.enter();
  let next = 0;
  try {
    next = await sendDue(run, until);
  } finally {
    await Promise.all(run.inFlight.values());
    leave();
  }
  if (run.failure) throw run.failure;
  const rung = bell.close();
  // Not another look: that would take a knock that nobody answers.
  const firstDue = await store.mailboxes.firstDue(id);
  const resume = firstDue === null ? null : Math.max(firstDue, restsUntil(run.receiver), next);
  await store.due.settle("deliver", id, generation, rung ? now() : resume, now());
  if (rung) await wakeUps.wake("deliver", id);
  else if (resume !== null) wakeUps.wakeSoon("deliver", id, resume);
}

/** What one slice works with; null when nothing is to be sent to this subscription now. */
async function openRun(
  id: string,
  parts: DeliverParts,
  stop: MailboxRun["stop"],
): Promise<MailboxRun | null> {
  const { store } = parts;
  const [subscription, secrets, receiver] = await Promise.all([
    store.subscriptions.get(id),
    store.subscriptions.secrets(id),
    store.mailboxes.receiver(id),
  ]);
  if (!subscription?.enabled || subscription.paused || !secrets) return null;
  const accounts = new Map<string, Promise<Account | null>>();
  const run: MailboxRun = {
    subscription,
    secrets,
    parts,
    stop,
    recorder: createRecorder({
      subscription: id,
      parts,
      receiver: () => changedReceiver(run),
      underWay: () => run.inFlight.size,
    }),
    account: (of) => {
      const known = accounts.get(of) ?? store.accounts.get(of);
      accounts.set(of, known);
      return known;
    },
    inFlight: new Map(),
    receiver: afterClock(receiverOf(receiver, subscription.channel), parts.now()),
    recordedReceiver: receiver,
    ended: false,
    lookedAt: parts.now(),
    tokens: { count: 0, at: 0 },
    told: new Map(),
    failure: null,
  };
  return run;
}

/** The receiver's state, if it is another one than was last recorded. */
function changedReceiver(run: MailboxRun): KnownReceiver | null {
  if (run.receiver === run.recordedReceiver) return null;
  run.recordedReceiver = run.receiver;
  return { state: run.receiver, known: run.subscription.updatedAt };
}

/** Sends until nothing is due or the slice is over. Answers the earliest time (ms) at which to go on. */
async function sendDue(run: MailboxRun, until: number): Promise<number> {
  const { subscription, parts, stop, inFlight } = run;
  const { store, now } = parts;
  let idleSince = now();
  let patience = patienceMs;
  while (now() < until && !stop.draining.aborted && !run.ended && (await isCurrent(run))) {
    // One that is under way now may be done by the time this list is here: it is not to be sent again.
    const busy = new Set(inFlight.keys());
    const { due, knock } = await store.mailboxes.look(subscription.id, now(), batchSize + busy.size);
    const asked = knock === null || busy.has(knock) ? null : await askedFor(run, knock);
    const ready = isResting(run) ? [] : await readyOf(run, due, busy, asked);
    if (ready.length > 0) {
      const wait = await sendAll(run, ready, until);
      if (wait > 0) return now() + wait;
      [idleSince, patience] = [now(), patienceMs];
      continue;
    }
    // A mailbox that was busy just now is likely to be so again: it waits a moment before it goes to sleep.
    const lingers = stop.listen !== undefined && now() - idleSince < lingerMs && !isResting(run);
    if (inFlight.size === 0 && !lingers) break;
    const heard = await stop.bell.wait(Math.min(patience, Math.max(0, until - now())));
    patience = heard ? patienceMs : Math.min(patience * 2, 500);
    if (inFlight.size > 0) idleSince = now();
  }
  return 0;
}

const isResting = ({ receiver, parts }: MailboxRun) => restsUntil(receiver) > parts.now();

/** A delivery that a person asked for: the breaker lets it through, as its probe. Null when it does not wait. */
async function askedFor(run: MailboxRun, id: string): Promise<Delivery | null> {
  const delivery = await run.parts.store.mailboxes.get(id);
  if (delivery?.status !== "pending" || (delivery.digest && delivery.closedAt === null)) return null;
  run.receiver = probeNow(run.receiver, run.parts.now());
  return delivery;
}

async function readyOf(
  run: MailboxRun,
  due: readonly Delivery[],
  busy: ReadonlySet<string>,
  asked: Delivery | null,
): Promise<Delivery[]> {
  const ready = asked ? [asked] : [];
  for (const delivery of due) {
    if (busy.has(delivery.id) || delivery.id === asked?.id) continue;
    const prepared = isPrepared(run, delivery) ? delivery : await prepare(run, delivery);
    if (prepared) ready.push(prepared);
  }
  return ready;
}

const isPrepared = ({ subscription }: MailboxRun, { digest, closedAt }: Delivery) =>
  subscription.quietHours === null && (!digest || closedAt !== null);

/** Starts deliveries as places and rate allow. Answers how long (ms) the rate wants us to wait, if beyond the slice. */
async function sendAll(run: MailboxRun, ready: readonly Delivery[], until: number): Promise<number> {
  const { parts, stop, inFlight } = run;
  for (let index = 0; index < ready.length; ) {
    while (inFlight.size >= roomOf(run)) await stop.bell.wait(1_000);
    // A slow receiver must not keep its place beyond the slice: others wait for it.
    if (parts.now() >= until || isResting(run) || !(await isCurrent(run))) return 0;
    const waitMs = await takeTokens(run, ready.length - index, until);
    if (waitMs > 0) return waitMs;
    if (run.tokens.count === 0) return 0;
    const room = Math.max(1, Math.min(run.tokens.count, roomOf(run) - inFlight.size));
    const some = ready.slice(index, index + room);
    const release = await parts.places.begin(some.length);
    const goesOn = !stop.draining.aborted && !run.ended && !isResting(run) && (await isCurrent(run));
    for (const delivery of some) goesOn ? start(run, delivery, release) : release();
    if (!goesOn) return 0;
    index += some.length;
    run.tokens.count -= some.length;
  }
  return 0;
}

function start(run: MailboxRun, delivery: Delivery, release: () => void): void {
  const { inFlight, stop } = run;
  const sending = attempt(run, delivery)
    .catch((error: unknown) => {
      run.ended = true;
      run.failure = error;
    })
    .finally(() => {
      release();
      inFlight.delete(delivery.id);
      stop.bell.nudge();
    });
  inFlight.set(delivery.id, sending);
}

/** How many attempts may be under way at once. */
function roomOf({ subscription, receiver, parts }: MailboxRun): number {
  return Math.min(placesOf(receiver, subscription.limits.concurrency), parts.places.share());
}

/** Whether the subscription is still as this slice knows it: one that was changed or deleted gets nothing more. */
async function isCurrent(run: MailboxRun): Promise<boolean> {
  const { subscription, parts } = run;
  const age = parts.now() - run.lookedAt;
  // A clock that was set back would keep this slice going, and us from looking: the next one has the right time.
  if (age < 0) run.ended = true;
  if (age < lookAgainMs) return !run.ended;
  const updatedAt = await parts.store.subscriptions.updatedAt(subscription.id);
  run.lookedAt = parts.now();
  if (updatedAt !== subscription.updatedAt) run.ended = true;
  return !run.ended;
}

/** A delivery ready to be sent, or null when it must wait. */
async function prepare(run: MailboxRun, delivery: Delivery): Promise<Delivery | null> {
  const { subscription, parts } = run;
  const { store, now } = parts;
  const { quietHours } = subscription;
  const zone = quietHours && ((await run.account(delivery.account))?.timezone ?? "UTC");
  const quiet = quietUntil(quietHours, delivery.type, now(), zone ?? "UTC");
  if (quiet !== null) {
    await store.mailboxes.postpone(subscription.id, delivery.id, quiet);
    return null;
  }
  if (!delivery.digest || delivery.closedAt !== null) return delivery;
  const events = await store.mailboxes.close(delivery);
  return { ...delivery, events, closedAt: iso(now()) };
}
