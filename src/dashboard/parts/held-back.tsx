import { eventTypes } from "../../domain/catalog.js";
import type { Hold } from "../../domain/hold.js";
import { floodName } from "../concerns.js";
import { State, Time } from "./basics.js";
import { Action, type FormToken } from "./form.js";

/** Floods at most; when some are decided, others take their place. */
const shownHolds = 50;

/** A flood, and some of what is in it, as sentences. */
export interface HeldFlood {
  readonly hold: Hold;
  readonly examples: readonly { readonly id: string; readonly sentence: string }[];
}

/** The pattern of the events that a flood can hold: `favorite.*`. */
export function typesIn({ resource }: Pick<Hold, "resource">): string[] {
  const [object] = eventTypes.find((entry) => entry.resource === resource)?.type.split(".") ?? [];
  return object === undefined ? [] : [`${object}.*`];
}

/** The list of events, narrowed to what a flood is about. */
function eventsPath(hold: Hold): string {
  const { account, collection } = hold;
  const [type] = typesIn(hold);
  return `/events?${new URLSearchParams({ account, ...(type && { type }), ...(collection && { collection: collection.id }) })}`;
}

/** Floods that wait for a person, then those that one let go and that are still on their way; the newest first. */
export function openHolds(holds: readonly Hold[]): Hold[] {
  return [
    ...holds.filter(({ status }) => status === "held"),
    ...holds.filter(({ status }) => status === "releasing"),
  ];
}

function Examples({ hold, examples }: HeldFlood) {
  if (examples.length === 0) return null;
  const more = hold.count - examples.length;
  return (
    <details id={`in-${hold.id}`}>
      <summary id={`in-${hold.id}-line`}>What is in it?</summary>
      <ul class="examples">
        {examples.map(({ id, sentence }) => (
          <li>
            <a href={`/events/${id}`}>{sentence}</a>
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <p class="meta">
          And {more.toLocaleString("en-GB")} more: <a href={eventsPath(hold)}>all of them</a>.
        </p>
      ) : null}
    </details>
  );
}

function HoldRow({ flood, form, now }: { flood: HeldFlood; form: FormToken; now: Date }) {
  const { hold } = flood;
  const path = `/accounts/${hold.account}/holds/${hold.id}`;
  return (
    <li class="hold">
      <div class="what">
        <h3>{floodName(hold)}</h3>
        <p class="meta">
          Held back <Time iso={hold.createdAt} now={now} />
          {" · "}
          <a href={eventsPath(hold)}>Look at the events</a>
        </p>
        <Examples {...flood} />
      </div>
      {hold.status === "held" ? (
        <div class="actions">
          <Action path={`${path}/release`} form={form} label="Let them go" />
          <Action path={`${path}/discard`} form={form} label="Drop them" quiet />
        </div>
      ) : (
        <State tone="good">On their way</State>
      )}
    </li>
  );
}

/** Floods that are not over yet, as `openHolds` gives them. Nothing when there are none. */
export function HeldBack(props: { floods: readonly HeldFlood[]; form: FormToken; now: Date }) {
  const { floods, form, now } = props;
  if (floods.length === 0) return null;
  const more = floods.length - shownHolds;
  return (
    <section id="held" class="held" aria-labelledby="held-heading">
      <h2 id="held-heading">Held back</h2>
      <p class="lead">
        So much at once is more often a change at Pixieset than the work of clients, so it was sent to nobody
        yet. Let it go if it is real. What you drop stays in the list of events and is never sent.
      </p>
      <ul class="list card">
        {floods.slice(0, shownHolds).map((flood) => (
          <HoldRow flood={flood} form={form} now={now} />
        ))}
      </ul>
      {more > 0 ? (
        <p class="soft">And {more.toLocaleString("en-GB")} more, shown when these are decided.</p>
      ) : null}
    </section>
  );
}
