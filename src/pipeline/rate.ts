import { setTimeout as sleep } from "node:timers/promises";
import { hashOf } from "../domain/ids.js";
import { placesOf } from "../domain/receiver.js";
import { mostPerSecond, type Subscription } from "../domain/subscription.js";
import type { MailboxRun } from "./attempt.js";
import type { Parts } from "./parts.js";

/** How long (ms) a token of the rate may be kept. */
const tokenMs = 50;
/** So much slower than the rate: tokens that were kept, and those taken at once, still make no second too full. */
const leeway = 1 + tokenMs / 1_000;

interface Rate {
  readonly name: string;
  readonly perSecond: number;
  readonly burst: number;
  /** How many are taken at once even for one. */
  readonly likely: number;
}

/**
 * The subscription's rate, or as much of it as a receiver that recovers has places. A tenth may go at once, and the
 * rest is spaced so that no second sees more than the rate.
 */
function rateOf({ subscription, receiver }: MailboxRun): Rate {
  const { concurrency } = subscription.limits;
  const rate = (mostPerSecond(subscription) * placesOf(receiver, concurrency)) / concurrency;
  const burst = Math.max(1, Math.floor(rate / 10));
  const perSecond = (rate - burst + 1) / leeway;
  return { name: subscription.id, perSecond, burst, likely: Math.ceil(burst / 5) };
}

/**
 * Makes sure that there is a token of the rate, a part of a second's at once where more is likely to come. Those that
 * are not used soon are lost. Answers how long (ms) the rate wants us to wait, if beyond `until`.
 */
export async function takeTokens(run: MailboxRun, wanted: number, until: number): Promise<number> {
  const { parts, stop, tokens, subscription } = run;
  if (parts.now() - tokens.at > tokenMs) tokens.count = 0;
  while (tokens.count === 0 && !stop.draining.aborted && !run.ended) {
    const { perSecond, burst, name, likely } = rateOf(run);
    const some = Math.max(Math.min(wanted, burst), likely);
    const { granted, waitMs } = await parts.store.rates.take(name, perSecond, burst, some);
    if (granted === 0) {
      if (parts.now() + waitMs > until) return waitMs;
      await sleep(waitMs, undefined, { signal: stop.draining }).catch(() => undefined);
      continue;
    }
    const busyMs = await takeTurn(subscription, parts, until, stop.draining);
    if (busyMs > 0) return busyMs;
    [tokens.count, tokens.at] = [granted, parts.now()];
  }
  return 0;
}

/**
 * Slack allows one message a second for each URL, whoever sends it: waits for the turn of one. Answers how long (ms)
 * that would take, if beyond `until`. Other channels have no turns.
 */
export async function takeTurn(
  { channel }: Pick<Subscription, "channel">,
  { store, now }: Pick<Parts, "store" | "now">,
  until: number,
  signal: AbortSignal,
): Promise<number> {
  while (channel.type === "slack" && !signal.aborted) {
    const { granted, waitMs } = await store.rates.take(hashOf([channel.url]), 1 / leeway, 1, 1);
    if (granted > 0) break;
    if (now() + waitMs > until) return waitMs;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
  return 0;
}
