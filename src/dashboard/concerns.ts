import type { Account } from "../domain/account.js";
import type { Hold } from "../domain/hold.js";
import type { MailboxState } from "../domain/mailbox.js";
import type { Subscription } from "../domain/subscription.js";
import type { SourceView } from "../services/accounts.js";
import type { AccountOutline } from "../services/overview.js";
import { count, subscriptionName, title } from "./format.js";
import { isUrgent, mailboxTroubles } from "./mailbox.js";

/** Something that needs a person, or that a person should know of. */
export interface Concern {
  readonly tone: "bad" | "warn";
  readonly text: string;
  /** Where it can be looked at or put right, and what to do there. */
  readonly link: { readonly path: string; readonly label: string } | null;
}

/** An account's session, as a sentence with what to do. */
export function sessionSentence({ session }: Pick<Account, "session">): string {
  const user = session.user?.name ?? session.user?.email;
  const sentences = {
    active: user ? `Signed in as ${user}.` : "Signed in.",
    expired:
      session.renewal === "credentials"
        ? "Pixieset no longer accepts the session. pixiehook signs in again by itself."
        : "Pixieset no longer accepts the session. Paste fresh cookies to go on.",
    challenged:
      "Pixieset wants to see a person. Open Pixieset in your browser, pass its check, then paste fresh cookies.",
    unverified: "There is no session yet. Paste cookies to begin.",
  };
  return sentences[session.status];
}

/** What leads to the form for a session. */
export function renewalLabel({ session }: Pick<Account, "session">): string {
  return session.status === "unverified" ? "Paste cookies" : "Renew the session";
}

/** What a source reads: `Favorites of Smith Wedding`. */
export function sourceName(source: Pick<SourceView, "resource" | "scope">): string {
  const name = title(source.resource);
  return source.scope ? `${name} of ${source.scope.name ?? source.scope.id}` : name;
}

/** What is known of a source beside its state: rows left out, fields that are not compared, records in doubt. */
export function sourceNotes({ unreadable, aside, doubted, identity }: SourceView): string[] {
  const notes: string[] = [];
  if (unreadable > 0)
    notes.push(
      `${count(unreadable, "row")} could not be read and ${unreadable === 1 ? "is" : "are"} left out.`,
    );
  if (doubted > 0) {
    notes.push(
      `${count(doubted, "record")} went missing at once: told when another list shows that Pixieset is well.`,
    );
  }
  if (aside.paths.length > 0) {
    notes.push(`Change by themselves and are not compared for now: ${aside.paths.join(", ")}.`);
  }
  if (identity?.by === "occurrence") notes.push("Rows are alike, so only new ones can be told.");
  return notes;
}

/** What a flood brought, and where: `412 changes to favorites in Smith Wedding`. */
export function floodName({ count: number, resource, collection }: Hold): string {
  const where = collection ? ` in ${collection.name ?? collection.id}` : "";
  return `${count(number, "change")} to ${title(resource).toLowerCase()}${where}`;
}

function ofHolds({ account, held }: AccountOutline): Concern[] {
  const [first] = held;
  if (!first) return [];
  const link = { path: `/accounts/${account.id}#held`, label: "Look at it" };
  const changes = held.reduce((sum, hold) => sum + hold.count, 0);
  const what =
    held.length > 1
      ? `${count(changes, "change")} to lists of ${account.name}`
      : `${first.collection ? "" : `${account.name}: `}${floodName(first)}`;
  const rest =
    changes === 1
      ? "is held back: look before it goes out."
      : "came at once and are held back: look before they go out.";
  return [{ tone: "bad", text: `${what} ${rest}`, link }];
}

function ofAccount({ account, sources, worst }: AccountOutline): Concern[] {
  const path = `/accounts/${account.id}`;
  const { status, renewal } = account.session;
  if (status !== "active") {
    const text = `${account.name}: ${sessionSentence(account)}`;
    const tone = status === "expired" && renewal === "credentials" ? "warn" : "bad";
    return [{ tone, text, link: { path: `${path}#session`, label: renewalLabel(account) } }];
  }
  if (!worst) return [];
  const link = { path: `${path}#sources`, label: "See the sources" };
  const reason = worst.reason === null ? "" : `: ${worst.reason.replace(/\.$/, "")}`;
  const text =
    sources.failing === 1
      ? `${sourceName(worst)} could not be read ${count(worst.failures, "time")} in a row${reason}. It is tried again by itself.`
      : `${count(sources.failing, "source")} of ${account.name} cannot be read. They are tried again by themselves.`;
  return [{ tone: "warn", text, link }];
}

/** A subscription and what its mailbox is doing. */
export interface Told {
  readonly subscription: Subscription;
  readonly mailbox: MailboxState;
}

/** What keeps a subscription from telling anybody anything; null while nothing does. */
export function ofSubscription({ subscription, mailbox }: Told, now: Date): Concern | null {
  const link = { path: `/subscriptions/${subscription.id}`, label: "Look at it" };
  const name = subscriptionName(subscription);
  if (subscription.disabledReason !== null) {
    const text = `${name} was switched off: ${subscription.disabledReason.replace(/\.$/, "")}.`;
    return { tone: "bad", text, link };
  }
  const troubles = subscription.enabled ? mailboxTroubles(mailbox, now) : [];
  if (troubles.length === 0) return null;
  const tone = isUrgent(mailbox, now) ? "bad" : "warn";
  return { tone, text: `${name}. ${troubles.join(" ")}`, link };
}

/** What is wrong with accounts, in the order in which they are given. */
export function ofAccounts(accounts: readonly AccountOutline[]): Concern[] {
  return accounts.flatMap((outline) => [...ofAccount(outline), ...ofHolds(outline)]);
}

/** All that is not right: the worst of it in words, of the rest how much there is. */
export interface Verdict {
  readonly shown: readonly Concern[];
  /** Of all, shown or not: what needs a person, and what is only to know of. */
  readonly needed: number;
  readonly known: number;
}

interface Known {
  /** Of the service itself. */
  readonly problems: readonly string[];
  readonly accounts: readonly Concern[];
  readonly subscriptions: readonly Concern[];
  /** Concerns about subscriptions that nobody put into words, because there are too many. */
  readonly untold: Readonly<Record<Concern["tone"], number>>;
}

/** Neither accounts nor subscriptions take all places for themselves while the others have something to say, too. */
function inTurn(accounts: readonly Concern[], subscriptions: readonly Concern[], places: number): Concern[] {
  const first = Math.max(Math.ceil(places / 2), places - subscriptions.length);
  return [...accounts.slice(0, first), ...subscriptions, ...accounts.slice(first)].slice(0, places);
}

/** The verdict, of which so many concerns at most are put into words. */
export function verdictOf({ problems, accounts, subscriptions, untold }: Known, most: number): Verdict {
  const shown = problems.map((text): Concern => ({ tone: "bad", text, link: null })).slice(0, most);
  for (const tone of ["bad", "warn"] as const) {
    const of = (concerns: readonly Concern[]) => concerns.filter((concern) => concern.tone === tone);
    shown.push(...inTurn(of(accounts), of(subscriptions), most - shown.length));
  }
  const all = [...accounts, ...subscriptions];
  const known = all.filter(({ tone }) => tone === "warn").length;
  return {
    shown,
    needed: problems.length + all.length - known + untold.bad,
    known: known + untold.warn,
  };
}
