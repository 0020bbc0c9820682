import { clean, plural } from "./format.js";
import type { Group } from "./group.js";
import { capital, type Phrase } from "./sentence.js";
import { servicePhrases } from "./service.js";

const numbered = (group: Group) => clean(group.object.number, 40);
const named = (group: Group) => clean(group.object.name, 80);
/** `: detail`, or nothing. */
const colon = (detail: string | null) => (detail === null ? "" : `: ${detail}`);
const person = (group: Group) => (group.count === 1 && group.object.type === "lead" ? "lead" : "client");
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

/** The amount is the whole payment, so a part that was paid back does not stand beside it. */
const refund: Phrase = (group) =>
  group.count === 1 && /partial/i.test(clean(group.object.status) ?? "")
    ? `Payment${group.amount === null ? "" : ` of ${group.amount}`} partly refunded${group.client === null ? "" : ` to ${group.client}`}`
    : payment("refunded", "to")(group);

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

/** `Download of DSC_0421.jpg by Jane Doe from Smith Wedding failed`. */
function failedDownload(noun: string): Phrase {
  return (group) => {
    const one = group.named ? `${capital(noun)} of ${group.media}` : `A ${noun}`;
    return `${group.count > 1 ? plural(group.count, noun) : one}${by(group)}${group.from} failed`;
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
  "invoice.created": (group) => {
    const number = group.count > 1 || numbered(group) === null ? "" : ` ${numbered(group)}`;
    const one = group.count > 1 ? `${group.count.toLocaleString("en-GB")} new invoices` : "New invoice";
    return `${one}${number}${colon(group.amount)}`;
  },
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
  "payment.refunded": refund,
  "payment.updated": payment("changed"),
  "client.created": (group) => fresh(person(group))(group),
  "client.updated": (group) => thing(person(group), "changed", "changed")(group),
  "client.removed": (group) => thing(person(group), "was deleted", "were deleted")(group),
  ...papers("contract"),
  ...papers("questionnaire"),
  ...papers("quote"),
  ...servicePhrases,
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
