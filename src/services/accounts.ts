import type { Account, AccountInput, AccountPatch, SessionInput, SessionState } from "../domain/account.js";
import type { BudgetOption, ResourceForecast } from "../domain/budget-options.js";
import type { Hold } from "../domain/hold.js";
import type { BudgetState } from "../domain/pace.js";
import type { SourceState } from "../domain/source.js";
import type { Page, PageRequest, Refusal } from "./shared.js";

/** What an account may ask of the upstream just now, and asks. */
export interface BudgetView extends Omit<BudgetState, "restingMs"> {
  /** Until when no request is made at all; null when the account does not rest. */
  readonly restingUntil: string | null;
}

/** The browsers that are paired with an account, taken together. */
export interface BrowserView {
  /** `away`: none was heard of lately or, where the browser reads, none asks for something to do. */
  readonly status: "connected" | "away";
  readonly lastHeardAt: string;
}

/** An account as it is shown. */
export interface AccountView extends Account {
  readonly budget: BudgetView;
  /** Null: no browser is paired with it. */
  readonly browser: BrowserView | null;
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
  /** Refused: a browser is to read, and none is paired. Null: no such account. */
  update(id: string, patch: AccountPatch): Promise<AccountView | Refusal | null>;
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
