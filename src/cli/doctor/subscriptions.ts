import { count, subscriptionName } from "../../dashboard/format.js";
import { mailboxTroubles } from "../../dashboard/mailbox.js";
import { failingFor, mailboxLevel } from "../../domain/mailbox.js";
import type { DeliveryAnswer, SubscriptionAnswer } from "./answers.js";
import { type Finding, good, notice, problem, quoted } from "./finding.js";

/** A subscription with its newest deliveries. */
export interface SubscriptionFacts {
  readonly subscription: SubscriptionAnswer;
  readonly deliveries: readonly DeliveryAnswer[];
}

/** From so many attempts in vain on somebody should look. */
const attemptsToLook = 3;

/**
 * `address`: of the service. `email`: whether mails can be sent, by the settings that stand here; null where the service
 * runs elsewhere. It may have been started with others all the same.
 */
export function judgeSubscriptions(
  all: readonly SubscriptionFacts[],
  address: string,
  email: boolean | null,
  now = new Date(),
): Finding[] {
  if (all.length === 0) {
    const remedy = `Add a subscription: ${address}/subscriptions/new`;
    return [notice("subscriptions_none", "Nobody is told of anything yet.", remedy)];
  }
  const findings: Finding[] = all.flatMap((facts) => judgeSubscription(facts, address, now) ?? []);
  const mails = all.filter(({ subscription: { channel, enabled } }) => enabled && channel.type === "email");
  if (email === false && mails.length > 0) {
    const text = `${count(mails.length, "subscription")} want${mails.length === 1 ? "s" : ""} emails, and SMTP_URL and EMAIL_FROM are not set here.`;
    const remedy = "All is well if they are where the service runs; else set both there and restart it.";
    findings.push(notice("email_not_configured", text, remedy));
  }
  const on = all.filter(({ subscription }) => subscription.enabled).length;
  const off = all.filter(
    ({ subscription: { enabled, disabledReason } }) => !enabled && disabledReason === null,
  ).length;
  const switchedOff = off === 0 ? "" : `, ${count(off, "other")} off`;
  const summary = `${count(on, "subscription")} on${switchedOff}${findings.length === 0 ? ", none failing" : ""}.`;
  return findings.length === 0 || on > 0 ? [good("subscriptions", summary), ...findings] : findings;
}

function judgeSubscription(facts: SubscriptionFacts, address: string, now: Date): Finding | null {
  const { subscription, deliveries } = facts;
  const { disabledReason, enabled, mailbox } = subscription;
  const name = subscriptionName(subscription);
  const page = `${address}/subscriptions/${subscription.id}`;
  if (disabledReason !== null) {
    const text = `${name} was switched off: ${quoted(disabledReason)}.`;
    return problem("subscription_disabled", text, `Mend what it names, then switch it on: ${page}`);
  }
  if (!enabled) return null;
  const latest = latestTried(deliveries);
  const failed = latest && failureOf(latest);
  return judgeMailbox({ name, page, mailbox, failed }, now) ?? judgeLatest({ name, page, latest, failed });
}

/** Why the last attempt failed; null when it did not. */
function failureOf({ attempts }: DeliveryAnswer): string | null {
  const attempt = attempts.at(-1);
  if (!attempt || attempt.outcome === "delivered") return null;
  const { error, status } = attempt;
  return quoted(error ?? (status === undefined ? "no reason was given" : `it answered ${status}`));
}

interface Told {
  readonly name: string;
  readonly page: string;
  readonly failed: string | null;
}

/** What keeps a mailbox from sending: told once for all that waits in it. */
function judgeMailbox(
  { name, page, mailbox, failed }: Told & { readonly mailbox: SubscriptionAnswer["mailbox"] },
  now: Date,
): Finding | null {
  const { status, restReason } = mailbox;
  const level = mailboxLevel(mailbox, now.getTime());
  if (level === "good") return null;
  const why = failed === null || restReason === "asked" ? "" : ` The last answer: ${failed}.`;
  const text = `${name}. ${mailboxTroubles(mailbox, now).join(" ")}${why}`;
  if (status === "paused") {
    const remedy = `Resume it when its receiver is ready: ${page}`;
    return notice("subscription_paused", text, remedy);
  }
  if (level === "notice") return notice("subscription_resting", text, "It goes on by itself then.");
  const remedy = `Mend the receiver; what waits is then sent by itself, or at once with Send now: ${page}`;
  const isLong = failingFor(mailbox, now.getTime()) !== null;
  return problem(isLong ? "subscription_failing" : "subscription_resting", text, remedy);
}

function judgeLatest({
  name,
  page,
  latest,
  failed,
}: Told & { readonly latest: DeliveryAnswer | null }): Finding | null {
  if (!latest || failed === null) return null;
  if (latest.status === "failed") {
    const remedy = `Mend the receiver, then send it again: ${page} or POST /v1/deliveries/${latest.id}/redeliver.`;
    return problem("delivery_failed", `${name}: the latest delivery has failed: ${failed}.`, remedy);
  }
  const text = `${name}: a delivery has failed ${count(latest.attemptCount, "time")}: ${failed}.`;
  return latest.attemptCount < attemptsToLook
    ? notice("delivery_retried", text, "It is tried again by itself.")
    : problem("delivery_retried", text, `It is tried again by itself, but look at the receiver: ${page}`);
}

/** The delivery that was tried last. */
function latestTried(deliveries: readonly DeliveryAnswer[]): DeliveryAnswer | null {
  const at = ({ attempts }: DeliveryAnswer) => attempts.at(-1)?.at ?? "";
  const tried = deliveries.filter(({ attempts }) => attempts.length > 0);
  return tried.toSorted((a, b) => (at(a) < at(b) ? 1 : -1))[0] ?? null;
}
