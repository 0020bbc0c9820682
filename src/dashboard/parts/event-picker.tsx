import { type EventGroup, eventGroups } from "../event-groups.js";
import { Tick } from "./fields.js";
import { EventIcon } from "./icons.js";

function Group({ group, chosen }: { group: EventGroup; chosen: readonly string[] }) {
  const { title, help, patterns, types } = group;
  const single = types.some(({ type }) => chosen.includes(type));
  return (
    <li class="group">
      <Tick
        type="checkbox"
        name="events"
        value={patterns.join(" ")}
        checked={patterns.every((pattern) => chosen.includes(pattern))}
        label={
          <>
            <EventIcon type={types[0]?.type ?? ""} />
            {title}
          </>
        }
        help={help}
      />
      <details open={single}>
        <summary>Only some of these</summary>
        <ul>
          {types.map(({ type, description }) => (
            <li>
              <Tick
                type="checkbox"
                name="events"
                value={type}
                checked={chosen.includes(type)}
                label={description}
                help={<code>{type}</code>}
              />
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

/** Every kind of event, in groups; each group opens to its single types. */
export function EventPicker({ chosen }: { chosen: readonly string[] }) {
  return (
    <>
      <Tick
        type="checkbox"
        name="events"
        value="*"
        id="every-event"
        checked={chosen.includes("*")}
        label="Everything"
        help="All of the below, and kinds of events that later versions add."
      />
      <ul class="groups">
        {eventGroups().map((group) => (
          <Group group={group} chosen={chosen} />
        ))}
      </ul>
    </>
  );
}
