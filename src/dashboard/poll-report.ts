import type { PollReport, SourceView } from "../services/accounts.js";
import type { Refusal } from "../services/shared.js";
import { sourceName } from "./concerns.js";
import { count } from "./format.js";
import type { Notice } from "./guard.js";

/** Lists that could not be read and are named; others are counted. */
const named = 3;

/** What came of asking for a poll, as a sentence. Null: it still runs. `asked`: how many sources. */
export function pollNotice(
  report: PollReport | Refusal | null,
  asked: number,
  sources: readonly SourceView[],
): Notice {
  if (report === null) {
    const text = `Polling ${count(asked, "source")} now, within the request budget. It runs on: this page keeps up with it.`;
    return { tone: "good", text };
  }
  if (report.kind === "refused") return { tone: "bad", text: report.detail };
  const { polled, changed, events, failed } = report;
  const news =
    events > 0
      ? `${count(events, "event")} in ${count(changed, "list")} that changed`
      : changed > 0
        ? `${count(changed, "list")} changed, nothing to tell`
        : "nothing has changed";
  const well = `Polled ${count(polled, "source")}: ${news}.`;
  if (failed.length === 0) return { tone: "good", text: well };
  const names = failed.slice(0, named).map(({ source, reason }) => {
    const known = sources.find(({ id }) => id === source);
    return `${known ? sourceName(known) : source} (${reason.replace(/\.$/, "")})`;
  });
  const others = failed.length - names.length;
  const which = `${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
  return { tone: "bad", text: `${well} Could not be read: ${which}. It is tried again by itself.` };
}
