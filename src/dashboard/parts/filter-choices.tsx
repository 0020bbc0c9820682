import type { KnownCollection } from "../collections.js";
import { count } from "../format.js";
import type { DraftProblems, SubscriptionDraft } from "../subscription-draft.js";
import { LinesField, Problem, Tick, wrong } from "./fields.js";

/** So many collections are listed; others are named by typing. */
const mostListed = 60;

const units = [
  ["USD", "with cents: dollars, euros, pounds"],
  ["JPY", "without decimals: yen, won"],
  ["KWD", "with thousandths: dinars"],
] as const;

/** Those chosen first, then the newest. */
function listed(known: readonly KnownCollection[], chosen: readonly string[]): readonly KnownCollection[] {
  const picked = chosen.map(
    (id) => known.find((collection) => collection.id === id) ?? { id, name: null, account: "" },
  );
  const others = known.filter(({ id }) => !chosen.includes(id));
  return [...picked, ...others.slice(0, Math.max(0, mostListed - picked.length))];
}

function Collections(props: {
  draft: SubscriptionDraft;
  known: readonly KnownCollection[];
  problem: string | undefined;
}) {
  const { draft, known, problem } = props;
  const shown = listed(known, draft.collections);
  const more = known.filter(({ id }) => !shown.some((collection) => collection.id === id)).length;
  const hasAccounts = new Set(known.map(({ account }) => account)).size > 1;
  return (
    <fieldset class="bare">
      <legend>Only in these collections</legend>
      {shown.length > 8 ? (
        <input
          type="search"
          data-find="collections"
          aria-label="Find a collection in the list"
          placeholder="Find in the list"
          hidden
        />
      ) : null}
      {shown.length > 0 ? (
        <ul class="ticks tall" id="collections">
          {shown.map(({ id, name, account }) => (
            <li>
              <Tick
                type="checkbox"
                name="collections"
                value={id}
                checked={draft.collections.includes(id)}
                label={name ?? id}
                help={[hasAccounts ? account : "", name === null ? "" : id]
                  .filter((text) => text !== "")
                  .join(" · ")}
              />
            </li>
          ))}
        </ul>
      ) : (
        <p class="meta">No collection is known by name yet: the first reading of the account tells them.</p>
      )}
      <details class="folded" open={draft.moreCollections !== ""}>
        <summary>
          {more > 0
            ? `${count(more, "more collection")}, or one that is not listed`
            : "One that is not listed"}
        </summary>
        <LinesField
          id="moreCollections"
          label="Other collections"
          value={draft.moreCollections}
          rows={2}
          problem={problem}
          help="Names as Pixieset shows them, or their numbers: one a line."
        />
      </details>
    </fieldset>
  );
}

/** Which of the events are told: by collection, client and amount. */
export function FilterChoices(props: {
  draft: SubscriptionDraft;
  problems: DraftProblems;
  collections: readonly KnownCollection[];
}) {
  const { draft, problems, collections } = props;
  return (
    <>
      <Collections draft={draft} known={collections} problem={problems.collections} />
      <LinesField
        id="clients"
        label="Only of these clients"
        value={draft.clients}
        problem={problems.clients}
        placeholder="jane@example.com"
        help="Their email addresses, one a line. Ids do too."
      />
      <div class="field">
        <label for="amount">Only from this amount on</label>
        <div class="amount">
          <input
            id="amount"
            name="amount"
            value={draft.amount}
            inputmode="decimal"
            autocomplete="off"
            placeholder={draft.unit === "JPY" ? "500" : draft.unit === "USD" ? "500.00" : "500.000"}
            {...wrong("amount", problems.amount)}
          />
          <select name="unit" aria-label="Kind of currency">
            {units.map(([unit, words]) => (
              <option value={unit} selected={unit === draft.unit}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <Problem id="amount" text={problems.amount} />
        <p class="meta">
          Then only invoices and payments are told, for nothing else has an amount. The number alone counts,
          not its currency: from 500.00 dollars on is also from 500.00 pounds and from 50000 yen on.
        </p>
      </div>
    </>
  );
}
