import type { Delivery } from "../../domain/delivery.js";
import type { PixiehookEvent } from "../../domain/event.js";
import type { JsonObject } from "../../domain/json.js";
import { isSample } from "../../domain/sample.js";
import { count, span, title, valueText } from "../format.js";
import { Facts, PageHead, Time } from "../parts/basics.js";

function Changes({ object, previous }: { object: JsonObject; previous: JsonObject }) {
  return (
    <section>
      <h2>What changed</h2>
      <div class="scroll card">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {Object.keys(previous).map((field) => (
              <tr>
                <th scope="row">{title(field)}</th>
                <td>
                  <del>{valueText(previous[field])}</del>
                </td>
                <td>
                  <ins>{valueText(object[field])}</ins>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** A delivery that carries the event, and the name of whom it goes to; null when that one is gone. */
export interface Recipient {
  readonly delivery: Pick<Delivery, "subscription" | "status">;
  readonly name: string | null;
}

function Told(props: { recipients: readonly Recipient[]; more: number; nobody: string }) {
  const { recipients, more, nobody } = props;
  if (recipients.length === 0) return <>{nobody}</>;
  return (
    <>
      {recipients.map(({ delivery, name }, index) => (
        <>
          {index > 0 ? ", " : ""}
          <a href={`/subscriptions/${delivery.subscription}`}>{name ?? delivery.subscription}</a>
          <span class="soft"> ({delivery.status})</span>
        </>
      ))}
      {more > 0 ? ` and ${count(more, "other")}` : ""}
    </>
  );
}

function foundIn({ resource, revision, backfill }: PixiehookEvent["data"]["detected"]): string {
  return `${title(resource)}, revision ${revision}${backfill ? ", was there before watching began" : ""}`;
}

/** One event: what happened, between when and when, before and after, and the exact text of it. */
export function EventPage(props: {
  event: PixiehookEvent;
  sentence: string;
  recipients: readonly Recipient[];
  /** How many others got it. */
  more: number;
  isUnwanted: boolean;
  now: Date;
}) {
  const { event, sentence, recipients, more, isUnwanted, now } = props;
  const { account, collection, client, object, previous, detected } = event.data;
  const { occurredAt, notBefore, at, resource } = detected;
  const who = [client?.name, client?.email].filter((text) => text != null).join(", ");
  const sample = isSample(event);
  const nobody = isUnwanted ? "Nobody: no subscription wanted it" : "Nobody so far";
  const doubt = notBefore === null ? null : (Date.parse(at) - Date.parse(notBefore)) / 1_000;
  const seen = (
    <>
      <Time iso={at} now={now} />
      <span class="soft">{doubt === null ? " or earlier" : `, or up to ${span(doubt)} earlier`}</span>
    </>
  );
  return (
    <>
      <PageHead title={sample ? `Sample: ${sentence}` : sentence} lead={<code>{event.type}</code>} />
      {sample ? (
        <p class="notice warn">Somebody sent this sample to see what arrives. Nothing happened.</p>
      ) : null}
      <section class="card">
        <Facts
          facts={[
            ["Happened", occurredAt === null ? seen : <Time iso={occurredAt} now={now} />],
            ["Stated", <Time iso={event.timestamp} now={now} />],
            [
              "Account",
              <a href={resource === "service" ? `/accounts/${account.id}` : `/events?account=${account.id}`}>
                {account.name}
              </a>,
            ],
            [
              "Collection",
              collection ? (
                <a href={`/events?collection=${encodeURIComponent(collection.id)}`}>
                  {collection.name ?? collection.id}
                </a>
              ) : (
                "—"
              ),
            ],
            [
              "Client",
              who === "" ? (
                "—"
              ) : (
                <a href={`/events?client=${encodeURIComponent(client?.email ?? client?.id ?? "")}`}>{who}</a>
              ),
            ],
            ["Found in", sample ? "Nothing: it is a sample" : foundIn(detected)],
            ["Told to", <Told recipients={recipients} more={more} nobody={nobody} />],
          ]}
        />
      </section>
      {previous ? <Changes object={object} previous={previous} /> : null}
      <section>
        <h2>{previous ? "As it is now" : "Details"}</h2>
        <div class="card">
          <Facts
            facts={Object.entries(object).map(([field, value]) => [title(field), valueText(value)] as const)}
          />
        </div>
      </section>
      <section>
        <div class="row">
          <h2 id="json">JSON</h2>
          <button type="button" class="quiet more" data-copy="event-json" hidden>
            Copy
          </button>
        </div>
        <pre class="card" id="event-json" tabindex={0}>
          {JSON.stringify(event, null, 2)}
        </pre>
      </section>
    </>
  );
}
