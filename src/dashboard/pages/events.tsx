import type { Account } from "../../domain/account.js";
import type { PixiehookEvent } from "../../domain/event.js";
import type { Names } from "../directory.js";
import type { EventFilters } from "../event-filters.js";
import type { Searches } from "../event-search.js";
import { PageHead } from "../parts/basics.js";
import { ChosenFilters, FilterForm, SearchAdvice } from "../parts/event-filters.js";
import { EventList, LiveMark, type LiveSource } from "../parts/event-list.js";

/** What the list of events shows. */
export interface EventsView {
  /** As they stand in the address. */
  readonly filters: EventFilters;
  readonly accounts: readonly Account[];
  readonly names: Names;
  readonly searches: Searches;
  /** Null while it is not clear what is searched for. */
  readonly events: readonly PixiehookEvent[] | null;
  /** Ids of those that no subscription wanted. */
  readonly unwanted: ReadonlySet<string>;
  /** The address of older events; null at the end. */
  readonly older: string | null;
  /** The address of the first page; null on it. */
  readonly newest: string | null;
  readonly live: LiveSource | null;
  readonly describe: (event: PixiehookEvent) => string;
  readonly now: Date;
}

function Nothing({ view }: { view: EventsView }) {
  const { filters, older, newest } = view;
  if (older !== null) return <p>Nothing on this page; there may be more behind it: go on to older events.</p>;
  if (newest !== null) return <p>No event is older than that.</p>;
  if (filters.since !== "" && filters.until !== "" && filters.until < filters.since)
    return <p>No event fits. “From” is a later day than “To”: swap them.</p>;
  if (Object.values(filters).every((filter) => filter === ""))
    return (
      <p>
        Nothing has happened yet. The first reading of an account is silent; what changes after it appears
        here by itself.
      </p>
    );
  return <p>No event fits. Take a filter away, or look at a longer time.</p>;
}

/** Every event, newest first, filtered. */
export function Events({ view }: { view: EventsView }) {
  const { filters, accounts, names, searches, events, unwanted, older, newest, live, describe, now } = view;
  return (
    <>
      <PageHead title="Events" lead="Every change that was found, newest first.">
        {live ? <LiveMark /> : null}
      </PageHead>
      <FilterForm filters={filters} accounts={accounts} names={names} searches={searches} />
      <ChosenFilters filters={filters} accounts={accounts} searches={searches} />
      <SearchAdvice filters={filters} name="collection" search={searches.collection} />
      <SearchAdvice filters={filters} name="client" search={searches.client} />
      {events ? (
        <EventList events={events} describe={describe} now={now} unwanted={unwanted} live={live}>
          <Nothing view={view} />
        </EventList>
      ) : null}
      {older || newest ? (
        <nav class="pager" aria-label="Pages">
          {newest ? <a href={newest}>Newest events</a> : null}
          {older ? (
            <a href={older} rel="next">
              Older events
            </a>
          ) : null}
        </nav>
      ) : null}
    </>
  );
}
