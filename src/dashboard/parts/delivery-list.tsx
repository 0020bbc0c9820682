import { type DeliveryStatus, deliveryStatuses } from "../../domain/delivery.js";
import type { MailboxState } from "../../domain/mailbox.js";
import type { DeliveryView } from "../delivery-words.js";
import { count, title } from "../format.js";
import { Time } from "./basics.js";
import { Attempts, DeliveryState, errorSentence, NextTry, SendDelivery } from "./delivery-attempts.js";
import type { FormToken } from "./form.js";

/** Events of a digest that are named in the list; the page of the delivery has more. */
const shownEvents = 5;

function EventLinks({ events }: { events: readonly string[] }) {
  const more = events.length - shownEvents;
  return (
    <>
      {events.slice(0, shownEvents).map((event, index) => (
        <>
          {index > 0 ? ", " : ""}
          <a href={`/events/${event}`}>{events.length === 1 ? "The event" : `Event ${index + 1}`}</a>
        </>
      ))}
      {more > 0 ? ` and ${more.toLocaleString("en-GB")} more` : ""}
    </>
  );
}

function DeliveryItem(props: { view: DeliveryView; mailbox: MailboxState; form: FormToken; now: Date }) {
  const { view, mailbox, form, now } = props;
  const { delivery, sentence, waits } = view;
  const { id, status, attempts, attemptCount, nextAttemptAt, events, type, replay } = delivery;
  const error = status === "delivered" ? undefined : attempts.at(-1)?.error;
  const next =
    status === "pending" && nextAttemptAt ? (
      <NextTry due={nextAttemptAt} mailbox={mailbox} now={now} />
    ) : null;
  const note = [error && errorSentence(error), next].filter((each) => each != null);
  return (
    <li>
      <details id={id}>
        <summary id={`${id}-row`}>
          <DeliveryState status={status} />
          <span class="what">
            <span class="sentence">{sentence}</span>
            {note.length > 0 ? (
              <span class="meta">
                {note.map((each, index) => (
                  <>
                    {index > 0 ? " · " : ""}
                    {each}
                  </>
                ))}
              </span>
            ) : null}
          </span>
          <span class="when">
            {attemptCount > 1 ? <span>{count(attemptCount, "attempt")} · </span> : null}
            <Time iso={delivery.createdAt} now={now} />
          </span>
        </summary>
        <div class="inside">
          {waits ? <p>{waits}</p> : null}
          <Attempts delivery={delivery} now={now} isBrief />
          <p class="meta">
            <code>{type}</code> · <EventLinks events={events} /> ·{" "}
            <a href={`/deliveries/${id}`} id={`${id}-page`}>
              All about this delivery
            </a>
            {replay === null ? null : " · sent again by a replay"}
          </p>
          <SendDelivery delivery={delivery} form={form} />
        </div>
      </details>
    </li>
  );
}

const nothing: Record<DeliveryStatus, string> = {
  pending: "Nothing waits.",
  delivered: "Nothing has arrived yet.",
  failed: "Nothing was given up.",
  discarded: "Nothing was discarded.",
};

/** The deliveries of a subscription, a page of them, by how they stand. Keeps itself fresh. */
export function DeliveryList(props: {
  /** The page of the subscription. */
  path: string;
  views: readonly DeliveryView[];
  mailbox: MailboxState;
  status: DeliveryStatus | null;
  older: string | null;
  form: FormToken;
  now: Date;
}) {
  const { path, views, mailbox, status, older, form, now } = props;
  return (
    <section aria-labelledby="deliveries">
      <div class="row">
        <h2 id="deliveries">Deliveries</h2>
        <nav class="tabs" aria-label="Deliveries by status">
          <a href={path} aria-current={status === null ? "page" : undefined}>
            All
          </a>
          {deliveryStatuses.map((name) => (
            <a href={`${path}?status=${name}`} aria-current={status === name ? "page" : undefined}>
              {title(name)}
            </a>
          ))}
        </nav>
      </div>
      <div id="delivery-list" data-refresh="5">
        {views.length === 0 ? (
          <p class="empty">
            {status === null
              ? "Nothing was sent yet. Send a test, or wait for the first event that it wants."
              : older
                ? "None among the newest. Look further back."
                : nothing[status]}
          </p>
        ) : (
          <ul class="list deliveries card">
            {views.map((view) => (
              <DeliveryItem view={view} mailbox={mailbox} form={form} now={now} />
            ))}
          </ul>
        )}
        {older ? (
          <p class="pager">
            <a href={older}>Older deliveries</a>
          </p>
        ) : null}
      </div>
    </section>
  );
}
