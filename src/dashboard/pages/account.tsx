import type { Hold } from "../../domain/hold.js";
import type { AccountView, ForecastView, SourceView } from "../../services.js";
import { sessionSentence, sourceName, sourceNotes } from "../concerns.js";
import { count, delaySentence, span } from "../format.js";
import { Facts, PageHead, State, Time, type Tone } from "../parts/basics.js";
import { CookiesField } from "../parts/cookies-field.js";
import { Action, ChangeLink, Form, type FormToken } from "../parts/form.js";
import { HeldBack } from "../parts/held-back.js";

/** Rows of the table at most; the API has all of them. */
const shownSources = 300;

const words: Record<SourceView["status"], readonly [Tone, string]> = {
  waiting: ["idle", "Waiting"],
  active: ["good", "Good"],
  failing: ["bad", "Failing"],
  off: ["idle", "Off"],
};
const order: readonly SourceView["status"][] = ["failing", "waiting", "active", "off"];

function SourceRow({ source, now }: { source: SourceView; now: Date }) {
  const [tone, word] = words[source.status];
  const { failures, reason, expectedDelaySeconds } = source;
  return (
    <tr>
      <th scope="row">
        {sourceName(source)}
        {reason ? (
          <span class={source.status === "failing" ? "reason" : "reason idle"}>
            {failures > 0 ? `${count(failures, "failure")} in a row: ` : ""}
            {reason}
          </span>
        ) : null}
        {sourceNotes(source).map((note) => (
          <span class="reason idle">{note}</span>
        ))}
      </th>
      <td data-label="State">
        <State tone={tone}>{word}</State>
      </td>
      <td data-label="Last poll">
        <Time iso={source.lastPolledAt} now={now} />
      </td>
      <td data-label="Next poll">
        <Time iso={source.nextPollAt} now={now} none="—" />
      </td>
      <td data-label="Told within about">
        {expectedDelaySeconds === null ? "—" : span(expectedDelaySeconds)}
      </td>
      <td data-label="Last change">
        <Time iso={source.lastChangedAt} now={now} />
      </td>
      <td data-label="Records" class="number">
        {source.records.toLocaleString("en-GB")}
      </td>
    </tr>
  );
}

function Sources({ sources, now }: { sources: readonly SourceView[]; now: Date }) {
  const sorted = [...sources].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const more = sorted.length - shownSources;
  return (
    <section id="sources" aria-labelledby="sources-heading">
      <h2 id="sources-heading">Sources</h2>
      {sorted.length === 0 ? (
        <p class="empty">Nothing is polled yet. The first poll finds out what there is.</p>
      ) : (
        <div class="card scroll">
          <table class="stacked">
            <thead>
              <tr>
                {["List", "State", "Last poll", "Next poll", "Told within about", "Last change"].map(
                  (name) => (
                    <th scope="col">{name}</th>
                  ),
                )}
                <th scope="col" class="number">
                  Records
                </th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, shownSources).map((source) => (
                <SourceRow source={source} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more > 0 ? (
        <p class="soft">And {more.toLocaleString("en-GB")} more: the API lists all of them.</p>
      ) : null}
    </section>
  );
}

/** What may be asked, and why it is less than what was set. */
function Budget({ account, now }: { account: AccountView; now: Date }) {
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

/** What the budget buys, and what it would take to keep to the longest interval. */
function Bought({ forecast, account }: { forecast: ForecastView; account: AccountView }) {
  const { maxIntervalMinutes } = account.polling;
  const sentence = delaySentence(forecast);
  const { keepsMaxInterval, requestsPerMinuteForMaxInterval: needed } = forecast;
  return (
    <>
      {sentence === null ? null : <p class="soft">{sentence}</p>}
      {keepsMaxInterval === false ? (
        <p class="soft">
          To look at every list within {span(maxIntervalMinutes * 60)}, as was set, takes {needed} requests a
          minute.
        </p>
      ) : null}
    </>
  );
}

/** One account: what is held back, its session, what is polled of it, and the way back in. */
export function AccountPage(props: {
  account: AccountView;
  sources: readonly SourceView[];
  holds: readonly Hold[];
  forecast: ForecastView | null;
  form: FormToken;
  now: Date;
}) {
  const { account, sources, holds, forecast, form, now } = props;
  const { session } = account;
  const active = session.status === "active";
  const { collections } = account;
  return (
    <>
      <PageHead
        title={account.name}
        lead={<State tone={active ? "good" : "bad"}>{sessionSentence(account)}</State>}
      >
        {active ? <Action path={`/accounts/${account.id}/poll`} form={form} label="Poll now" /> : null}
        <ChangeLink form={form} class="button quiet" href={`/subscriptions/new?account=${account.id}`}>
          Subscribe
        </ChangeLink>
        <a class="button quiet" href={`/events?account=${account.id}`}>
          Events
        </a>
      </PageHead>
      <HeldBack holds={holds} form={form} now={now} />
      <section class="card">
        <Facts
          facts={[
            ["Session checked", <Time iso={session.checkedAt} now={now} />],
            ["Budget", <Budget account={account} now={now} />],
            ["Collections", collections === "all" ? "All" : count(collections.length, "collection")],
            ["Time zone", account.timezone],
            ["Watched since", <Time iso={account.createdAt} now={now} />],
            ["Id", <code>{account.id}</code>],
          ]}
        />
        {forecast ? <Bought forecast={forecast} account={account} /> : null}
        {session.reason ? <p class="problem">{session.reason}</p> : null}
      </section>
      <section id="session" aria-labelledby="session-heading">
        <details class="card" open={!active}>
          <summary>
            <h2 id="session-heading">{active ? "Renew the session" : "Paste fresh cookies"}</h2>
          </summary>
          <Form form={form} action={`/accounts/${account.id}/session`} class="stack">
            <CookiesField />
            <button type="submit">Try and keep them</button>
          </Form>
        </details>
      </section>
      <Sources sources={sources} now={now} />
    </>
  );
}
