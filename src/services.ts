import type { Account, AccountInput, AccountPatch, SessionInput, SessionState } from "./domain/account.js";
import type { BudgetOption, ResourceForecast } from "./domain/budget-options.js";
import type { Attempt, Delivery, DeliveryStatus } from "./domain/delivery.js";
import type { Finding, Level } from "./domain/finding.js";
import type { Hold } from "./domain/hold.js";
import type { MailboxState } from "./domain/mailbox.js";
import type { BudgetState } from "./domain/pace.js";
import type { Replay, ReplayInput } from "./domain/replay.js";
import type { SourceState, SourceStatus } from "./domain/source.js";
import type {
  ChannelType,
  Subscription,
  SubscriptionInput,
  SubscriptionPatch,
} from "./domain/subscription.js";
import type { Token, TokenInput } from "./domain/token.js";

/** What the API, the dashboard and the commands can ask of the program. `context.ts` builds it. */
export interface Services {
  readonly accounts: AccountService;
  readonly events: EventService;
  readonly activity: ActivityService;
  readonly overview: OverviewService;
  readonly subscriptions: SubscriptionService;
  readonly deliveries: DeliveryService;
  readonly replays: ReplayService;
  readonly samples: SampleService;
  readonly tokens: TokenService;
  readonly health: HealthService;
  readonly diagnostics: DiagnosticsService;
  readonly system: SystemService;
}

export interface PageRequest {
  /** 1 to 200. */
  readonly limit: number;
  /** The `next` of the page before; an unreadable cursor throws `CursorError`. */
  readonly after: string | null;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly next: string | null;
}

/** A cursor that this program did not make. */
export class CursorError extends Error {}

/** An answer that is neither success nor a bug: `code` is stable, `detail` says what to do. */
export interface Refusal {
  readonly kind: "refused";
  readonly code:
    | "session_rejected"
    | "session_unreadable"
    | "session_inactive"
    | "upstream_unreachable"
    | "login_not_configured"
    | "email_not_configured"
    | "url_not_allowed"
    | "account_not_found"
    | "account_missing"
    | "subscription_not_found"
    | "not_wanted"
    | "delivery_pending"
    | "hold_resolved"
    | "replay_running"
    | "replay_ended"
    | "subscription_disabled"
    | "token_is_setting";
  readonly detail: string;
}

/** What an account may ask of the upstream just now, and asks. */
export interface BudgetView extends Omit<BudgetState, "restingMs"> {
  /** Until when no request is made at all; null when the account does not rest. */
  readonly restingUntil: string | null;
}

/** An account as it is shown. */
export interface AccountView extends Account {
  readonly budget: BudgetView;
}

/** A source as it is shown. */
export interface SourceView extends SourceState {
  readonly nextPollAt: string | null;
  /** Expected seconds between a change and its detection; null while it is not polled, or has an appointment. */
  readonly expectedDelaySeconds: number | null;
}

/** What the budget of an account buys, and what others would. Null while nothing is polled, or was read yet. */
export interface ForecastView {
  /** What was set, and what is possible just now. */
  readonly requestsPerMinute: number;
  readonly effectiveRequestsPerMinute: number;
  /** Sources that the forecast is about. */
  readonly sources: number;
  /** Sources that were not read yet. */
  readonly waiting: number;
  /** Sources that have an appointment: after a failure, or for a second look. */
  readonly appointed: number;
  readonly usedRequestsPerMinute: number | null;
  /** Mean over all changes that are expected. */
  readonly expectedDelaySeconds: number | null;
  readonly keepsMaxInterval: boolean | null;
  /** What it takes to keep to `polling.maxIntervalMinutes`. */
  readonly requestsPerMinuteForMaxInterval: number | null;
  readonly byResource: readonly ResourceForecast[];
  /** At full pace: half of what was set, what was set, twice, four times. */
  readonly options: readonly BudgetOption[];
}

/** What is polled of an account and what its budget buys, out of one look. */
export interface OutlookView {
  readonly sources: readonly SourceView[];
  readonly forecast: ForecastView;
  /** What the budgets that were asked about would buy; empty while nothing is polled, or was read yet. */
  readonly weighed: readonly BudgetOption[];
}

/** Stands for a request to poll; given to whoever waits for its end. */
export interface PollTicket {
  readonly number: number;
  /** How many sources had changed, and events been stated, when it was made. */
  readonly changed: number;
  readonly events: number;
}

export interface PollReport {
  readonly kind: "done";
  /** Sources polled, sources that changed, events stated. */
  readonly polled: number;
  readonly changed: number;
  readonly events: number;
  readonly failed: readonly { readonly source: string; readonly reason: string }[];
}

export interface AccountService {
  create(input: AccountInput): Promise<{ readonly kind: "created"; readonly account: AccountView } | Refusal>;
  get(id: string): Promise<AccountView | null>;
  list(page: PageRequest): Promise<Page<AccountView>>;
  update(id: string, patch: AccountPatch): Promise<AccountView | null>;
  /** Deletes the account with every key it has, and the subscriptions that name it. */
  remove(id: string): Promise<boolean>;
  /** Probes cookies, or logs in with credentials, and stores them when the upstream accepts them. Null: no such account. */
  renewSession(
    id: string,
    session: SessionInput,
  ): Promise<{ readonly kind: "active"; readonly session: SessionState } | Refusal | null>;
  /** Polls discovery and every wanted source now. Null: no such account. */
  requestPoll(
    id: string,
  ): Promise<
    { readonly kind: "queued"; readonly sources: number; readonly ticket: PollTicket } | Refusal | null
  >;
  /** Waits until everything asked for by that ticket is committed; null when `signal` ends first. */
  waitForPoll(id: string, ticket: PollTicket, signal: AbortSignal): Promise<PollReport | Refusal | null>;
  sources(id: string): Promise<readonly SourceView[] | null>;
  /** What the account's budget buys. Null: no such account. */
  forecast(id: string): Promise<ForecastView | null>;
  /** Both at once, and what other budgets (requests a minute) would buy. Null: no such account. */
  outlook(id: string, budgets?: readonly number[]): Promise<OutlookView | null>;
  /** Floods that were held back, newest first. Null: no such account. */
  holds(id: string): Promise<readonly Hold[] | null>;
  /** Lets a flood go, or drops it; refused when that was decided already. Null: no such hold. */
  resolveHold(id: string, hold: string, decision: "release" | "discard"): Promise<Hold | Refusal | null>;
}

export interface EventQuery extends PageRequest {
  readonly account: string | null;
  /** Type patterns; empty for all. */
  readonly types: readonly string[];
  readonly collection: string | null;
  /** Client id or e-mail address. */
  readonly client: string | null;
  /** ISO 8601, inclusive, over the events' `timestamp`. */
  readonly since: string | null;
  readonly until: string | null;
  /** Whether some subscription wanted it when it was found; null for either. */
  readonly matched: boolean | null;
  readonly order: "asc" | "desc";
}

export interface EventService {
  /** Frozen bodies. A page can be shorter than the limit, even empty, while `next` is not null. */
  list(query: EventQuery): Promise<Page<string>>;
  get(id: string): Promise<string | null>;
  /** In the order of `ids`; null for those that are not kept any more. */
  getMany(ids: readonly string[]): Promise<readonly (string | null)[]>;
  /** The deliveries that carry an event, of all subscriptions. Null: no such event. */
  deliveries(id: string): Promise<readonly Delivery[] | null>;
  /** How many subscriptions wanted each of these events when it was found; null where that was not noted. */
  matched(ids: readonly string[]): Promise<readonly (number | null)[]>;
  /** Events as they are handed on, from after `lastEventId` or from now. Ends when `signal` aborts. */
  follow(lastEventId: string | null, signal: AbortSignal): Following;
}

/** Events in the order in which they are handed on, one read after the other, as fast as they are taken. */
export interface Following
  extends AsyncIterable<{ readonly id: string; readonly type: string; readonly body: string }> {
  /**
   * Settles once its place is known: whatever comes later is not missed. `lost`: the event to go on after is not kept
   * any more, or never was here, so everything that is kept is given.
   */
  readonly begun: Promise<"live" | "resumed" | "lost">;
}

/** The last so many stretches of time, all of one length; the last of them lasts still. */
export interface Stretches {
  readonly slots: number;
  readonly slotSeconds: number;
}

export interface ActivityView extends Stretches {
  /** When the first stretch began. */
  readonly from: string;
  /** How many events came in each, the oldest first. What had none at all is left out. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

/** How much happened when. */
export interface ActivityService {
  /** By what events are about (`favorite`, `invoice`); of one account, or (null) of all. */
  byObject(account: string | null, wanted: Stretches): Promise<ActivityView>;
  /** By the ids of an account's sources. */
  bySource(account: string, wanted: Stretches): Promise<ActivityView>;
}

/** An account, and what little says whether its lists are well. */
export interface AccountOutline {
  readonly account: Account;
  /** How many there are of each status. */
  readonly sources: Readonly<Record<SourceStatus, number>>;
  /** Of those that fail, the one that did most often in a row. */
  readonly worst: Pick<SourceState, "resource" | "scope" | "failures" | "reason"> | null;
  /** When some list was last read. */
  readonly lastPolledAt: string | null;
  /** Floods that wait for a person, newest first. */
  readonly held: readonly Hold[];
}

/** A subscription, and whether somebody has to look after it. */
export interface SubscriptionOutline {
  readonly subscription: Subscription;
  readonly level: Level;
  /** Whether its last attempt failed. */
  readonly isFailing: boolean;
}

/**
 * All there is, in so few words that it can be looked through each time somebody looks: of hundreds, what is well may be
 * a minute old, and a few seconds otherwise.
 */
export interface OverviewService {
  accounts(): Promise<readonly AccountOutline[]>;
  /** Expected seconds between a change and its detection, as of a minute ago at most; null while that is not known. */
  expectedDelay(account: string): Promise<number | null>;
  subscriptions(): Promise<readonly SubscriptionOutline[]>;
}

export interface SubscriptionService {
  /** The secret (`whsec_…`) is given once, here. */
  create(
    input: SubscriptionInput,
  ): Promise<
    { readonly kind: "created"; readonly subscription: Subscription; readonly secret: string } | Refusal
  >;
  get(id: string): Promise<Subscription | null>;
  list(page: PageRequest): Promise<Page<Subscription>>;
  /** What its mailbox is doing. */
  mailbox(subscription: Subscription): Promise<MailboxState>;
  update(
    id: string,
    patch: SubscriptionPatch,
  ): Promise<{ readonly kind: "updated"; readonly subscription: Subscription } | Refusal | null>;
  remove(id: string): Promise<boolean>;
  /** Takes the recipient that a signed link names off the list; null when the link is not ours or is too old. */
  unsubscribe(id: string, token: string): Promise<{ readonly recipient: string } | null>;
  /** Sends a sample event now. Null: no such subscription. */
  test(id: string): Promise<Attempt | null>;
  rotateSecret(
    id: string,
    graceSeconds: number,
  ): Promise<{ readonly secret: string; readonly previousValidUntil: string } | null>;
  /** The newest events that the subscription would have matched, as frozen bodies. */
  preview(input: SubscriptionInput): Promise<readonly string[]>;
  /** Newest first. Null: no such subscription. */
  deliveries(
    id: string,
    page: PageRequest & { readonly status: DeliveryStatus | null },
  ): Promise<Page<Delivery> | null>;
  /** The last that came to an end, newest first: at most `limit`, fewer where their attempts fill pages. */
  finished(id: string, limit: number): Promise<readonly Delivery[]>;
}

export interface DeliveryService {
  get(id: string): Promise<Delivery | null>;
  /** Makes a delivery due again now; refused while its subscription is off. Null: no such delivery. */
  redeliver(id: string): Promise<Delivery | Refusal | null>;
}

export interface ReplayService {
  /** Begins to send events again; refused while another replay of the subscription runs. Null: no such subscription. */
  begin(
    subscription: string,
    input: ReplayInput,
  ): Promise<{ readonly kind: "begun"; readonly replay: Replay } | Refusal | null>;
  /** Newest first. Null: no such subscription. */
  list(subscription: string): Promise<readonly Replay[] | null>;
  get(subscription: string, id: string): Promise<Replay | null>;
  /** Ends a replay that runs. What is in the mailbox is still sent. Null: no such replay. */
  cancel(subscription: string, id: string): Promise<Replay | Refusal | null>;
}

export interface SampleInput {
  /** Whose event it is to be; null to let the subscriptions say it. */
  readonly account: string | null;
  /** Who gets it; nobody but those who listen when it is empty. */
  readonly subscriptions: readonly string[];
  /** How many for each. */
  readonly count: number;
  /** Asked again with the same key on the same day, the samples are the same ones; null for new ones each time. */
  readonly key: string | null;
}

export interface SampleService {
  /** States samples of a type, which go the way of all events to the subscriptions named. Null: no such type. */
  trigger(
    type: string,
    input: SampleInput,
  ): Promise<
    | {
        readonly kind: "triggered";
        readonly events: readonly string[];
        readonly subscriptions: readonly string[];
      }
    | Refusal
    | null
  >;
}

export interface TokenService {
  /** The token itself (`pxh_…`) is given once, here. */
  create(input: TokenInput): Promise<{ readonly token: Token; readonly secret: string }>;
  /** Newest first; the first token, which is a setting, last. */
  list(page: PageRequest): Promise<Page<Token>>;
  get(id: string): Promise<Token | null>;
  /** Whose token this text is, expired or not; the first token is not known here. */
  find(text: string): Promise<Token | null>;
  /** Ends a token at once, in every process; refused for the first one. Null: no such token. */
  remove(id: string): Promise<{ readonly kind: "removed" } | Refusal | null>;
  /** Notes that a token was used, at most once a minute. Never fails. */
  noteUse(token: Token): Promise<void>;
}

/** What comes of showing a token at the door. */
export type Entry =
  | { readonly kind: "known"; readonly token: Token }
  | { readonly kind: "expired"; readonly token: Token }
  | { readonly kind: "unknown" }
  /** Too many wrong tokens came from this address. */
  | { readonly kind: "limited"; readonly retryAfterSeconds: number };

/** The door that API and dashboard share. */
export interface Entrance {
  /** Whose token this is. `address`: of the client's socket, "" where there is none. */
  enter(text: string, address: string): Promise<Entry>;
  /** The token of this id, while it opens the door. */
  standing(id: string): Promise<Token | null>;
  /** Aborts about a second after the token of this id was deleted or has expired; looks until `done`. */
  watch(id: string, done: AbortSignal): AbortSignal;
}

export interface HealthService {
  /** Whether requests can be served and work is done; each problem is a sentence. */
  ready(): Promise<{ readonly ok: boolean; readonly problems: readonly string[] }>;
  /** Prometheus text. */
  metrics(): Promise<string>;
}

/** What a check is about. */
export const checkAreas = ["redis", "clock", "workers", "mail", "receivers", "data"] as const;
export type CheckArea = (typeof checkAreas)[number];

export interface Check extends Finding {
  readonly area: CheckArea;
}

export interface Diagnosis {
  /** When the checks were made, ISO 8601: up to ten seconds ago, for whoever asks again. */
  readonly checkedAt: string;
  readonly checks: readonly Check[];
}

export interface DiagnosticsService {
  /** Looks at all that the service needs: within ten seconds, changing nothing and sending nothing to anyone. */
  run(): Promise<Diagnosis>;
  /** What the service takes for the present time, ms. */
  now(): number;
}

/** A process of the program. */
export interface ProcessView {
  /** Its number on its machine. */
  readonly pid: string;
  readonly roles: readonly string[];
}

/** A queue of wake-ups, by what they are doing. */
export interface QueueView {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  /** For how long the first of those that wait has; null where none does. */
  readonly oldestSeconds: number | null;
}

/** A Redis server, or a node of a cluster. A field that a hosted server keeps to itself is null. */
export interface RedisView {
  readonly node: string | null;
  readonly version: string;
  readonly usedBytes: number;
  /** Null: no limit of its own. */
  readonly limitBytes: number | null;
  readonly keepsAppendOnlyFile: boolean | null;
  /** The policy by which it may drop keys when memory is short; null where it drops none. */
  readonly eviction: string | null;
  /** What it could not write the last time. */
  readonly failedWrite: string | null;
}

/** The mailboxes of one channel, in sum. */
export interface MailboxTotals {
  /** Mailboxes that are not switched off, and those of them that rest and that are paused. */
  readonly mailboxes: number;
  readonly resting: number;
  readonly paused: number;
  /** Deliveries in them that are not done yet. */
  readonly waiting: number;
}

/** A mailbox in which deliveries wait. */
export interface MailboxView {
  readonly subscription: Subscription;
  readonly mailbox: MailboxState;
  /** When the first of them is due. */
  readonly firstDueAt: string | null;
}

/** How the program is, from within. */
export interface SystemView {
  /** When it was read, ISO 8601: up to two seconds ago; of mailboxes up to fifteen. */
  readonly at: string;
  readonly processes: readonly ProcessView[];
  /** For how long the clock should have woken somebody. */
  readonly clockLateSeconds: number;
  readonly queues: readonly QueueView[];
  readonly mailboxes: Readonly<Record<ChannelType, MailboxTotals>>;
  /** Those with the most in them, the fullest first, and in how many something waits. */
  readonly fullest: readonly MailboxView[];
  readonly filled: number;
  readonly redis: readonly RedisView[];
  /** How far the clock of Redis is ahead of this process's, ms; negative: behind. */
  readonly redisAheadMs: number;
  readonly checks: readonly Check[];
  /** When the mail server, the receivers and the data folder were looked at; null while that goes on. */
  readonly checkedAt: string | null;
}

export interface SystemService {
  /** What it costs is bounded, however much there is and however often it is asked. */
  read(): Promise<SystemView>;
}
