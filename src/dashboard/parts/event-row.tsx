import type { PixiehookEvent } from "../../domain/event.js";
import { isSample } from "../../domain/sample.js";
import { Time } from "./basics.js";
import { EventIcon } from "./icons.js";

/** One event in a list: what happened, where, when. */
export function EventRow(props: {
  event: PixiehookEvent;
  sentence: string;
  now: Date;
  /** No subscription wanted it. */
  isUnwanted?: boolean;
  /** It stands beside a form, which stays open. */
  isAside?: boolean;
}) {
  const { event, sentence, now, isUnwanted, isAside } = props;
  const { account, collection, detected } = event.data;
  const place = collection?.name ?? account.name;
  return (
    <li class="event" data-event={event.id}>
      <a href={`/events/${event.id}`} {...(isAside && { target: "_blank", rel: "noopener" })}>
        <EventIcon type={event.type} />
        <span class="what">
          <span class="sentence" dir="ltr">
            {sentence}
          </span>
          <span class="meta">
            {isSample(event) ? "Sample, nothing happened · " : ""}
            <bdi>{sentence.includes(place) ? account.name : place}</bdi>
            {detected.backfill ? " · was there before" : ""}
            {isUnwanted ? " · nobody was told" : ""}
          </span>
        </span>
        <span class="when">
          <Time iso={event.timestamp} now={now} />
        </span>
      </a>
    </li>
  );
}
