import type { Companion } from "../../domain/companion.js";
import type { AccountView, OutlookView } from "../../services/accounts.js";
import { isWaiting } from "../concerns.js";
import { about, count } from "../format.js";
import { PageHead, State, Time } from "../parts/basics.js";
import { StandingLine } from "../parts/companion-standing.js";
import { ChangeLink, type FormToken } from "../parts/form.js";

/** An account with what is polled of it. */
export interface AccountRow {
  readonly account: AccountView;
  /** Null when it was deleted meanwhile. */
  readonly outlook: OutlookView | null;
  /** The browsers that are paired with it. */
  readonly companions: readonly Companion[];
}

function Row({ row: { account, outlook, companions }, now }: { row: AccountRow; now: Date }) {
  const { budget } = account;
  const sources = outlook?.sources ?? [];
  const failing = sources.filter(({ status }) => status === "failing").length;
  const standing = { ...account, companions };
  const delay = isWaiting(standing) ? null : (outlook?.forecast.expectedDelaySeconds ?? null);
  const [last] = sources
    .flatMap(({ lastPolledAt }) => lastPolledAt ?? [])
    .sort()
    .slice(-1);
  return (
    <li>
      <a class="line account-line" href={`/accounts/${account.id}`}>
        <span class="what">
          <strong>{account.name}</strong>
          <span class="says">
            <StandingLine standing={standing} now={now} />
          </span>
          <span class="meta">
            {count(sources.length, "source")}
            {delay === null ? "" : ` · changes found in ${about(delay)}`}
            {` · ${budget.usedLastMinute.toLocaleString("en-GB")} of ${budget.requestsPerMinute.toLocaleString("en-GB")} requests used in the last minute`}
          </span>
        </span>
        <span class="when">
          {failing > 0 ? <State tone="bad">{failing} failing</State> : null}
          <span>
            polled <Time iso={last ?? null} now={now} />
          </span>
        </span>
      </a>
    </li>
  );
}

/** Every account that is watched. */
export function Accounts(props: {
  rows: readonly AccountRow[];
  older: string | null;
  form: FormToken;
  now: Date;
}) {
  const { rows, older, form, now } = props;
  const add = (
    <ChangeLink form={form} class="button" href="/accounts/new">
      Add an account
    </ChangeLink>
  );
  return (
    <>
      <PageHead title="Accounts" lead="The Pixieset accounts that are watched, and how they do.">
        {rows.length === 0 ? null : add}
      </PageHead>
      {rows.length === 0 ? (
        <p class="empty">
          No account is watched yet.
          <br />
          {add}
        </p>
      ) : (
        <ul class="list card" id="accounts" data-refresh="10">
          {rows.map((row) => (
            <Row row={row} now={now} />
          ))}
        </ul>
      )}
      {older ? (
        <p class="pager">
          <a href={older}>More</a>
        </p>
      ) : null}
    </>
  );
}
