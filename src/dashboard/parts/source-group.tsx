import type { SourceView } from "../../services/accounts.js";
import type { ActivityView } from "../../services/events.js";
import { sourceNotes } from "../concerns.js";
import { about, count, title } from "../format.js";
import type { SourceGroup } from "../source-groups.js";
import { State, Time, type Tone } from "./basics.js";
import { SourceActivity } from "./source-activity.js";

const words: Record<SourceView["status"], readonly [Tone, string]> = {
  waiting: ["idle", "Waiting"],
  active: ["good", "Good"],
  failing: ["bad", "Failing"],
  off: ["idle", "Off"],
};

/** So close (ms) a time is now: it would be over before it is read. */
const soonMs = 5_000;

/** When something comes: in words of its own where that is right now. */
function Coming({ iso, now }: { iso: string; now: Date }) {
  return Date.parse(iso) - now.getTime() < soonMs ? <span>now</span> : <Time iso={iso} now={now} />;
}

/** Why a list cannot be read, and what comes of that. */
function Trouble({ source, now }: { source: SourceView; now: Date }) {
  const { status, failures, reason, nextPollAt } = source;
  if (status !== "failing" && reason === null) return null;
  const again = status === "off" ? "It is looked at again" : "It is tried again";
  return (
    <p class={status === "failing" ? "reason" : "reason idle"}>
      {failures > 0 ? `${count(failures, "failure")} in a row: ` : ""}
      {asSentence(reason ?? "the last poll failed")}
      {nextPollAt === null ? null : (
        <>
          {" "}
          {again} <Coming iso={nextPollAt} now={now} />.
        </>
      )}
    </p>
  );
}

/** When a list was polled and is polled, how soon its changes are found, and how much is in it. */
function Schedule({ source, now }: { source: SourceView; now: Date }) {
  const { status, lastPolledAt, nextPollAt, expectedDelaySeconds, lastChangedAt, records } = source;
  return (
    <p class="meta">
      {lastPolledAt === null ? (
        "Not polled yet"
      ) : (
        <>
          {status === "active" ? "Polled" : "Last read"} <Time iso={lastPolledAt} now={now} />
        </>
      )}
      {nextPollAt === null || status === "failing" || status === "off" ? null : (
        <>
          {", next "}
          <Coming iso={nextPollAt} now={now} />
        </>
      )}
      {expectedDelaySeconds === null ? "" : ` · changes found in ${about(expectedDelaySeconds)}`}
      {lastChangedAt === null ? null : (
        <>
          {" · last change "}
          <Time iso={lastChangedAt} now={now} />
        </>
      )}
      {` · ${count(records, "record")}`}
    </p>
  );
}

/** A reason, which may or may not end as sentences do. */
export function asSentence(reason: string): string {
  return `${reason.replace(/\.$/, "")}.`;
}

function SourceItem({ source, activity, now }: { source: SourceView; activity: ActivityView; now: Date }) {
  const [tone, word] = words[source.status];
  return (
    <li class="source">
      <div class="what">
        <h4>{title(source.resource)}</h4>
        <Trouble source={source} now={now} />
        <Schedule source={source} now={now} />
        {sourceNotes(source).map((note) => (
          <p class="reason idle">{note}</p>
        ))}
      </div>
      <SourceActivity activity={activity} ids={[source.id]} />
      <State tone={tone}>{word}</State>
    </li>
  );
}

function stateOf({ sources, failing }: SourceGroup): readonly [Tone, string] {
  if (failing > 0) return ["bad", failing === sources.length ? "Failing" : `${failing} failing`];
  if (sources.every(({ status }) => status === "off")) return words.off;
  return sources.some(({ status }) => status === "active") ? words.active : words.waiting;
}

/** Words in small letters, one after the other: `favorites, downloads and sharing links`. */
function namesOf(sources: readonly SourceView[]): string {
  const names = sources.map(({ resource }) => title(resource).toLowerCase());
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(names);
}

/** The lists of one collection, or those of the whole account, folded into a line. */
export function SourceGroupItem(props: {
  group: SourceGroup;
  activity: ActivityView;
  isOpen: boolean;
  now: Date;
}) {
  const { group, activity, isOpen, now } = props;
  const { collection, sources } = group;
  const [tone, word] = stateOf(group);
  const id = `lists-${collection?.id ?? "account"}`;
  return (
    <li>
      <details id={id} open={isOpen}>
        <summary id={`${id}-line`}>
          <span class="what">
            <h3>{collection === null ? "Whole account" : (collection.name ?? collection.id)}</h3>
            <span class="meta">{namesOf(sources)}</span>
          </span>
          <SourceActivity activity={activity} ids={sources.map((source) => source.id)} />
          <State tone={tone}>{word}</State>
        </summary>
        <ul class="inside">
          {sources.map((source) => (
            <SourceItem source={source} activity={activity} now={now} />
          ))}
        </ul>
        {collection === null ? null : (
          <p class="meta about">
            Collection <code>{collection.id}</code>
            {" · "}
            <a
              href={`/events?${new URLSearchParams({ account: sources[0]?.account ?? "", collection: collection.id })}`}
            >
              Its events
            </a>
          </p>
        )}
      </details>
    </li>
  );
}
