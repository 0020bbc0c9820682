import type { Attempt, Delivery, DeliveryStatus } from "../../domain/delivery.js";
import { deliveryStatuses } from "../../domain/delivery.js";
import type { MailboxState } from "../../domain/mailbox.js";
import type { Replay } from "../../domain/replay.js";
import {
  attemptSentence,
  count,
  destination,
  digestSentence,
  subscriptionName,
  title,
  took,
} from "../format.js";
import { isUrgent, mailboxContent, mailboxTroubles } from "../mailbox.js";
import { Facts, PageHead, State, Time, type Tone } from "../parts/basics.js";
import { Action, ChangeLink, type FormToken } from "../parts/form.js";
import { SendAgain } from "../parts/send-again.js";
import { type SubscriptionView, subscriptionState } from "../parts/subscription-row.js";

const tones: Record<DeliveryStatus, Tone> = {
  pending: "warn",
  delivered: "good",
  failed: "bad",
  discarded: "idle",
};

function AttemptItem({ attempt, now }: { attempt: Attempt; now: Date }) {
  return (
    <li>
      <Time iso={attempt.at} now={now} /> <strong>{attemptSentence(attempt)}</strong>{" "}
      <span class="soft">{took(attempt.durationMs)}</span>
      {attempt.error ? <span class="reason">{attempt.error}</span> : null}
      {attempt.responseBody ? <pre>{attempt.responseBody}</pre> : null}
    </li>
  );
}

/** When a delivery that waits is tried next. */
function NextTry({ due, mailbox, now }: { due: string; mailbox: MailboxState; now: Date }) {
  const { status, restsUntil } = mailbox;
  if (status === "paused" || status === "disabled") return <>waits</>;
  const next = restsUntil !== null && restsUntil > due ? restsUntil : due;
  if (Date.parse(next) <= now.getTime()) return <>due</>;
  return (
    <>
      next try <Time iso={next} now={now} />
    </>
  );
}

function DeliveryItem(props: { delivery: Delivery; mailbox: MailboxState; form: FormToken; now: Date }) {
  const { delivery, mailbox, form, now } = props;
  const { id, status, attempts, attemptCount, nextAttemptAt, digest, events, type } = delivery;
  const isCollecting = status === "pending" && digest && delivery.closedAt === null;
  return (
    <li>
      <details>
        <summary>
          <State tone={tones[status]}>{title(status)}</State>
          <span class="what">
            {digest ? `${count(events.length, "event")}, ${type}` : type}
            {status === "pending" && nextAttemptAt ? (
              <span class="meta">
                <NextTry due={nextAttemptAt} mailbox={mailbox} now={now} />
              </span>
            ) : null}
          </span>
          <span class="when">
            {attemptCount > 1 ? <span>{count(attemptCount, "attempt")} · </span> : null}
            <Time iso={delivery.createdAt} now={now} />
          </span>
        </summary>
        <div class="inside">
          {attempts.length === 0 ? <p class="soft">Not tried yet.</p> : null}
          {attemptCount > attempts.length ? (
            <p class="soft">
              The newest {attempts.length} of {attemptCount} attempts.
            </p>
          ) : null}
          <ol class="attempts">
            {attempts.map((attempt) => (
              <AttemptItem attempt={attempt} now={now} />
            ))}
          </ol>
          <p class="meta">
            {events.slice(0, 5).map((event, index) => (
              <>
                {index > 0 ? ", " : ""}
                <a href={`/events/${event}`}>{events.length === 1 ? "The event" : `Event ${index + 1}`}</a>
              </>
            ))}
            {events.length > 5 ? ` and ${events.length - 5} more` : ""} · <code>{id}</code>
            {delivery.replay === null ? null : " · sent again by a replay"}
          </p>
          {isCollecting ? null : (
            <Action
              path={`/deliveries/${id}/redeliver`}
              form={form}
              label={status === "pending" || status === "failed" ? "Send now" : "Send again"}
              quiet
            />
          )}
        </div>
      </details>
    </li>
  );
}

/** One subscription: what it wants, whether it works, and every delivery with its attempts. */
export function SubscriptionPage(props: {
  row: SubscriptionView;
  deliveries: readonly Delivery[];
  /** The replay that runs, or the last one. */
  replay: Replay | null;
  status: DeliveryStatus | null;
  older: string | null;
  form: FormToken;
  now: Date;
}) {
  const { row, deliveries, replay, status, older, form, now } = props;
  const { subscription, mailbox } = row;
  const { id, channel, filter, quietHours, disabledReason, enabled, paused } = subscription;
  const path = `/subscriptions/${id}`;
  const state = subscriptionState(row);
  const filtered = [
    filter?.collections && count(filter.collections.length, "collection"),
    filter?.clients && count(filter.clients.length, "client"),
    filter?.amountAtLeast !== undefined &&
      `amounts from ${filter.amountAtLeast} in the smallest unit of their currency`,
  ].filter((text) => typeof text === "string");
  const troubles = mailboxTroubles(mailbox, now);
  const quiet = quietHours ? `${quietHours.from} to ${quietHours.to}` : "None";
  return (
    <>
      <PageHead title={subscriptionName(subscription)} lead={<State tone={state.tone}>{state.text}</State>}>
        <Action path={`${path}/test`} form={form} label="Send a test" />
        {enabled ? (
          <Action
            path={`${path}/${paused ? "resume" : "pause"}`}
            form={form}
            label={paused ? "Resume" : "Pause"}
            quiet={!paused}
          />
        ) : null}
        <Action
          path={`${path}/${enabled ? "disable" : "enable"}`}
          form={form}
          label={enabled ? "Switch off" : "Switch on"}
          quiet
        />
        <ChangeLink form={form} class="button quiet" href={`${path}/delete`}>
          Delete
        </ChangeLink>
      </PageHead>
      {disabledReason ? <p class="notice bad">pixiehook switched it off: {disabledReason}</p> : null}
      {troubles.length > 0 ? (
        <p class={`notice ${isUrgent(mailbox, now) ? "bad" : "warn"}`} id="mailbox">
          {troubles.join(" ")}
        </p>
      ) : null}
      <section class="card">
        <Facts
          facts={[
            ["Channel", title(channel.type)],
            ["Goes to", destination(channel)],
            ["Events", subscription.events.includes("*") ? "Every event" : subscription.events.join(", ")],
            [
              "Accounts",
              subscription.account ? <a href={`/accounts/${subscription.account}`}>One account</a> : "All",
            ],
            ["Only", filtered.length === 0 ? "No filter" : filtered.join(", ")],
            ["Together", digestSentence(subscription.digest)],
            ["Quiet hours", quiet],
            ["Mailbox", mailboxContent(mailbox, subscription)],
            ["Id", <code>{id}</code>],
          ]}
        />
      </section>
      {enabled || replay?.status === "running" ? (
        <SendAgain id={id} latest={replay} form={form} now={now} />
      ) : null}
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
        {deliveries.length === 0 ? (
          <p class="empty">{status === null ? "Nothing was sent yet." : "None."}</p>
        ) : (
          <ul class="list deliveries card">
            {deliveries.map((delivery) => (
              <DeliveryItem delivery={delivery} mailbox={mailbox} form={form} now={now} />
            ))}
          </ul>
        )}
        {older ? (
          <p class="pager">
            <a href={older}>Older deliveries</a>
          </p>
        ) : null}
      </section>
    </>
  );
}
