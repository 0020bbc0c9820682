import type { Account } from "../domain/account.js";
import type { Companion } from "../domain/companion.js";
import type { Hold } from "../domain/hold.js";
import type { MailboxState } from "../domain/mailbox.js";
import type { Subscription } from "../domain/subscription.js";
import type { BrowserView, SourceView } from "../services/accounts.js";
import type { AccountOutline } from "../services/overview.js";
import { count, relative, subscriptionName, title } from "./format.js";
import { isUrgent, mailboxTroubles } from "./mailbox.js";
import type { Tone } from "./parts/basics.js";

/** Something that needs a person, or that a person should know of. */
export interface Concern {
  readonly tone: "bad" | "warn";
  readonly text: string;
  /** Where it can be looked at or put right, and what to do there. */
  readonly link: { readonly path: string; readonly label: string } | null;
}

/** What of an account says whether it can be read, and what somebody can do so that it can. */
export interface Standing extends Pick<Account, "session" | "readBy"> {
  readonly browser: BrowserView | null;
  readonly companions: readonly Pick<Companion, "browser">[];
}

/** So long (ms) a browser is away before that needs somebody: shorter is a night. */
const longAwayMs = 24 * 3_600_000;

/** Whether nothing is read because the browser that reads is closed. */
export function isWaiting({ session, readBy, browser }: Standing): boolean {
  return session.status === "active" && readBy === "browser" && browser?.status !== "connected";
}

/** How an account does at a glance. */
export function toneOf(standing: Standing, now: Date): Tone {
  const { session, readBy, browser } = standing;
  if (isWaiting(standing))
    return browser && now.getTime() - Date.parse(browser.lastHeardAt) < longAwayMs ? "warn" : "bad";
  if (session.status === "active") return "good";
  return session.status === "expired" && session.renewal === "credentials" && readBy === "server"
    ? "warn"
    : "bad";
}

/** The browsers by what they call themselves: `Chromium on Linux or Firefox on Windows`. */
export function browserNames({ companions }: Pick<Standing, "companions">): string {
  const names = [...new Set(companions.map(({ browser }) => browser))];
  return names.length === 0 || names.length > 2 ? "a paired browser" : names.join(" or ");
}

/** Where the browser reads, or hands the session over: what is to be done in it. */
function browserSentence(standing: Standing): string {
  const { session, readBy, browser } = standing;
  const which = browserNames(standing);
  const isAway = browser?.status !== "connected";
  const signIn = isAway ? `Open ${which} and sign in to Pixieset there` : `Sign in to Pixieset in ${which}`;
  const orPaste = readBy === "server" ? ", or paste fresh cookies" : "";
  const sentences = {
    active: `Waiting for the browser: once ${which} is open, reading goes on within a minute.`,
    expired: `Pixieset no longer accepts the session. ${signIn}${orPaste}.`,
    challenged: `Pixieset wants to see a person. Open Pixieset in ${which} and pass its check${orPaste}.`,
    unverified: `There is no session yet. ${signIn}${readBy === "server" ? ", or paste cookies" : ""}.`,
  };
  return sentences[session.status];
}

/** Whether an account can be read, as a sentence with what to do. */
export function sessionSentence(standing: Standing): string {
  const { session, readBy, browser } = standing;
  const user = session.user?.name ?? session.user?.email;
  if (readBy === "browser" && browser === null)
    return "The browser is to read, and none is paired. Pair one, or let this server read.";
  if (session.status === "active" && !isWaiting(standing))
    return user ? `Signed in as ${user}.` : "Signed in.";
  if (session.status === "expired" && session.renewal === "credentials" && readBy === "server")
    return "Pixieset no longer accepts the session. pixiehook signs in again by itself.";
  if (browser !== null) return browserSentence(standing);
  const sentences = {
    active: "Signed in.",
    expired: "Pixieset no longer accepts the session. Paste fresh cookies to go on.",
    challenged:
      "Pixieset wants to see a person. Open Pixieset in your browser, pass its check, then paste fresh cookies.",
    unverified: "There is no session yet. Pair a browser or paste cookies to begin.",
  };
  return sentences[session.status];
}

/** Where somebody can do something about it, and what that is called. */
export function remedyOf(standing: Standing): { readonly anchor: string; readonly label: string } {
  const { session, readBy, browser } = standing;
  if (isWaiting(standing) || (readBy === "browser" && browser === null))
    return { anchor: "#browsers", label: "See the browsers" };
  return { anchor: "#session", label: session.status === "unverified" ? "Connect it" : "Renew the session" };
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

/** What home knows of an account, as what its standing is judged by. */
export function standingOf({ account, browser, companions }: AccountOutline): Standing {
  return { ...account, browser, companions };
}

function ofAccount(outline: AccountOutline, now: Date): Concern[] {
  const { account, sources, worst, browser } = outline;
  const path = `/accounts/${account.id}`;
  const standing = standingOf(outline);
  const tone = toneOf(standing, now);
  if (tone !== "good") {
    const { anchor, label } = remedyOf(standing);
    const since =
      isWaiting(standing) && browser ? ` Last heard of ${relative(browser.lastHeardAt, now)}.` : "";
    const text = `${account.name}: ${sessionSentence(standing)}${since}`;
    return [{ tone: tone === "warn" ? "warn" : "bad", text, link: { path: `${path}${anchor}`, label } }];
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
export function ofAccounts(accounts: readonly AccountOutline[], now: Date): Concern[] {
  return accounts.flatMap((outline) => [...ofAccount(outline, now), ...ofHolds(outline)]);
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
