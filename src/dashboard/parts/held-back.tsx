import { eventTypes } from "../../domain/catalog.js";
import type { Hold } from "../../domain/hold.js";
import { floodName } from "../concerns.js";
import { State, Time } from "./basics.js";
import { Action, type FormToken } from "./form.js";

/** Floods at most; when some are decided, others take their place. */
const shownHolds = 50;

/** The list of events, narrowed to what a flood is about. */
function eventsPath({ account, resource, collection }: Hold): string {
  const [object] = eventTypes.find((entry) => entry.resource === resource)?.type.split(".") ?? [];
  const type = object && { type: `${object}.*` };
  return `/events?${new URLSearchParams({ account, ...type, ...(collection && { collection: collection.id }) })}`;
}

function HoldRow({ hold, form, now }: { hold: Hold; form: FormToken; now: Date }) {
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

/** Floods that wait for a person, or that one let go and that are still on their way. Nothing when there are none. */
export function HeldBack({ holds, form, now }: { holds: readonly Hold[]; form: FormToken; now: Date }) {
  const open = [
    ...holds.filter(({ status }) => status === "held"),
    ...holds.filter(({ status }) => status === "releasing"),
  ];
  if (open.length === 0) return null;
  const more = open.length - shownHolds;
  return (
    <section id="held" class="held" aria-labelledby="held-heading">
      <h2 id="held-heading">Held back</h2>
      <p class="lead">
        So much at once is more often a change at Pixieset than the work of clients, so it was sent to nobody
        yet. Let it go if it is real. What you drop stays in the list of events and is never sent.
      </p>
      <ul class="list card">
        {open.slice(0, shownHolds).map((hold) => (
          <HoldRow hold={hold} form={form} now={now} />
        ))}
      </ul>
      {more > 0 ? (
        <p class="soft">And {more.toLocaleString("en-GB")} more, shown when these are decided.</p>
      ) : null}
    </section>
  );
}
