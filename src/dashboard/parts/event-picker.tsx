import { type EventGroup, eventGroups } from "../event-groups.js";
import { Tick } from "./fields.js";
import { EventIcon } from "./icons.js";

interface Choice {
  /** Of the field. */
  readonly name: string;
  readonly chosen: readonly string[];
}

function Group({ group, name, chosen }: Choice & { group: EventGroup }) {
  const { title, help, patterns, types } = group;
  // A group of several objects can be chosen in part.
  const parts = patterns.length > 1 ? patterns : [];
  const isWhole = patterns.every((pattern) => chosen.includes(pattern));
  const single = types.some(({ type }) => chosen.includes(type));
  const part = !isWhole && parts.some((pattern) => chosen.includes(pattern));
  const tick = { type: "checkbox", name } as const;
  return (
    <li class="group">
      <Tick
        {...tick}
        value={patterns.join(" ")}
        checked={isWhole}
        label={
          <>
            <EventIcon type={types[0]?.type ?? ""} />
            {title}
          </>
        }
        help={help}
      />
      <details open={single || part}>
        <summary>Only some of these</summary>
        <ul>
          {parts.map((pattern) => (
            <li>
              <Tick
                {...tick}
                value={pattern}
                checked={!isWhole && chosen.includes(pattern)}
                label={`Every ${pattern.slice(0, pattern.indexOf(".")).replaceAll("_", " ")} event`}
                help={<code>{pattern}</code>}
              />
            </li>
          ))}
          {types.map(({ type, description }) => (
            <li>
              <Tick
                {...tick}
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

/** Every kind of event, in groups; each group opens to its single types. `every`: the id of the tick for all. */
export function EventPicker({ name, chosen, every }: Choice & { every?: string }) {
  return (
    <div class="picker">
      {every === undefined && !chosen.includes("*") ? null : (
        <Tick
          type="checkbox"
          name={name}
          value="*"
          {...(every !== undefined && { id: every })}
          checked={chosen.includes("*")}
          label="Everything"
          help="All of the below, and kinds of events that later versions add."
        />
      )}
      <ul class="groups">
        {eventGroups().map((group) => (
          <Group group={group} name={name} chosen={chosen} />
        ))}
      </ul>
    </div>
  );
}

/** The same, folded: for what most people leave as it is. */
export function FoldedEventPicker({ name, chosen, title }: Choice & { title: string }) {
  return (
    <details class="folded" open={chosen.length > 0}>
      <summary>{title}</summary>
      <EventPicker name={name} chosen={chosen} />
    </details>
  );
}
