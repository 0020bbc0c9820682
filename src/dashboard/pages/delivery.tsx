import type { Child } from "hono/jsx";
import type { Delivery } from "../../domain/delivery.js";
import type { MailboxState } from "../../domain/mailbox.js";
import type { Subscription } from "../../domain/subscription.js";
import type { DeliveryView } from "../delivery-words.js";
import { count, destination, subscriptionName, title } from "../format.js";
import { Facts, PageHead, Time } from "../parts/basics.js";
import { Attempts, DeliveryState, NextTry, SendDelivery } from "../parts/delivery-attempts.js";
import type { FormToken } from "../parts/form.js";

/** An event that a delivery carries. */
export interface Carried {
  readonly id: string;
  readonly sentence: string;
  /** Whether it can still be looked at. */
  readonly isKept: boolean;
}

const ownHeaders = ["content-type", "user-agent", "webhook-id", "webhook-timestamp", "webhook-signature"];

/** What a webhook is sent, as far as it is known without sending it. Values of headers are not told. */
function Request({ delivery, channel }: { delivery: Delivery; channel: Subscription["channel"] }) {
  if (channel.type !== "webhook") return null;
  const { id, digest, events } = delivery;
  const theirs = Object.keys(channel.headers);
  const body = digest
    ? `The ${count(events.length, "event")} below, in one message`
    : "The JSON of the event, byte for byte the same at every attempt";
  const facts: (readonly [string, Child])[] = [
    ["Message id (webhook-id)", <code>{digest ? id : (events[0] ?? id)}</code>],
    ["Body", channel.format === "cloudevents" ? `${body}, as a CloudEvent` : body],
    ["Headers", [...ownHeaders, ...theirs].join(", ")],
  ];
  return (
    <section aria-labelledby="request">
      <h2 id="request">What is sent</h2>
      <div class="card">
        <Facts facts={facts} />
      </div>
    </section>
  );
}

function recipientFacts({ accepted, refused }: Delivery): (readonly [string, Child])[] {
  return [
    ...(accepted.length > 0 ? [["Have it already", accepted.join(", ")] as const] : []),
    ...(refused.length > 0 ? [["Refused for good", refused.join(", ")] as const] : []),
  ];
}

function Events({ carried, total }: { carried: readonly Carried[]; total: number }) {
  return (
    <section aria-labelledby="events">
      <h2 id="events">{total === 1 ? "The event" : `The ${count(total, "event")}`}</h2>
      <ul class="list card carried">
        {carried.map(({ id, sentence, isKept }) => (
          <li>
            {isKept ? (
              <a class="line" href={`/events/${id}`}>
                <span class="what sentence">{sentence}</span>
              </a>
            ) : (
              <span class="line soft">{sentence}</span>
            )}
          </li>
        ))}
      </ul>
      {total > carried.length ? (
        <p class="soft">
          And {(total - carried.length).toLocaleString("en-GB")} more: the API names all of them.
        </p>
      ) : null}
    </section>
  );
}

/** One delivery: what it is about, every attempt, and all that it carries. */
export function DeliveryPage(props: {
  view: DeliveryView;
  subscription: Subscription;
  mailbox: MailboxState;
  carried: readonly Carried[];
  form: FormToken;
  now: Date;
}) {
  const { view, subscription, mailbox, carried, form, now } = props;
  const { delivery, sentence, waits } = view;
  const { id, status, attemptCount, nextAttemptAt, createdAt, events, replay } = delivery;
  const { channel } = subscription;
  const path = `/subscriptions/${subscription.id}`;
  const [only] = events.length === 1 ? carried : [];
  return (
    <>
      <PageHead title={sentence} lead={<a href={path}>{subscriptionName(subscription)}</a>}>
        <SendDelivery delivery={delivery} form={form} back="delivery" />
        {only?.isKept ? (
          <a class="button quiet" href={`/events/${only.id}#json`}>
            The event and its JSON
          </a>
        ) : null}
      </PageHead>
      <div id="delivery" data-refresh={status === "pending" ? "5" : undefined}>
        {waits ? <p class="notice warn">{waits}</p> : null}
        <section class="card">
          <Facts
            facts={[
              ["State", <DeliveryState status={status} />],
              ["Goes to", `${title(channel.type)}: ${destination(channel)}`],
              ["Made", <Time iso={createdAt} now={now} />],
              ["Attempts", attemptCount.toLocaleString("en-GB")],
              ...(status === "pending" && nextAttemptAt
                ? [["Next", <NextTry due={nextAttemptAt} mailbox={mailbox} now={now} />] as const]
                : []),
              ...recipientFacts(delivery),
              ...(replay === null ? [] : [["Sent again", "By a replay"] as const]),
              ["Id", <code>{id}</code>],
            ]}
          />
        </section>
        <section aria-labelledby="attempts">
          <h2 id="attempts">Attempts</h2>
          <div class="card">
            <Attempts delivery={delivery} now={now} />
          </div>
        </section>
      </div>
      <Request delivery={delivery} channel={channel} />
      <Events carried={carried} total={events.length} />
    </>
  );
}
