import { count, subscriptionName } from "../../dashboard/format.js";
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
): Finding[] {
  if (all.length === 0) {
    const remedy = `Add a subscription: ${address}/subscriptions/new`;
    return [notice("subscriptions_none", "Nobody is told of anything yet.", remedy)];
  }
  const findings: Finding[] = all.flatMap((facts) => judgeSubscription(facts, address) ?? []);
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

function judgeSubscription(facts: SubscriptionFacts, address: string): Finding | null {
  const { subscription, deliveries } = facts;
  const name = subscriptionName(subscription);
  const page = `${address}/subscriptions/${subscription.id}`;
  if (subscription.disabledReason !== null) {
    const text = `${name} was switched off: ${quoted(subscription.disabledReason)}.`;
    return problem("subscription_disabled", text, `Mend what it names, then switch it on: ${page}`);
  }
  if (!subscription.enabled) return null;
  const latest = latestTried(deliveries);
  const attempt = latest?.attempts.at(-1);
  if (!latest || !attempt || attempt.outcome === "delivered") return null;
  const said =
    attempt.error ?? (attempt.status === undefined ? "no reason was given" : `it answered ${attempt.status}`);
  const why = quoted(said);
  if (latest.status === "failed") {
    const remedy = `Mend the receiver, then send it again: ${page} or POST /v1/deliveries/${latest.id}/redeliver.`;
    return problem("delivery_failed", `${name}: the latest delivery has failed: ${why}.`, remedy);
  }
  const text = `${name}: a delivery has failed ${count(latest.attemptCount, "time")}: ${why}.`;
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
