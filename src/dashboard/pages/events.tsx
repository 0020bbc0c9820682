import type { Account } from "../../domain/account.js";
import { eventTypes } from "../../domain/catalog.js";
import type { PixiehookEvent } from "../../domain/event.js";
import { title } from "../format.js";
import { PageHead } from "../parts/basics.js";
import { EventRow } from "../parts/event-row.js";

/** The filters of the list, as they stand in the address. */
export interface EventFilters {
  readonly account: string;
  readonly type: string;
  readonly collection: string;
  readonly client: string;
  readonly since: string;
  readonly until: string;
}

function Option(props: { value: string; chosen: string; children: string }) {
  return (
    <option value={props.value} selected={props.value === props.chosen}>
      {props.children}
    </option>
  );
}

function Filters({ filters, accounts }: { filters: EventFilters; accounts: readonly Account[] }) {
  const objects = [...new Set(eventTypes.map(({ type }) => type.slice(0, type.indexOf("."))))];
  return (
    <form method="get" action="/events" class="filters card">
      <label>
        Type
        <select name="type">
          <Option value="" chosen={filters.type}>
            All
          </Option>
          {objects.map((object) => (
            <optgroup label={title(object)}>
              <Option
                value={`${object}.*`}
                chosen={filters.type}
              >{`Every ${object.replaceAll("_", " ")} event`}</Option>
              {eventTypes
                .filter(({ type }) => type.startsWith(`${object}.`))
                .map(({ type }) => (
                  <Option value={type} chosen={filters.type}>
                    {type}
                  </Option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <label>
        Account
        <select name="account">
          <Option value="" chosen={filters.account}>
            All
          </Option>
          {accounts.map(({ id, name }) => (
            <Option value={id} chosen={filters.account}>
              {name}
            </Option>
          ))}
        </select>
      </label>
      <label>
        Client
        <input name="client" value={filters.client} placeholder="Email or id" />
      </label>
      <label>
        Collection
        <input name="collection" value={filters.collection} placeholder="Id" inputmode="numeric" />
      </label>
      <label>
        From
        <input name="since" type="date" value={filters.since} />
      </label>
      <label>
        To
        <input name="until" type="date" value={filters.until} />
      </label>
      <div class="buttons">
        <button type="submit">Show</button>
        <a href="/events">Clear</a>
      </div>
    </form>
  );
}

/** Every event, newest first, filtered. */
export function Events(props: {
  filters: EventFilters;
  accounts: readonly Account[];
  events: readonly PixiehookEvent[];
  /** Ids of those that no subscription wanted. */
  unwanted: ReadonlySet<string>;
  /** The address of older events; null at the end. */
  older: string | null;
  describe: (event: PixiehookEvent) => string;
  now: Date;
}) {
  const { filters, accounts, events, unwanted, older, describe, now } = props;
  return (
    <>
      <PageHead title="Events" lead="Every change that was found, newest first." />
      <Filters filters={filters} accounts={accounts} />
      {events.length > 0 ? (
        <ol class="events card">
          {events.map((event) => (
            <EventRow
              event={event}
              sentence={describe(event)}
              now={now}
              isUnwanted={unwanted.has(event.id)}
            />
          ))}
        </ol>
      ) : (
        <p class="empty">{older ? "Nothing on this page; there may be more behind it." : "No event fits."}</p>
      )}
      {older ? (
        <p class="pager">
          <a href={older}>Older events</a>
        </p>
      ) : null}
    </>
  );
}
