import type { Account } from "../../domain/account.js";
import type { Known, Names } from "../directory.js";
import { addressOf, type EventFilters, patternsOf } from "../event-filters.js";
import { eventGroups, typeTitle } from "../event-groups.js";
import type { Search, Searches } from "../event-search.js";
import { count, day } from "../format.js";

/** Names that a field suggests. */
const suggested = 200;

function Option(props: { value: string; chosen: string; children: string }) {
  return (
    <option value={props.value} selected={props.value === props.chosen}>
      {props.children}
    </option>
  );
}

function Suggestions({ id, known }: { id: string; known: readonly Known[] }) {
  return (
    <datalist id={id}>
      {known.slice(0, suggested).map(({ name }) => (
        <option value={name} />
      ))}
    </datalist>
  );
}

const groups = eventGroups().map(({ title, patterns, types }) => ({
  title,
  all: patterns.join(","),
  types: types.map(({ type }) => type),
}));
const choices = new Map([
  ...groups.map(({ title, all }) => [all, title] as const),
  ...groups.flatMap(({ types }) => types.map((type) => [type, typeTitle(type)] as const)),
]);

/** A choice of types for people. */
const typeName = (type: string): string => choices.get(type) ?? patternsOf(type).join(" or ");

function TypeChoice({ type }: { type: string }) {
  return (
    <label>
      What
      <select name="type">
        <Option value="" chosen={type}>
          Everything
        </Option>
        {type === "" || choices.has(type) ? null : (
          <Option value={type} chosen={type}>
            {typeName(type)}
          </Option>
        )}
        {groups.map(({ title, all, types }) => (
          <optgroup label={title}>
            <Option value={all} chosen={type}>{`${title}: all`}</Option>
            {types.map((each) => (
              <Option value={each} chosen={type}>
                {typeTitle(each)}
              </Option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** The form above the list. Without scripts it is sent with its button. */
export function FilterForm(props: {
  filters: EventFilters;
  accounts: readonly Account[];
  names: Names;
  searches: Searches;
}) {
  const { filters, accounts, names, searches } = props;
  const shown = (search: Search | null, typed: string) => (search?.kind === "found" ? search.name : typed);
  const isListed = filters.account === "" || accounts.some(({ id }) => id === filters.account);
  return (
    <form method="get" action="/events" class="filters event-filters card" aria-label="Which events">
      <label>
        Client
        <input
          name="client"
          value={shown(searches.client, filters.client)}
          placeholder="Name or email"
          list="known-clients"
          maxlength={320}
        />
      </label>
      <label>
        Collection
        <input
          name="collection"
          value={shown(searches.collection, filters.collection)}
          placeholder="Name"
          list="known-collections"
          maxlength={320}
        />
      </label>
      <TypeChoice type={filters.type} />
      {accounts.length > 1 || filters.account !== "" ? (
        <label>
          Account
          <select name="account">
            <Option value="" chosen={filters.account}>
              All
            </Option>
            {isListed ? null : (
              <Option value={filters.account} chosen={filters.account}>
                {filters.account}
              </Option>
            )}
            {accounts.map(({ id, name }) => (
              <Option value={id} chosen={filters.account}>
                {name}
              </Option>
            ))}
          </select>
        </label>
      ) : null}
      <label>
        Who was told
        <select name="told">
          <Option value="" chosen={filters.told}>
            Any
          </Option>
          <Option value="somebody" chosen={filters.told}>
            Somebody
          </Option>
          <Option value="nobody" chosen={filters.told}>
            Nobody
          </Option>
        </select>
      </label>
      <label>
        From
        <input name="since" type="date" value={filters.since} />
      </label>
      <label>
        To
        <input name="until" type="date" value={filters.until} />
      </label>
      <button type="submit">Show</button>
      <Suggestions id="known-clients" known={names.clients} />
      <Suggestions id="known-collections" known={names.collections} />
    </form>
  );
}

/** The filters that are set, each a link to the list without it. */
export function ChosenFilters(props: {
  filters: EventFilters;
  accounts: readonly Account[];
  searches: Searches;
}) {
  const { filters, accounts, searches } = props;
  const found = (search: Search | null, typed: string) => (search?.kind === "found" ? search.name : typed);
  const account = accounts.find(({ id }) => id === filters.account)?.name ?? filters.account;
  const all: readonly (readonly [name: keyof EventFilters, words: string, text: string])[] = [
    ["client", "Client", found(searches.client, filters.client)],
    ["collection", "Collection", found(searches.collection, filters.collection)],
    ["type", "What", typeName(filters.type)],
    ["account", "Account", account],
    ["told", "Who was told", filters.told],
    ["since", "From", day(filters.since)],
    ["until", "To", day(filters.until)],
  ];
  const set = all.filter(([name]) => filters[name] !== "");
  if (set.length === 0) return null;
  return (
    <ul class="chosen" aria-label="Filters that are set">
      {set.map(([name, words, text]) => (
        <li>
          <a href={addressOf({ ...filters, [name]: "" })}>
            <span class="soft">{words}:</span> <bdi>{text}</bdi>
            <span class="unseen"> (take away)</span>
            <span class="cross" aria-hidden="true" />
          </a>
        </li>
      ))}
      {set.length > 1 ? (
        <li>
          <a class="all" href="/events">
            Take all away
          </a>
        </li>
      ) : null}
    </ul>
  );
}

/** What to do about a name that means several things, or nothing. Null when it is clear. */
export function SearchAdvice(props: {
  filters: EventFilters;
  name: "collection" | "client";
  search: Search | null;
}) {
  const { filters, name, search } = props;
  if (search === null || search.kind === "found") return null;
  if (search.kind === "unknown") return <p class="notice warn">{search.advice}</p>;
  const { choices, more } = search;
  return (
    <div class="card meanings">
      <p>
        {count(choices.length + more, name)} match “<bdi>{filters[name]}</bdi>”. Which one do you mean?
      </p>
      <ul>
        {choices.map(({ id, name: called }) => (
          <li>
            <a href={addressOf({ ...filters, [name]: id })}>
              <bdi>{called}</bdi>
            </a>
            {id === called ? null : (
              <span class="meta">
                {" "}
                <bdi>{id}</bdi>
              </span>
            )}
          </li>
        ))}
      </ul>
      {more > 0 ? <p class="meta">And {count(more, "other")}: type more of the name.</p> : null}
    </div>
  );
}
