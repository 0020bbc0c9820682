import type { Account } from "../../domain/account.js";
import type { PixiehookEvent } from "../../domain/event.js";
import type { ForecastView, SourceView } from "../../services.js";
import { type Concern, sessionSentence } from "../concerns.js";
import { about, count } from "../format.js";
import { State, Time } from "../parts/basics.js";
import { EventRow } from "../parts/event-row.js";
import { ChangeLink, type FormToken } from "../parts/form.js";
import { SubscriptionRow, type SubscriptionView } from "../parts/subscription-row.js";

interface WatchedAccount {
  readonly account: Account;
  readonly sources: readonly SourceView[];
  readonly forecast: ForecastView | null;
}

export interface HomeView {
  readonly now: Date;
  readonly concerns: readonly Concern[];
  readonly accounts: readonly WatchedAccount[];
  readonly subscriptions: readonly SubscriptionView[];
  readonly events: readonly PixiehookEvent[];
  readonly describe: (event: PixiehookEvent) => string;
  readonly form: FormToken;
}

function Verdict({ concerns }: { concerns: readonly Concern[] }) {
  if (concerns.length === 0) {
    return (
      <section class="verdict good">
        <h1>Everything is working</h1>
        <p class="lead">Every account is signed in, every list can be read, and nothing was switched off.</p>
      </section>
    );
  }
  const needed = concerns.filter(({ tone }) => tone === "bad").length;
  const known = concerns.length - needed;
  const heading =
    needed === 0
      ? "Almost everything is working"
      : `${count(needed, "thing")} ${needed === 1 ? "needs" : "need"} you${known === 0 ? "" : `, ${known} to know of`}`;
  return (
    <section class={`verdict ${needed === 0 ? "warn" : "bad"}`}>
      <h1>{heading}</h1>
      <ul class="concerns">
        {concerns.map(({ tone, text, link }) => (
          <li class={tone}>
            <span>{text}</span>
            {link ? <a href={link.path}>{link.label}</a> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function AccountCard({ account, sources, forecast, now }: WatchedAccount & { now: Date }) {
  const active = account.session.status === "active";
  const polled = sources
    .map((source) => source.lastPolledAt)
    .filter((time) => time !== null)
    .sort();
  const delay = forecast?.expectedDelaySeconds ?? null;
  return (
    <li class="card account">
      <h3>
        <a href={`/accounts/${account.id}`}>{account.name}</a>
      </h3>
      <p>
        <State tone={active ? "good" : "bad"}>{sessionSentence(account)}</State>
      </p>
      <p class="meta">
        {count(sources.length, "source")}
        {" · polled "}
        <Time iso={polled.at(-1) ?? null} now={now} />
        {delay === null ? "" : ` · changes found in ${about(delay)}`}
      </p>
    </li>
  );
}

/** Is everything all right? And what happened lately. */
export function Home({ view }: { view: HomeView }) {
  const { now, concerns, accounts, subscriptions, events, describe, form } = view;
  return (
    <>
      <Verdict concerns={concerns} />
      <div class="columns">
        <section aria-labelledby="latest">
          <div class="row">
            <h2 id="latest">Latest events</h2>
            <span class="live" data-live="" hidden>
              Live
            </span>
            <a class="more" href="/events">
              All events
            </a>
          </div>
          <ol class="events card" data-events="" data-newest={events[0]?.id ?? ""} aria-live="polite">
            {events.map((event) => (
              <EventRow event={event} sentence={describe(event)} now={now} />
            ))}
          </ol>
          {events.length === 0 ? (
            <p class="empty" data-empty="">
              Nothing has happened yet. The first reading of an account is silent; what changes after it
              appears here by itself.
            </p>
          ) : null}
        </section>
        <div>
          <section aria-labelledby="accounts">
            <div class="row">
              <h2 id="accounts">Accounts</h2>
              <ChangeLink form={form} class="more" href="/accounts/new">
                Add
              </ChangeLink>
            </div>
            <ul class="plain-list">
              {accounts.map((watched) => (
                <AccountCard {...watched} now={now} />
              ))}
            </ul>
          </section>
          <section aria-labelledby="subscriptions">
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
                <ChangeLink form={form} class="button" href="/subscriptions/new">
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
          </section>
        </div>
      </div>
    </>
  );
}
