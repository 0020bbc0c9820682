import type { z } from "zod";
import { durationMs, durationSchema } from "../domain/duration.js";
import { span } from "./format.js";
import type { DraftField, SubscriptionDraft } from "./subscription-draft.js";
import { addressesIn, delaysIn } from "./subscription-draft-parts.js";

export type Issue = z.core.$ZodIssue;

const isDuration = (text: string) => durationSchema.safeParse(text).success;
const notDuration = (text: string) =>
  `${text === "" ? "Nothing" : `“${text}”`} is no length of time: write 30s, 5m, 2h or 1d, 30 days at most.`;
const tooManyEvents = "Too many single events: tick whole groups instead.";

function explainChannel(issue: Issue, draft: SubscriptionDraft): readonly [DraftField, string] {
  const [, inner, name] = issue.path;
  if (inner === "headers") {
    const detail = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    if (issue.code === "invalid_key") return ["headers", `“${String(name)}” ${detail}.`];
    if (name !== undefined) return ["headers", `The value of “${String(name)}” ${valueTrouble(issue)}.`];
    return ["headers", `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`];
  }
  if (inner === "url")
    return ["to", issue.code === "too_big" ? "This address is too long." : `This ${issue.message}.`];
  if (typeof name === "number")
    return ["to", `“${addressesIn(draft.email)[name] ?? ""}” is not an email address.`];
  return ["to", issue.code === "too_big" ? "At most 20 addresses." : "Write at least one address."];
}

const valueTrouble = ({ code, message }: Issue) => (code === "too_big" ? "is too long" : message);

function explainDigest({ path }: Issue, draft: SubscriptionDraft): string {
  const { together, quiet, max, every } = draft;
  if (path[1] === "events") return tooManyEvents;
  if (together === "daily") return "Give a time of day such as 18:00.";
  const lengths = together === "every" ? [every] : [quiet, max];
  const wrong = lengths.find((text) => !isDuration(text));
  if (wrong !== undefined) return notDuration(wrong);
  if (together === "quiet" && durationMs(quiet) > durationMs(max))
    return "The longest wait must not be shorter than the quiet that it waits for.";
  return tooManyEvents;
}

/** What is wrong, and where on the form. */
export function explain(issue: Issue, draft: SubscriptionDraft): readonly [DraftField, string] {
  const [place, inner, index] = issue.path;
  switch (place) {
    case "description":
      return ["description", "This is too long: 500 characters at most."];
    case "channel":
      return explainChannel(issue, draft);
    case "events":
      if (issue.code === "too_big") return ["events", tooManyEvents];
      if (issue.code === "too_small") return ["events", "Tick at least one."];
      return ["events", "There is no such event. Reload the page and choose again."];
    case "filter": {
      const field = inner === "clients" ? "clients" : "collections";
      if (index === undefined) return [field, `At most 1,000 ${field}.`];
      return [field, `One of these is too long for a ${field.slice(0, -1)}.`];
    }
    case "digest":
      return ["together", explainDigest(issue, draft)];
    case "quietHours":
      if (inner === "except") return ["quietHours", tooManyEvents];
      if (inner === undefined)
        return ["quietHours", "The two times must differ: quiet hours cannot last all day."];
      return ["quietHours", "Give both times, such as 21:00 and 08:00."];
    case "retry":
      if (typeof index !== "number") return ["delays", "At most 20 waits."];
      return ["delays", notDuration(delaysIn(draft.delays)[index] ?? "")];
    case "limits":
      return inner === "concurrency"
        ? ["concurrency", "Write a whole number from 1 to 50."]
        : ["perSecond", "Write a number from 0.01 to 1000."];
    default:
      return ["form", `${issue.path.join(".")}: ${issue.message}.`];
  }
}

/** What waits between tries add up to. */
export function triesSentence(delays: string): string {
  const waits = delaysIn(delays);
  if (!waits.every(isDuration)) return "This cannot be added up yet.";
  if (waits.length === 0) return "One try, and none after it.";
  const seconds = waits.reduce((sum, wait) => sum + durationMs(wait), 0) / 1_000;
  return `${waits.length + 1} tries over ${span(seconds)}.`;
}
