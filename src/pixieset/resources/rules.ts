import { findEventType } from "../../domain/catalog.js";
import type { Change } from "../../domain/upstream.js";

/** Rules that turn a change into event types. Whatever is not in the catalogue is not stated. */
type Rule = (change: Change) => readonly string[];

const known = (types: readonly string[]) => types.filter((type) => findEventType(type) !== undefined);

function statusNow({ record }: Change): string | null {
  const { status } = record.fields;
  return typeof status === "string" ? status : null;
}

/** A status that stands where none was told before is the upstream telling more, and no change in the world. */
const statusChanged = ({ previous }: Change) => typeof previous?.status === "string";

/** Created, updated, removed: with a name for each, restored being as good as created. */
export function lifecycle(
  object: string,
  verbs: { created: string; updated?: string; removed: string },
): Rule {
  return ({ kind }) => {
    if (kind === "removed") return [`${object}.${verbs.removed}`];
    if (kind === "updated") return verbs.updated ? [`${object}.${verbs.updated}`] : [];
    return [`${object}.${verbs.created}`];
  };
}

/** A thing that walks from status to status: the word of a new status is the event, `updated` for the rest. */
export function statusWalk(
  object: string,
  options: {
    /** `created` beside the status of a record that is first seen further on, or the status alone. */
    readonly first: "both" | "status";
    /** Statuses that stand for another word. */
    readonly alias?: Readonly<Record<string, string>>;
    /** Statuses in which a thing begins: no event of their own when it is first seen. */
    readonly beginnings?: readonly string[];
  },
): Rule {
  return (change) => {
    const status = statusNow(change);
    const word = status === null ? null : (options.alias?.[status] ?? status);
    const isStatus = word !== null && !/^(created|updated|removed)$/.test(word);
    const stated = isStatus ? known([`${object}.${word}`]) : [];
    const [created, updated, removed] = [`${object}.created`, `${object}.updated`, `${object}.removed`];
    switch (change.kind) {
      case "created": {
        if (options.first === "status") return stated.length > 0 ? stated : [created];
        return options.beginnings?.includes(status ?? "") ? [created] : [created, ...stated];
      }
      case "updated":
        return statusChanged(change) && stated.length > 0 ? stated : known([updated]);
      case "removed":
        return known([removed]);
      case "restored": {
        // Back after its absence: told as new only where the absence was told, and never as paid again.
        const again = known([removed]).length > 0 ? [created] : [];
        return statusChanged(change) ? [...again, ...stated] : again;
      }
    }
  };
}
