import type { PixiehookEvent } from "../../domain/event.js";
import type { AccountOutline } from "../../services/overview.js";
import { isWaiting, remedyOf, standingOf, toneOf, type Verdict } from "../concerns.js";
import { about, count } from "../format.js";
import type { LastDay } from "../last-day.js";
import { Time } from "../parts/basics.js";
import { StandingLine } from "../parts/companion-standing.js";
import { EventList, LiveMark } from "../parts/event-list.js";
import { ChangeLink, type FormToken } from "../parts/form.js";
import { LastDayChart } from "../parts/last-day.js";
import { Steps } from "../parts/steps.js";
import { SubscriptionRow, type SubscriptionView } from "../parts/subscription-row.js";

interface WatchedAccount extends AccountOutline {
  readonly delaySeconds: number | null;
}

export interface HomeView {
  readonly now: Date;
  readonly verdict: Verdict;
  readonly accounts: readonly WatchedAccount[];
  /** How many there are beside those that are shown. */
  readonly otherAccounts: number;
  readonly subscriptions: readonly SubscriptionView[];
  readonly otherSubscriptions: number;
  readonly day: LastDay;
  readonly events: readonly PixiehookEvent[];
  readonly describe: (event: PixiehookEvent) => string;
  readonly form: FormToken;
}

const number = (value: number) => value.toLocaleString("en-GB");

function VerdictBox({ verdict }: { verdict: Verdict }) {
  const { shown, needed, known } = verdict;
  const fresh = { id: "verdict", "data-refresh": "15" };
  if (needed + known === 0) {
    return (
      <section class="verdict good" {...fresh}>
        <h1>Everything is working</h1>
        <p class="lead">Every account is signed in, every list can be read, and nothing was switched off.</p>
      </section>
    );
  }
  const heading =
    needed === 0
      ? "Almost everything is working"
      : `${count(needed, "thing")} ${needed === 1 ? "needs" : "need"} you${known === 0 ? "" : `, ${number(known)} to know of`}`;
  const others = needed + known - shown.length;
  return (
    <section class={`verdict ${needed === 0 ? "warn" : "bad"}`} {...fresh}>
      <h1>{heading}</h1>
      <ul class="concerns">
        {shown.map(({ tone, text, link }, index) => (
          <li class={tone}>
            <span>{text}</span>
            {link ? (
              <a href={link.path} id={`concern-${index}`}>
                {link.label}
              </a>
            ) : null}
          </li>
        ))}
        {others > 0 ? <li class="soft">And {number(others)} more, which take their place here.</li> : null}
      </ul>
    </section>
  );
}

/** What is read of an account, and what is not. */
function Lists({ now, ...watched }: WatchedAccount & { now: Date }) {
  const { account, sources, lastPolledAt } = watched;
  const delaySeconds = isWaiting(standingOf(watched)) ? null : watched.delaySeconds;
  const all = sources.active + sources.waiting + sources.failing + sources.off;
  if (all === 0)
    return account.session.status === "active" ? <p class="meta">Nothing was read yet.</p> : null;
  return (
    <p class="meta">
      {count(all, "source")}, last read <Time iso={lastPolledAt} now={now} />.
      {delaySeconds === null ? "" : ` Changes are found in ${about(delaySeconds)}.`}
      {sources.failing === 0 ? null : (
        <>
          {" "}
          <a class="problem" href={`/accounts/${account.id}#sources`} id={`failing-${account.id}`}>
            {number(sources.failing)} cannot be read
          </a>
          .
        </>
      )}
    </p>
  );
}

function AccountCard({ form, ...watched }: WatchedAccount & { now: Date; form: FormToken }) {
  const { account, now } = watched;
  const standing = standingOf(watched);
  const { anchor, label } = remedyOf(standing);
  return (
    <li class="card account">
      <h3>
        <a href={`/accounts/${account.id}`} id={`account-${account.id}`}>
          {account.name}
        </a>
      </h3>
      <p>
        <StandingLine standing={standing} now={now} />
      </p>
      {toneOf(standing, now) !== "bad" || isWaiting(standing) ? null : (
        <p>
          <ChangeLink form={form} href={`/accounts/${account.id}${anchor}`}>
            {label}
          </ChangeLink>
        </p>
      )}
      <Lists {...watched} />
    </li>
  );
}

/** What is left out of a list. */
function Others({ amount, noun }: { amount: number; noun: string }) {
  return amount === 0 ? null : <p class="meta others">And {count(amount, `more ${noun}`)}.</p>;
}

/** Is everything all right? And what happened lately. */
export function Home({ view }: { view: HomeView }) {
  const { now, verdict, accounts, subscriptions, day, events, describe, form } = view;
  return (
    <>
      <VerdictBox verdict={verdict} />
      {subscriptions.length === 0 && form !== null ? <Steps current={2} /> : null}
      <div class="columns">
        <div>
          <LastDayChart day={day} />
          <section aria-labelledby="latest">
            <div class="row">
              <h2 id="latest">Latest events</h2>
              <LiveMark />
              <a class="more" href="/events">
                All events
              </a>
            </div>
            <EventList
              events={events}
              describe={describe}
              now={now}
              live={{ path: "/live", newest: events[0]?.id ?? null, most: 12 }}
            >
              Nothing has happened yet. The first reading of an account is silent; what changes after it
              appears here by itself.
            </EventList>
          </section>
        </div>
        <div>
          <section id="accounts-now" data-refresh="15" aria-labelledby="accounts">
            <div class="row">
              <h2 id="accounts">Accounts</h2>
              <ChangeLink form={form} class="more" href="/accounts/new">
                Add
              </ChangeLink>
            </div>
            <ul class="plain-list">
              {accounts.map((watched) => (
                <AccountCard {...watched} now={now} form={form} />
              ))}
            </ul>
            <Others amount={view.otherAccounts} noun="account" />
          </section>
          <section id="subscriptions-now" data-refresh="15" aria-labelledby="subscriptions">
            <div class="row">
              <h2 id="subscriptions">Subscriptions</h2>
              <span class="links">
                <ChangeLink form={form} href="/subscriptions/new">
                  Add
                </ChangeLink>
                <a href="/subscriptions">All</a>
              </span>
            </div>
            {subscriptions.length === 0 ? (
              <p class="empty">
                Nobody is told yet.
                <br />
                <ChangeLink form={form} class="button" href="/subscriptions/new?first=1">
                  Add a subscription
                </ChangeLink>
              </p>
            ) : (
              <ul class="list card">
                {subscriptions.map((row) => (
                  <SubscriptionRow row={row} now={now} />
                ))}
              </ul>
            )}
            <Others amount={view.otherSubscriptions} noun="subscription" />
          </section>
        </div>
      </div>
    </>
  );
}
