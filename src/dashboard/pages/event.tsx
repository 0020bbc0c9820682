import type { Child } from "hono/jsx";
import type { PixiehookEvent } from "../../domain/event.js";
import type { JsonObject } from "../../domain/json.js";
import { money } from "../../domain/money.js";
import { isSample } from "../../domain/sample.js";
import { addressOf, readFilters } from "../event-filters.js";
import { typeTitle } from "../event-groups.js";
import { absolute, count, span, title } from "../format.js";
import { Facts, PageHead, Time } from "../parts/basics.js";
import { Copyable } from "../parts/copyable.js";
import { EventDeliveries, type Recipient } from "../parts/event-deliveries.js";
import { ChangeLink, type FormToken } from "../parts/form.js";
import { Value } from "../parts/value.js";
import { tidyJson } from "../tidy.js";

/** One event with who was told. */
export interface EventView {
  readonly event: PixiehookEvent;
  readonly sentence: string;
  readonly recipients: readonly Recipient[];
  /** How many others got it. */
  readonly more: number;
  /** How many subscriptions wanted it; null when that was not noted. */
  readonly matched: number | null;
  /** The events of the account that were found before and after it. */
  readonly earlier: string | null;
  readonly later: string | null;
  readonly publicUrl: string;
  readonly form: FormToken;
  readonly now: Date;
}

const eventsWith = (filter: object) => addressOf({ ...readFilters(() => undefined), ...filter });

function Changes({ object, previous }: { object: JsonObject; previous: JsonObject }) {
  const currency = previous.currency ?? object.currency;
  return (
    <section>
      <h2>What changed</h2>
      <div class="scroll card">
        <table class="changes">
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
                  <del>
                    <Value field={field} value={previous[field]} currency={currency} />
                  </del>
                </td>
                <td>
                  <ins>
                    <Value field={field} value={object[field]} currency={object.currency} />
                  </ins>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** When it happened, as far as that is known. */
function Happened({ event, now }: { event: PixiehookEvent; now: Date }) {
  const { at, notBefore, occurredAt, resource, sample } = event.data.detected;
  if (sample) return <>Never: it is a sample</>;
  if (occurredAt !== null) {
    const delay = (Date.parse(at) - Date.parse(occurredAt)) / 1_000;
    return (
      <>
        <Time iso={occurredAt} now={now} />
        <span class="meta">
          {absolute(occurredAt)}, as Pixieset says{delay > 0 ? `; seen ${span(delay)} later` : ""}
        </span>
      </>
    );
  }
  if (resource === "service") return <Time iso={at} now={now} />;
  if (notBefore === null) {
    return (
      <>
        <Time iso={at} now={now} /> or earlier
        <span class="meta">The list was read for the first time then.</span>
      </>
    );
  }
  const seconds = (Date.parse(at) - Date.parse(notBefore)) / 1_000;
  return (
    <>
      <Time iso={at} now={now} />, or up to {span(seconds)} earlier
      <span class="meta">
        The list was read at {absolute(notBefore)} and at {absolute(at)}: it happened in between.
      </span>
    </>
  );
}

function foundIn({ resource, revision, backfill }: PixiehookEvent["data"]["detected"]): string {
  const again = revision > 1 ? `, change number ${revision} of the same thing` : "";
  return `${title(resource)}${again}${backfill ? ", was there before watching began" : ""}`;
}

function factsOf({ event, now }: EventView): (readonly [string, Child])[] {
  const { account, collection, client, detected } = event.data;
  const isOwn = detected.resource === "service";
  const who = [client?.name, client?.email].filter((text) => text != null && text !== "").join(", ");
  const facts: (readonly [string, Child])[] = [
    ["Happened", <Happened event={event} now={now} />],
    ["Stated", <Time iso={event.timestamp} now={now} />],
    [
      "Account",
      <a href={isOwn ? `/accounts/${account.id}` : eventsWith({ account: account.id })}>
        <bdi>{account.name}</bdi>
      </a>,
    ],
  ];
  if (collection) {
    const link = (
      <a href={eventsWith({ collection: collection.id })}>
        <bdi>{collection.name ?? collection.id}</bdi>
      </a>
    );
    facts.push(["Collection", link]);
  }
  const known = client?.email ?? client?.id ?? null;
  if (client && (who !== "" || known !== null)) {
    const name = <bdi>{who === "" ? known : who}</bdi>;
    facts.push(["Client", known === null ? name : <a href={eventsWith({ client: known })}>{name}</a>]);
  }
  if (!isOwn && !isSample(event)) facts.push(["Found in", foundIn(detected)]);
  return facts;
}

function Told({ view }: { view: EventView }) {
  const { event, recipients, more, matched, form, now } = view;
  if (recipients.length > 0) return <EventDeliveries recipients={recipients} more={more} now={now} />;
  if (matched !== null && matched > 0)
    return (
      <p class="empty">
        {count(matched, "subscription")} wanted it. What became of that is not kept any more, or is written
        just now.
      </p>
    );
  if (matched === null) return <p class="empty">Nobody so far.</p>;
  const query = new URLSearchParams({ account: event.data.account.id, event: event.type });
  return (
    <div class="empty">
      <p>Nobody: no subscription wanted it when it was found.</p>
      <ChangeLink form={form} class="button quiet" href={`/subscriptions/new?${query}`}>
        Tell somebody of events like this
      </ChangeLink>
    </div>
  );
}

function Neighbours({ earlier, later }: { earlier: string | null; later: string | null }) {
  if (earlier === null && later === null) return null;
  return (
    <nav class="pager" aria-label="Other events of this account">
      {earlier ? (
        <a href={`/events/${earlier}`} rel="prev">
          The event before
        </a>
      ) : null}
      {later ? (
        <a href={`/events/${later}`} rel="next">
          The event after
        </a>
      ) : null}
    </nav>
  );
}

/** One event: what happened, between when and when, before and after, who was told, and the exact text of it. */
export function EventPage({ view }: { view: EventView }) {
  const { event, sentence, earlier, later, publicUrl } = view;
  const { object, previous } = event.data;
  const sample = isSample(event);
  const isMoney = money(object.amount, object.currency) !== null;
  // They say no more than the amount, which is written with its currency.
  const said = isMoney ? ["amountFormatted", "currency"] : [];
  const fields = Object.keys(object).filter((field) => !said.includes(field));
  const lead = (
    <>
      {typeTitle(event.type)} · <code>{event.type}</code>
    </>
  );
  const curl = `curl '${publicUrl}/v1/events/${event.id}' \\\n  -H "Authorization: Bearer $PIXIEHOOK_API_TOKEN"`;
  return (
    <>
      <PageHead title={sample ? `Sample: ${sentence}` : sentence} lead={lead} />
      {sample ? (
        <p class="notice warn">Somebody sent this sample to see what arrives. Nothing happened.</p>
      ) : null}
      <section class="card">
        <Facts facts={factsOf(view)} />
      </section>
      {previous ? <Changes object={object} previous={previous} /> : null}
      <section>
        <h2>{previous ? "As it is now" : "Details"}</h2>
        <div class="card">
          <Facts
            facts={fields.map((field) => [
              title(field),
              <Value field={field} value={object[field]} currency={object.currency} />,
            ])}
          />
        </div>
      </section>
      <section>
        <h2>Who was told</h2>
        <Told view={view} />
      </section>
      <Copyable
        id="event-json"
        heading="JSON"
        lead="What every receiver gets."
        text={tidyJson(JSON.stringify(event, null, 2))}
      />
      <Copyable id="event-curl" heading="By the API" text={curl} />
      <Neighbours earlier={earlier} later={later} />
    </>
  );
}
