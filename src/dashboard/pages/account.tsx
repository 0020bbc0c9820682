import type { Companion } from "../../domain/companion.js";
import type { AccountView, OutlookView } from "../../services/accounts.js";
import { isWaiting } from "../concerns.js";
import { about, count } from "../format.js";
import { Facts, PageHead, Time } from "../parts/basics.js";
import { Budget } from "../parts/budget.js";
import { StandingLine } from "../parts/companion-standing.js";
import { Companions } from "../parts/companions.js";
import { Action, ChangeLink, type FormToken } from "../parts/form.js";
import { HeldBack, type HeldFlood } from "../parts/held-back.js";
import { SessionCard } from "../parts/session-card.js";
import { SourceList, type SourceListView } from "../parts/source-list.js";

/** What may be asked, and why it is less than what was set. */
function Allowed({ account, now }: { account: AccountView; now: Date }) {
  const { requestsPerMinute, effectiveRequestsPerMinute: effective, restingUntil } = account.budget;
  return (
    <>
      {requestsPerMinute} requests a minute
      {effective < requestsPerMinute ? `, slowed down to ${Number(effective.toPrecision(2))} for now` : ""}
      {restingUntil === null ? null : (
        <>
          , none until <Time iso={restingUntil} now={now} />
        </>
      )}
    </>
  );
}

/** Who asks Pixieset, and who sees to it that it goes on when a session ends. */
function renewal({ session, readBy, browser }: AccountView): readonly [string, string] {
  if (readBy === "browser") return ["Read by", "The browser, with its own session"];
  if (session.renewal === "credentials") return ["Renewed by", "pixiehook, with the stored password"];
  return ["Renewed by", browser === null ? "You, with cookies" : "A paired browser, or you with cookies"];
}

/** How soon changes are found. */
function delayFact(seconds: number | null, waits: boolean): readonly [string, string] {
  if (waits) return ["Changes found", "When the browser is open"];
  return ["Changes found in", seconds === null ? "Not known yet" : about(seconds)];
}

function Glance(props: { account: AccountView; outlook: OutlookView; isWaiting: boolean; now: Date }) {
  const { account, outlook, now } = props;
  const { session, collections, budget } = account;
  const { sources, forecast } = outlook;
  const failing = sources.filter(({ status }) => status === "failing").length;
  const delay = forecast.expectedDelaySeconds;
  return (
    <section class="card" aria-label="At a glance">
      <Facts
        facts={[
          [
            "Sources",
            <>
              {count(sources.length, "list")}
              {failing > 0 ? (
                <>
                  , <a href="#sources">{failing} failing</a>
                </>
              ) : null}
            </>,
          ],
          delayFact(delay, props.isWaiting),
          ["Budget", <Allowed account={account} now={now} />],
          ["Used in the last minute", count(budget.usedLastMinute, "request")],
          ["Session checked", <Time iso={session.checkedAt} now={now} />],
          renewal(account),
          ["Collections", collections === "all" ? "All" : count(collections.length, "collection")],
          ["Time zone", account.timezone],
          ["Watched since", <Time iso={account.createdAt} now={now} />],
          ["Id", <code>{account.id}</code>],
        ]}
      />
      {session.reason ? <p class="problem">{session.reason}</p> : null}
    </section>
  );
}

/** All that the page of an account shows. */
export interface AccountPageView {
  readonly account: AccountView;
  /** The browsers that are paired with it. */
  readonly companions: readonly Companion[];
  readonly outlook: OutlookView;
  readonly floods: readonly HeldFlood[];
  readonly sources: SourceListView;
  /** Why the cookies that were pasted were not taken; null when none were. */
  readonly sessionProblem: string | null;
  readonly form: FormToken;
  readonly now: Date;
}

/** One account: what is held back, what is polled of it, what its budget buys, and the way back in. */
export function AccountPage(view: AccountPageView) {
  const { account, companions, outlook, floods, sources, sessionProblem, form, now } = view;
  const path = `/accounts/${account.id}`;
  const standing = { ...account, companions };
  const isReading = account.session.status === "active" && !isWaiting(standing);
  const isUrgent = !isReading || sessionProblem !== null;
  const session = (
    <>
      <SessionCard standing={standing} account={account.id} problem={sessionProblem} form={form} />
      <Companions account={account} companions={companions} form={form} now={now} />
    </>
  );
  return (
    <div class="account-page" data-address={sessionProblem === null ? undefined : path}>
      <PageHead title={account.name} lead={<StandingLine standing={standing} now={now} />}>
        {isReading ? <Action path={`${path}/poll`} form={form} label="Poll now" /> : null}
        <ChangeLink form={form} class="button quiet" href={`/subscriptions/new?account=${account.id}`}>
          Subscribe
        </ChangeLink>
        <a class="button quiet" href={`/events?account=${account.id}`}>
          Events
        </a>
        <ChangeLink form={form} class="button quiet" href={`${path}/edit`}>
          Edit
        </ChangeLink>
      </PageHead>
      {isUrgent ? session : null}
      <HeldBack floods={floods} form={form} now={now} />
      <Glance account={account} outlook={outlook} isWaiting={isWaiting(standing)} now={now} />
      <SourceList {...sources} />
      <Budget account={account} forecast={outlook.forecast} weighed={outlook.weighed} form={form} />
      {isUrgent ? null : session}
    </div>
  );
}
