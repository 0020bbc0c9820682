import type { Child } from "hono/jsx";
import type { PixiehookEvent } from "../../domain/event.js";
import { EventRow } from "./event-row.js";

/** What says that a list is live, and stops it. Shown by `live.js` only. */
export function LiveMark() {
  return (
    <button type="button" class="plain live" data-live="" hidden>
      Live
    </button>
  );
}

/** Where a list goes on as things happen. */
export interface LiveSource {
  /** The address of its stream. */
  readonly path: string;
  /** The newest event of all when the list was read; null when there was none. */
  readonly newest: string | null;
  /** Rows that are kept on the page. */
  readonly most: number;
}

/** Events as rows, the newest first; `live.js` puts new ones on top where it has a source. */
export function EventList(props: {
  events: readonly PixiehookEvent[];
  describe: (event: PixiehookEvent) => string;
  now: Date;
  /** Ids of those that no subscription wanted. */
  unwanted?: ReadonlySet<string>;
  /** Null for a list that stands still. */
  live: LiveSource | null;
  /** Stands there while there are none. */
  children: Child;
}) {
  const { events, describe, now, unwanted, live } = props;
  const source = live && {
    "data-events": "",
    "data-stream": live.path,
    "data-newest": live.newest ?? "none",
    "data-most": String(live.most),
  };
  return (
    <>
      <ol class="events card" {...source}>
        {events.map((event) => (
          <EventRow
            event={event}
            sentence={describe(event)}
            now={now}
            isUnwanted={unwanted?.has(event.id) ?? false}
          />
        ))}
      </ol>
      {events.length === 0 ? (
        <div class="empty" data-empty="">
          {props.children}
        </div>
      ) : null}
    </>
  );
}
