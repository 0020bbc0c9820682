import type { Delivery } from "../../domain/delivery.js";
import { count } from "../format.js";
import { Time } from "./basics.js";
import { DeliveryState } from "./delivery-attempts.js";

/** A delivery that carries the event, and the name of whom it goes to; null when that one is gone. */
export interface Recipient {
  readonly delivery: Pick<
    Delivery,
    "id" | "subscription" | "status" | "attemptCount" | "attempts" | "createdAt" | "nextAttemptAt" | "digest"
  >;
  readonly name: string | null;
}

function When({ delivery, now }: { delivery: Recipient["delivery"]; now: Date }) {
  const { status, attempts, createdAt, nextAttemptAt } = delivery;
  if (status === "pending" && nextAttemptAt !== null && Date.parse(nextAttemptAt) > now.getTime()) {
    return (
      <>
        next try <Time iso={nextAttemptAt} now={now} />
      </>
    );
  }
  return <Time iso={attempts.at(-1)?.at ?? createdAt} now={now} />;
}

function Row({ recipient: { delivery, name }, now }: { recipient: Recipient; now: Date }) {
  const { id, subscription, status, attemptCount, digest } = delivery;
  return (
    <tr>
      <th scope="row">
        {name === null ? (
          <span class="soft">A subscription that was deleted</span>
        ) : (
          <a href={`/subscriptions/${subscription}`}>
            <bdi>{name}</bdi>
          </a>
        )}
        {digest ? <span class="meta"> in a digest</span> : null}
      </th>
      <td data-label="State">
        <DeliveryState status={status} />
      </td>
      <td data-label="Attempts" class="number">
        {attemptCount}
      </td>
      <td data-label="When">
        <When delivery={delivery} now={now} />
      </td>
      <td data-label="Details">
        <a href={`/deliveries/${id}`} aria-label={`The delivery to ${name ?? subscription}`}>
          The delivery
        </a>
      </td>
    </tr>
  );
}

/** Who was told of an event, each with how it went. */
export function EventDeliveries(props: { recipients: readonly Recipient[]; more: number; now: Date }) {
  const { recipients, more, now } = props;
  return (
    <>
      <div class="scroll card">
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">Subscription</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Attempts
              </th>
              <th scope="col">When</th>
              <th scope="col">Details</th>
            </tr>
          </thead>
          <tbody>
            {recipients.map((recipient) => (
              <Row recipient={recipient} now={now} />
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 ? <p class="meta after">And {count(more, "other")}.</p> : null}
    </>
  );
}
