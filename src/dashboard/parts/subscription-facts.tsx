import type { Child } from "hono/jsx";
import type { MailboxState } from "../../domain/mailbox.js";
import type { Subscription } from "../../domain/subscription.js";
import { destination, title } from "../format.js";
import { mailboxContent } from "../mailbox.js";
import {
  amountWords,
  limitWords,
  quietWords,
  retryWords,
  togetherWords,
  wantedWords,
} from "../subscription-words.js";
import { Facts, Time } from "./basics.js";
import { ChangeLink, type FormToken } from "./form.js";

/** What ids in a subscription stand for, as far as it is known. */
export interface Names {
  readonly account: string | null;
  /** By their ids. */
  readonly collections: ReadonlyMap<string, string>;
}

/** Names of one filter that are written out; others are counted. */
const shownNames = 10;

function listed(ids: readonly string[], names?: ReadonlyMap<string, string>): string {
  const shown = ids.slice(0, shownNames).map((id) => names?.get(id) ?? id);
  const more = ids.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more.toLocaleString("en-GB")} more` : ""}`;
}

function filterLines({ filter }: Subscription, names: Names): string[] {
  return [
    filter?.collections && `in ${listed(filter.collections, names.collections)}`,
    filter?.clients && `by ${listed(filter.clients)}`,
    filter?.amountAtLeast !== undefined && amountWords(filter.amountAtLeast),
  ].filter((text) => typeof text === "string");
}

function PublicKey({ value }: { value: string }) {
  return (
    <>
      <code id="public-key">{value}</code>{" "}
      <button type="button" class="quiet more" data-copy="public-key" hidden>
        Copy
      </button>
    </>
  );
}

/** What stands here only where it is not as usual. */
function special({ channel, ordered, publicKey, ...rest }: Subscription): (readonly [string, Child])[] {
  const headers = channel.type === "webhook" ? Object.keys(channel.headers) : [];
  const facts: (readonly [string, Child | null])[] = [
    ["Tried again", retryWords(rest)],
    ["Speed", limitWords(rest)],
    ["Order", ordered ? "What happens to one thing arrives in order, one after another" : null],
    ["Format", channel.type === "webhook" && channel.format === "cloudevents" ? "CloudEvents" : null],
    ["Headers of its own", headers.length > 0 ? headers.join(", ") : null],
    ["Public key", publicKey === null ? null : <PublicKey value={publicKey} />],
  ];
  return facts.filter(([, value]) => value !== null);
}

/** What a subscription wants and how it is set, in words. What is as usual is left out. */
export function SubscriptionFacts(props: {
  subscription: Subscription;
  mailbox: MailboxState;
  names: Names;
  form: FormToken;
  now: Date;
}) {
  const { subscription, mailbox, names, form, now } = props;
  const { id, channel, account } = subscription;
  const only = filterLines(subscription, names);
  const facts: (readonly [string, Child])[] = [
    ["Goes to", `${title(channel.type)}: ${destination(channel)}`],
    ["Wants", wantedWords(subscription.events)],
    ["Account", account ? <a href={`/accounts/${account}`}>{names.account ?? account}</a> : "All accounts"],
    ["Only", only.length === 0 ? "No filter" : only.join("; ")],
    ["Together", togetherWords(subscription.digest)],
    ["Quiet hours", quietWords(subscription.quietHours)],
    ["On its way", mailboxContent(mailbox, subscription)],
    ...special(subscription),
    ["Made", <Time iso={subscription.createdAt} now={now} />],
    ["Id", <code>{id}</code>],
  ];
  if (channel.type === "webhook" && form !== null) {
    const link = (
      <ChangeLink form={form} href={`/subscriptions/${id}/rotate`}>
        {channel.asymmetric ? "Change the signing key" : "Change the signing secret"}
      </ChangeLink>
    );
    facts.splice(1, 0, ["Signed", link]);
  }
  return <Facts facts={facts} />;
}
