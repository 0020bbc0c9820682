import { clean, number, plural, time } from "./format.js";
import type { Group } from "./group.js";
import { capital, type Phrase } from "./sentence.js";

/** What a reader can do about an event, and where: a path of the dashboard. */
export interface Advice {
  /** What it means and what to do. */
  readonly lead: string;
  readonly action: { readonly label: string; readonly path: string } | null;
}

const again = ({ count }: Group) => (count > 1 ? ` ${count.toLocaleString("en-GB")} times` : "");

/** `Favorites of Smith Wedding`: the list that a source reads. */
function listName(group: Group): string {
  const resource = capital((clean(group.object.resource, 40) ?? "a list").replaceAll("_", " "));
  return `${resource} of ${group.collection ?? group.account}`;
}

function list(predicate: string): Phrase {
  return (group) =>
    `${group.count > 1 ? `${plural(group.count, "list")} of ${group.account}` : listName(group)} ${predicate}`;
}

/** `Subscription “Studio CRM”`, or what is known of one without a description. */
function subscriptionName({ object }: Group): string {
  const name = clean(object.description, 80);
  if (name !== null) return `Subscription “${name}”`;
  const channel = clean(object.channel, 20);
  return channel === null ? "A subscription" : `${article(channel)} ${channel} subscription`;
}

const article = (noun: string) => (/^[aeiou]/.test(noun) ? "An" : "A");

function subscription(predicate: string, predicates: string): Phrase {
  return (group) =>
    group.count > 1
      ? `${plural(group.count, "subscription")} ${predicates}`
      : `${subscriptionName(group)} ${predicate}`;
}

/** What happened to pixiehook itself, as one sentence. */
export const servicePhrases: Readonly<Record<string, Phrase>> = {
  "session.expired": (group) => `Pixieset session of ${group.account} expired${again(group)}`,
  "session.challenged": (group) => `Pixieset asks for a human check for ${group.account}`,
  "session.restored": (group) => `Pixieset session of ${group.account} works again`,
  "source.failing": list("cannot be read"),
  "source.recovered": list("can be read again"),
  "source.shape_changed": list("changed in form"),
  "flood.held": (group) => {
    const changes = group.files > group.count ? plural(group.files, "change") : "Many changes";
    return `${changes} held for review${group.within}`;
  },
  "subscription.failing": subscription("gets nothing but failures", "get nothing but failures"),
  "subscription.disabled": subscription("was switched off", "were switched off"),
  "delivery.failed": (group) => {
    if (group.count > 1) return `${plural(group.count, "delivery", "deliveries")} failed for good`;
    const channel = clean(group.object.channel, 20);
    return `${channel === null ? "A" : `${article(channel)} ${channel}`} delivery failed for good`;
  },
};

/** What one of several is called in a list, without what the title says of all. */
export function serviceItem(type: string, group: Group): string | null {
  const [object] = type.split(".");
  if (object === "source" || object === "flood") return listName(group);
  if (object === "subscription") return subscriptionName(group);
  return null;
}

const leads: Readonly<Record<string, (group: Group, zone: string) => string>> = {
  "session.expired": () =>
    "Pixieset no longer accepts the session: polling waits, and what changes meanwhile is told afterwards. " +
    "Sign in to Pixieset in a paired browser, or paste fresh cookies, unless pixiehook has the login and signs in " +
    "again by itself.",
  "session.challenged": () =>
    "Until then polling waits; what changes meanwhile is told afterwards. Open Pixieset in your browser and pass " +
    "its check; then paste fresh cookies, where no browser is paired.",
  "session.restored": ({ object }) =>
    `${object.by === "companion" ? "The companion in your browser saw to it. " : ""}Polling goes on. There is nothing to do.`,
  "source.failing": ({ count }) =>
    count > 1
      ? "They could not be read several times in a row. They are tried again by themselves; if it lasts, see why."
      : "It could not be read several times in a row. It is tried again by itself; if it lasts, see why.",
  "source.recovered": () => "Polling goes on. There is nothing to do.",
  "source.shape_changed": () =>
    "Pixieset writes this otherwise than before: the reason says how. Nothing was told or forgotten because of that " +
    "alone. If it lasts, see whether there is a newer pixiehook.",
  "flood.held": ({ object }) => {
    const limit = number(object.threshold);
    const many = limit === null ? "so many changes" : `more than ${limit} changes`;
    return `One poll found ${many} at once, so nobody has been told yet. Look whether they are real, then release or discard them.`;
  },
  "subscription.failing": ({ object, count }, zone) => {
    const [since, end] = [time(object.since, zone), time(object.disablesAt, zone)];
    const mend = "Mend the receiver or give another address.";
    if (count > 1) return `Nothing gets through to them, and they will be switched off. ${mend}`;
    const nothing = since === null ? "Nothing gets through to it." : `Nothing got through since ${since}.`;
    return `${nothing} Unless something does, it will be switched off${end === null ? "" : ` on ${end}`}. ${mend}`;
  },
  "subscription.disabled": ({ count }) =>
    count > 1
      ? "They get nothing more. Mend what the reasons name, then switch them on again and replay what they missed."
      : "It gets nothing more. Mend what the reason names, then switch it on again and replay what it missed.",
  "delivery.failed": ({ count }) =>
    count > 1
      ? "They are not tried again by themselves. Mend the receiver, then send them again."
      : "It is not tried again by itself. Mend the receiver, then send it again.",
};

/** Null for what needs no explanation. */
export function adviceOf(group: Group, accountId: string, zone: string): Advice | null {
  const { type, object, count } = group;
  const lead = type !== null && Object.hasOwn(leads, type) ? leads[type] : undefined;
  if (lead === undefined || type === null) return null;
  const account = `/accounts/${encodeURIComponent(clean(accountId, 80) ?? "")}`;
  const id = clean(object.subscription, 80);
  const mailbox = count > 1 || id === null ? "/subscriptions" : `/subscriptions/${encodeURIComponent(id)}`;
  const actions: Readonly<Record<string, Advice["action"]>> = {
    "session.expired": { label: "Renew the session", path: `${account}#session` },
    "session.challenged": { label: "Renew the session", path: `${account}#session` },
    "source.failing": { label: "See the lists", path: `${account}#sources` },
    "source.shape_changed": { label: "See the lists", path: `${account}#sources` },
    "flood.held": { label: "Look at the changes", path: `${account}#held` },
    "subscription.failing": { label: "See what fails", path: mailbox },
    "subscription.disabled": { label: "Switch it on again", path: mailbox },
    "delivery.failed": { label: "Send it again", path: mailbox },
  };
  const action = actions[type] ?? null;
  const plain = count > 1 && mailbox === "/subscriptions" && action?.path === mailbox;
  return { lead: lead(group, zone), action: plain ? { ...action, label: "See the subscriptions" } : action };
}
