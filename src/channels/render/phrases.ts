import { clean, plural } from "./format.js";
import type { Group } from "./group.js";

type Phrase = (group: Group) => string;

const numbered = (group: Group) => clean(group.object.number, 40);
const named = (group: Group) => clean(group.object.name, 80);
/** `: detail`, or nothing. */
const colon = (detail: string | null) => (detail === null ? "" : `: ${detail}`);
const by = (group: Group) => (group.client === null ? "" : ` by ${group.client}`);

/** `Invoice INV-001 paid: £500.00`, `3 invoices paid: £1,500.00`; without the sum where it is not the news. */
function invoice(one: string, options: { many?: string; sum?: boolean } = {}): Phrase {
  const { many = one, sum = true } = options;
  return (group) => {
    const amount = sum ? colon(group.amount) : "";
    if (group.count > 1) return `${plural(group.count, "invoice")} ${many}${amount}`;
    const number = numbered(group);
    return `Invoice${number === null ? "" : ` ${number}`} ${one}${amount}`;
  };
}

/** `Payment received: £250.00 from Jane Doe`. */
function payment(verb: string, preposition = "from"): Phrase {
  return (group) => {
    const person = group.client === null ? "" : ` ${preposition} ${group.client}`;
    const subject = group.count > 1 ? plural(group.count, "payment") : "Payment";
    return `${subject} ${verb}${group.amount === null ? person : `: ${group.amount}${person}`}`;
  };
}

/** `Contract signed by Jane Doe: Wedding contract`. */
function paper(noun: string, verb: string, preposition: "by" | "to" | null): Phrase {
  return (group) => {
    const person = preposition && group.client ? ` ${preposition} ${group.client}` : "";
    if (group.count > 1) return `${plural(group.count, noun)} ${verb}${person}`;
    return `${capital(noun)} ${verb}${person}${colon(named(group))}`;
  };
}

/** `Collection Smith Wedding was deleted`. */
function thing(noun: string, verb: string, verbs: string): Phrase {
  return (group) =>
    group.count > 1
      ? `${plural(group.count, noun)} ${verbs}`
      : `${capital(noun)}${named(group) === null ? "" : ` ${named(group)}`} ${verb}`;
}

function fresh(noun: string): Phrase {
  return (group) =>
    group.count > 1
      ? `${group.count.toLocaleString("en-GB")} new ${noun}s`
      : `New ${noun}${colon(named(group) ?? numbered(group))}`;
}

function link(verb: string, verbs: string): Phrase {
  return (group) =>
    group.count > 1
      ? `${plural(group.count, "sharing link")}${group.within} ${verbs}`
      : `Sharing link for ${group.media}${group.within} ${verb}`;
}

const did =
  (verb: string, where: "within" | "from"): Phrase =>
  (group) =>
    `${group.who} ${verb} ${group.media}${group[where]}`;

const failedDownload =
  (noun: string): Phrase =>
  (group) =>
    `${group.count > 1 ? plural(group.count, noun) : `A ${noun}`}${by(group)}${group.from} failed`;

/** `Favorites of Smith Wedding`: the list that a source reads. */
function list(predicate: string): Phrase {
  return (group) => {
    if (group.count > 1) return `${plural(group.count, "list")} of ${group.account} ${predicate}`;
    const resource = capital((clean(group.object.resource, 40) ?? "a list").replaceAll("_", " "));
    return `${resource} of ${group.collection ?? group.account} ${predicate}`;
  };
}

/** `Subscription “Studio CRM” was switched off`. */
function subscription(predicate: string, predicates: string): Phrase {
  return (group) => {
    if (group.count > 1) return `${plural(group.count, "subscription")} ${predicates}`;
    const name = clean(group.object.description, 80);
    return `Subscription${name === null ? "" : ` “${name}”`} ${predicate}`;
  };
}

const papers = (noun: string): Readonly<Record<string, Phrase>> => ({
  [`${noun}.created`]: fresh(noun),
  [`${noun}.updated`]: paper(noun, "changed", null),
  [`${noun}.sent`]: paper(noun, "sent", "to"),
  [`${noun}.viewed`]: paper(noun, "viewed", "by"),
  [`${noun}.signed`]: paper(noun, "signed", "by"),
  [`${noun}.submitted`]: paper(noun, "submitted", "by"),
  [`${noun}.accepted`]: paper(noun, "accepted", "by"),
  [`${noun}.declined`]: paper(noun, "declined", "by"),
});

const phrases: Readonly<Record<string, Phrase>> = {
  "favorite.added": did("favorited", "within"),
  "favorite.removed": (group) => `${group.who} removed ${group.media} from favorites${group.within}`,
  "favorite.updated": (group) => {
    if (group.count > 1) return `${group.who} changed ${plural(group.count, "favorite")}${group.within}`;
    const noted = group.previous !== null && "note" in group.previous && group.object.note !== null;
    return `${group.who} ${noted ? "left a note on" : "changed the favorite"} ${group.media}${group.within}`;
  },
  "download.created": did("requested", "from"),
  "download.completed": did("downloaded", "from"),
  "download.failed": failedDownload("download"),
  "photo_download.created": did("downloaded", "from"),
  "video_download.created": did("requested", "from"),
  "video_download.completed": did("downloaded", "from"),
  "video_download.failed": failedDownload("video download"),
  "sharing_link.created": (group) =>
    group.count > 1
      ? `${group.count.toLocaleString("en-GB")} new sharing links${group.within}`
      : `New sharing link for ${group.media}${group.within}`,
  "sharing_link.updated": link("changed", "changed"),
  "sharing_link.removed": link("was deleted", "were deleted"),
  "sharing_link.expired": link("expired", "expired"),
  "photo.starred": (group) =>
    `${capital(group.media)} ${group.count > 1 ? "were" : "was"} starred${group.within}`,
  "photo.unstarred": (group) =>
    `${capital(group.media)} ${group.count > 1 ? "were" : "was"} unstarred${group.within}`,
  "collection.created": fresh("collection"),
  "collection.updated": thing("collection", "changed", "changed"),
  "collection.removed": thing("collection", "was deleted", "were deleted"),
  "invoice.created": (group) =>
    `${fresh("invoice")(group)}${group.amount === null ? "" : `, ${group.amount}`}`,
  "invoice.sent": invoice("sent"),
  "invoice.paid": invoice("paid"),
  "invoice.partially_paid": invoice("partly paid", { sum: false }),
  "invoice.overdue": invoice("is overdue", { many: "are overdue" }),
  "invoice.cancelled": invoice("cancelled"),
  "invoice.updated": invoice("changed", { sum: false }),
  "invoice.removed": invoice("was deleted", { many: "were deleted", sum: false }),
  "payment.created": payment("recorded"),
  "payment.completed": payment("received"),
  "payment.pending": payment("pending"),
  "payment.failed": payment("failed"),
  "payment.disputed": payment("disputed"),
  "payment.refunded": payment("refunded", "to"),
  "payment.updated": payment("changed"),
  "client.created": (group) => fresh(group.object.type === "lead" ? "lead" : "client")(group),
  "client.updated": thing("client", "changed", "changed"),
  "client.removed": thing("client", "was deleted", "were deleted"),
  ...papers("contract"),
  ...papers("questionnaire"),
  ...papers("quote"),
  "session.expired": (group) => `Pixieset session of ${group.account} expired`,
  "session.challenged": (group) => `Pixieset challenged the session of ${group.account}`,
  "session.restored": (group) => `Pixieset session of ${group.account} works again`,
  "source.failing": list("cannot be read"),
  "source.recovered": list("can be read again"),
  "source.shape_changed": list("cannot be understood"),
  "flood.held": (group) => {
    const { count } = group.object;
    const changes = typeof count === "number" ? plural(count, "change") : "Many changes";
    return `${changes} held for review${group.within}`;
  },
  "subscription.failing": subscription("gets nothing but failures", "get nothing but failures"),
  "subscription.disabled": subscription("was switched off", "were switched off"),
  "delivery.failed": (group) => {
    const channel = clean(group.object.channel, 20);
    if (group.count > 1) return `${plural(group.count, "delivery", "deliveries")} failed for good`;
    return `A${channel === "email" ? "n" : ""}${channel === null ? "" : ` ${channel}`} delivery failed for good`;
  },
};

/** What happened, as one sentence: good enough for a subject line. Types nobody has words for read by name. */
export function phraseOf(group: Group): string {
  const { type, count, within } = group;
  if (type === null) return `${plural(count, "event")}${within === "" ? ` in ${group.account}` : within}`;
  const phrase = Object.hasOwn(phrases, type) ? phrases[type] : undefined;
  if (phrase) return phrase(group);
  const [noun = "event", ...verbs] = (clean(type, 60) ?? "event").replaceAll("_", " ").split(".");
  if (count > 1) return `${[plural(count, noun), ...verbs].join(" ")}${within}`;
  return `${[capital(noun), ...verbs].join(" ")}${colon(named(group) ?? numbered(group))}${within}`;
}

function capital(text: string): string {
  // File names keep their own case.
  return /^[a-z][a-z ]*$/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
