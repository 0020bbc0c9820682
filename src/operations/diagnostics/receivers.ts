import type { Prober, Reach } from "../../channels/probe.js";
import { type Finding, good, notice, problem, quoted } from "../../domain/finding.js";
import type { Subscription } from "../../domain/subscription.js";
import { amount, time } from "./words.js";

/** Connections that are made at once, and receivers that are tried at all. */
const abreast = 50;
const mostTried = 150;
const shown = 20;
/** Certificates that end sooner (ms) are told of. */
const soonMs = 14 * 86_400_000;

/** A receiver, by its address without a path: paths and queries can be keys. */
export interface ReceiverFacts {
  readonly origin: string;
  readonly subscriptions: number;
  readonly reach: Reach;
}

/** Connects to each distinct receiver of subscriptions that are on, and sends nothing. */
export async function lookAtReceivers(
  subscriptions: readonly Subscription[],
  prober: Pick<Prober, "receiver">,
): Promise<{ readonly receivers: ReceiverFacts[]; readonly untried: number }> {
  const found = new Map<string, { type: "webhook" | "slack"; origin: string; subscriptions: number }>();
  for (const { enabled, channel } of subscriptions) {
    if (!enabled || channel.type === "email") continue;
    const { origin } = new URL(channel.url);
    const known = found.get(`${channel.type} ${origin}`);
    if (known) known.subscriptions++;
    else found.set(`${channel.type} ${origin}`, { type: channel.type, origin, subscriptions: 1 });
  }
  const all = [...found.values()].toSorted((a, b) => b.subscriptions - a.subscriptions);
  const receivers: ReceiverFacts[] = [];
  for (let from = 0; from < Math.min(all.length, mostTried); from += abreast) {
    const some = all.slice(from, Math.min(from + abreast, mostTried));
    const looks = some.map(async ({ type, ...facts }) => {
      return { ...facts, reach: await prober.receiver(type, facts.origin) };
    });
    receivers.push(...(await Promise.all(looks)));
  }
  return { receivers, untried: Math.max(0, all.length - mostTried) };
}

export function judgeReceivers(receivers: readonly ReceiverFacts[], untried: number, now: number): Finding[] {
  if (receivers.length === 0) return [];
  const findings = receivers.flatMap((facts) => judgeReceiver(facts, now) ?? []);
  const failing = findings.filter(({ level }) => level === "problem");
  const reached = receivers.length - failing.length;
  const all = failing.length === 0 ? "" : `${reached} of `;
  const summary = `${all}${amount(receivers.length, "receiver")} can be reached.`;
  const inOrder = [...failing, ...findings.filter(({ level }) => level !== "problem")];
  const more = inOrder.length - shown;
  const rest =
    more > 0 ? [notice("receivers_more", `The same or the like of ${amount(more, "other receiver")}.`)] : [];
  const left =
    untried > 0
      ? [notice("receivers_untried", `${amount(untried, "receiver")} not tried: too many at once.`)]
      : [];
  return [...(reached > 0 ? [good("receivers", summary)] : []), ...inOrder.slice(0, shown), ...rest, ...left];
}

function judgeReceiver({ origin, subscriptions, reach }: ReceiverFacts, now: number): Finding | null {
  const name = subscriptions === 1 ? origin : `${origin} (${amount(subscriptions, "subscription")})`;
  if (reach.kind === "refused") {
    const text = `${name} may not be reached: ${quoted(reach.reason)}.`;
    const remedy = "Give it a public https address, or name its network in PIXIEHOOK_ALLOWED_NETWORKS.";
    return problem("receiver_refused", text, remedy);
  }
  if (reach.kind === "failed") {
    const text = `${name} cannot be reached: ${quoted(reach.reason)}.`;
    if (reach.reason.startsWith("TLS failed"))
      return problem(
        "receiver_certificate",
        text,
        "Mend its certificate; what waits is sent by itself then.",
      );
    return problem("receiver_unreachable", text, "Start or mend it; what waits is sent by itself then.");
  }
  const left = (reach.certificateEndsAt ?? Infinity) - now;
  if (left >= soonMs) return null;
  const text = `The certificate of ${name} ends in ${time(Math.max(0, left))}.`;
  return notice("receiver_certificate_ends", text, "Renew it, or nothing can be delivered from then on.");
}
