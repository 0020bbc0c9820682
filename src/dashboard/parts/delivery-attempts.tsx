import type { Attempt, Delivery, DeliveryStatus } from "../../domain/delivery.js";
import type { MailboxState } from "../../domain/mailbox.js";
import { attemptSentence, title, took } from "../format.js";
import { State, Time, type Tone } from "./basics.js";
import { Form, type FormToken } from "./form.js";

const tones: Record<DeliveryStatus, Tone> = {
  pending: "warn",
  delivered: "good",
  failed: "bad",
  discarded: "idle",
};

/** What went wrong, as the beginning of a sentence. */
export function errorSentence(error: string): string {
  return `${error.charAt(0).toUpperCase()}${error.slice(1)}`;
}

/** How a delivery stands. */
export function DeliveryState({ status }: Pick<Delivery, "status">) {
  return <State tone={tones[status]}>{title(status)}</State>;
}

/** When a delivery that waits is tried next. */
export function NextTry({ due, mailbox, now }: { due: string; mailbox: MailboxState; now: Date }) {
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

/** In a list of many deliveries: so many attempts of each, and so much of an answer (characters). */
const brief = { attempts: 10, answer: 500 };

function AttemptItem(props: { attempt: Attempt; id: string; most: number; now: Date }) {
  const { attempt, id, most, now } = props;
  const { error, responseBody = "" } = attempt;
  return (
    <li>
      <Time iso={attempt.at} now={now} /> <strong>{attemptSentence(attempt)}</strong>{" "}
      <span class="soft">{took(attempt.durationMs)}</span>
      {error ? <span class="reason">{errorSentence(error)}</span> : null}
      {responseBody === "" ? null : (
        <pre id={id} tabindex={0}>
          {responseBody.length > most ? `${responseBody.slice(0, most)}…` : responseBody}
        </pre>
      )}
    </li>
  );
}

/** Attempts of a delivery, oldest first, with what came of each: all that are kept, or the newest. */
export function Attempts(props: { delivery: Delivery; now: Date; isBrief?: boolean }) {
  const { delivery, now, isBrief = false } = props;
  const { id, attemptCount } = delivery;
  const attempts = isBrief ? delivery.attempts.slice(-brief.attempts) : delivery.attempts;
  const first = attemptCount - attempts.length;
  const most = isBrief ? brief.answer : Number.POSITIVE_INFINITY;
  return (
    <>
      {attempts.length === 0 ? <p class="soft">Not tried yet.</p> : null}
      {first > 0 ? (
        <p class="soft">
          The newest {attempts.length} of {attemptCount} attempts.
        </p>
      ) : null}
      {attempts.length > 0 ? (
        <ol class="attempts">
          {attempts.map((attempt, index) => (
            <AttemptItem attempt={attempt} id={`${id}-answer-${first + index}`} most={most} now={now} />
          ))}
        </ol>
      ) : null}
    </>
  );
}

/** Sends a delivery now, or once more. Not while a digest still collects: it goes out by itself. */
export function SendDelivery(props: { delivery: Delivery; form: FormToken; back?: "delivery" }) {
  const { delivery, form, back } = props;
  const { id, status, digest, closedAt } = delivery;
  if (status === "pending" && digest && closedAt === null) return null;
  return (
    <Form action={`/deliveries/${id}/redeliver`} form={form} class="action">
      {back ? <input type="hidden" name="back" value={back} /> : null}
      <button type="submit" class={back ? undefined : "quiet"} id={`${id}-send`}>
        {status === "pending" || status === "failed" ? "Send now" : "Send again"}
      </button>
    </Form>
  );
}
