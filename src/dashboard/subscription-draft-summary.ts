import type { Account } from "../domain/account.js";
import { count } from "./format.js";
import { emptyDraft, type SubscriptionDraft } from "./subscription-draft.js";
import { addressesIn } from "./subscription-draft-parts.js";
import { triesSentence } from "./subscription-draft-words.js";

/** The answers that are folded away. */
export const folds = ["filter", "together", "quietHours", "retry", "pace"] as const;
export type FoldName = (typeof folds)[number];

const fields: Record<FoldName, readonly (keyof SubscriptionDraft)[]> = {
  filter: ["collections", "moreCollections", "clients", "amount"],
  together: ["together"],
  quietHours: ["quietFrom", "quietTo"],
  retry: ["delays"],
  pace: ["perSecond", "concurrency", "ordered"],
};

/** Whether something was answered there. */
export function isAnswered(draft: SubscriptionDraft, fold: FoldName): boolean {
  const empty = emptyDraft("");
  return fields[fold].some((name) => String(draft[name]) !== String(empty[name]));
}

/** What stands in a fold, in a few words. */
export function foldSummary(draft: SubscriptionDraft, fold: FoldName): string {
  switch (fold) {
    case "filter":
      return filterSummary(draft);
    case "together":
      return togetherSummary(draft);
    case "quietHours":
      return isAnswered(draft, fold) ? `${draft.quietFrom || "?"} to ${draft.quietTo || "?"}` : "None";
    case "retry":
      return triesSentence(draft.delays).replace(/\.$/, "");
    case "pace":
      return `${draft.perSecond} a second, ${draft.concurrency} at once${draft.ordered ? ", in order" : ""}`;
  }
}

function filterSummary({ collections, moreCollections, clients, amount }: SubscriptionDraft): string {
  const places = new Set(
    [...collections, ...moreCollections.split("\n")].filter((text) => text.trim() !== ""),
  );
  const people = addressesIn(clients).length;
  const parts = [
    places.size > 0 ? count(places.size, "collection") : "",
    people > 0 ? count(people, "client") : "",
    amount === "" ? "" : `from ${amount}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "All of them" : parts.join(", ");
}

function togetherSummary({ together, quiet, max, every, dailyAt }: SubscriptionDraft): string {
  switch (together) {
    case "usual":
      return "The usual way";
    case "single":
      return "Each at once";
    case "quiet":
      return `After ${quiet} of quiet, ${max} at most`;
    case "every":
      return `Every ${every}`;
    case "daily":
      return `Once a day at ${dailyAt}`;
  }
}

const namedZones = 3;

/** Whose clock times of day go by. */
export function zoneSentence(accounts: readonly Account[], chosen: string): string {
  const own = accounts.filter(({ id }) => chosen === "" || id === chosen);
  const zones = new Set(own.map(({ timezone }) => timezone));
  const [zone] = zones;
  if (zone === undefined) return "In the time zone of the account.";
  if (zones.size === 1) return `In the time zone ${zone}${own.length === 1 ? ` of ${own[0]?.name}` : ""}.`;
  const named = own.slice(0, namedZones).map(({ name, timezone }) => `${name} in ${timezone}`);
  const more = own.length > namedZones ? ` and ${own.length - namedZones} more` : "";
  return `In the time zone of each account: ${named.join(", ")}${more}.`;
}
