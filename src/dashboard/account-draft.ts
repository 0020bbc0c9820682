import type { z } from "zod";
import {
  type Account,
  type AccountPatch,
  accountPatchSchema,
  leastBudget,
  mostBudget,
} from "../domain/account.js";
import { type CollectionReference, type ResourceName, resourceNames } from "../domain/record.js";

/** What stands in the form, as it was typed. */
export interface AccountDraft {
  readonly name: string;
  readonly timezone: string;
  readonly requestsPerMinute: string;
  readonly minIntervalSeconds: string;
  readonly maxIntervalMinutes: string;
  readonly floodThreshold: string;
  /** Whether only some collections are watched. */
  readonly isChosen: boolean;
  /** Ids of collections that are ticked. */
  readonly collections: readonly string[];
  /** Others, by name or id, one a line. */
  readonly others: string;
  readonly resources: readonly ResourceName[];
}

export type DraftField = Exclude<keyof AccountDraft, "isChosen" | "others"> | "form";
export type AccountProblems = Partial<Record<DraftField, string>>;

/** Collections that have a box of their own to tick; of others the names are written down. */
export const tickedCollections = 500;

/** The form as the account is. `known`: the collections that have a box. */
export function draftOf(account: Account, known: readonly CollectionReference[]): AccountDraft {
  const { polling, collections } = account;
  const chosen = collections === "all" ? [] : collections;
  const boxes = new Set(known.map(({ id }) => id));
  return {
    name: account.name,
    timezone: account.timezone,
    requestsPerMinute: String(polling.requestsPerMinute),
    minIntervalSeconds: String(polling.minIntervalSeconds),
    maxIntervalMinutes: String(polling.maxIntervalMinutes),
    floodThreshold: String(account.floodThreshold),
    isChosen: collections !== "all",
    collections: chosen.filter((id) => boxes.has(id)),
    others: chosen.filter((id) => !boxes.has(id)).join("\n"),
    resources: account.resources ?? [],
  };
}

/** Reads a form that anyone may have sent. */
export function readAccountDraft(fields: Record<string, unknown>): AccountDraft {
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" ? value.trim() : "";
  };
  const many = (name: string): string[] => [fields[name]].flat().filter((value) => typeof value === "string");
  const resources = many("resources");
  return {
    name: text("name"),
    timezone: text("timezone"),
    requestsPerMinute: text("requestsPerMinute"),
    minIntervalSeconds: text("minIntervalSeconds"),
    maxIntervalMinutes: text("maxIntervalMinutes"),
    floodThreshold: text("floodThreshold"),
    isChosen: text("which") === "chosen",
    collections: many("collections"),
    others: text("others"),
    resources: resourceNames.filter((name) => resources.includes(name)),
  };
}

/** A number as browsers send it; of what is none comes something that no schema takes. */
function numberIn(text: string): unknown {
  return text === "" ? null : Number(text);
}

/** The ids that were ticked, and those of the names that were written down; or the first name that nothing has. */
function collectionsIn(
  draft: AccountDraft,
  known: readonly CollectionReference[],
): readonly string[] | { readonly unknown: string } {
  const ids = new Set(draft.collections);
  for (const line of draft.others.split(/\r?\n/)) {
    const text = line.trim();
    if (text === "") continue;
    const alike = known.filter(({ name }) => name?.toLowerCase() === text.toLowerCase());
    for (const { id } of alike) ids.add(id);
    // What is not known yet can be chosen by its id, which is a number at Pixieset.
    if (alike.length === 0 && !/^\w+$/.test(text)) return { unknown: text };
    if (alike.length === 0) ids.add(text);
  }
  return [...ids];
}

const range = (least: string, most: string) => `Write a number from ${least} to ${most}.`;
const numbers: Readonly<Record<string, string>> = {
  requestsPerMinute: range(String(leastBudget), mostBudget.toLocaleString("en-GB")),
  minIntervalSeconds: range("0.05", "86,400, which is a day"),
  maxIntervalMinutes: range("0.05", "43,200, which is 30 days"),
};

function explain(issue: z.core.$ZodIssue): readonly [DraftField, string] {
  const [place, inner] = issue.path;
  switch (place) {
    case "name":
      return [
        "name",
        issue.code === "too_big" ? "This is too long: 200 characters at most." : "Give it a name.",
      ];
    case "timezone":
      return ["timezone", "Choose a time zone from the list."];
    case "floodThreshold":
      return ["floodThreshold", "Write a whole number from 1 to 1,000,000."];
    case "collections":
      return ["collections", "At most 10,000 collections, with ids of at most 64 characters."];
    case "polling": {
      const field = (["requestsPerMinute", "minIntervalSeconds", "maxIntervalMinutes"] as const).find(
        (name) => name === inner,
      );
      if (field) return [field, numbers[field] ?? ""];
      return ["maxIntervalMinutes", "This must not be shorter than the shortest wait."];
    }
    default:
      return ["form", `${issue.path.join(".")}: ${issue.message}.`];
  }
}

/** A draft as what to change, or what is wrong with it, in plain words. `known`: every collection with its name. */
export function checkAccountDraft(
  draft: AccountDraft,
  known: readonly CollectionReference[],
): { readonly patch: AccountPatch } | { readonly problems: AccountProblems } {
  const collections = draft.isChosen ? collectionsIn(draft, known) : "all";
  const problems: AccountProblems = {};
  if (typeof collections === "object" && "unknown" in collections) {
    problems.collections = `No collection that is known is called “${collections.unknown}”. Write the number of its address at Pixieset instead.`;
  }
  const result = accountPatchSchema.safeParse({
    name: draft.name,
    timezone: draft.timezone,
    floodThreshold: numberIn(draft.floodThreshold),
    polling: {
      requestsPerMinute: numberIn(draft.requestsPerMinute),
      minIntervalSeconds: numberIn(draft.minIntervalSeconds),
      maxIntervalMinutes: numberIn(draft.maxIntervalMinutes),
    },
    resources: draft.resources.length === 0 ? null : draft.resources,
    ...(!("collections" in problems) && { collections }),
  });
  for (const issue of result.error?.issues ?? []) {
    const [field, message] = explain(issue);
    problems[field] ??= message;
  }
  return result.success && Object.keys(problems).length === 0 ? { patch: result.data } : { problems };
}
