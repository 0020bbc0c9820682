import type { z } from "zod";
import { matchesPattern } from "../domain/catalog.js";
import { type ChannelType, type SubscriptionInput, subscriptionInputSchema } from "../domain/subscription.js";
import type { Refusal } from "../services.js";

export const togetherChoices = ["usual", "single", "daily"] as const;

/** What stands in the form, as it was typed. */
export interface SubscriptionDraft {
  readonly description: string;
  /** Empty for every account. */
  readonly account: string;
  /** Null until one was chosen. */
  readonly channel: ChannelType | null;
  readonly webhook: string;
  readonly slack: string;
  readonly email: string;
  readonly events: readonly string[];
  readonly together: (typeof togetherChoices)[number];
  readonly dailyAt: string;
}

/** Where on the form something is wrong; `form` is everywhere and nowhere. */
export type DraftField = "description" | "account" | "channel" | "to" | "events" | "together" | "form";
export type DraftProblems = Partial<Record<DraftField, string>>;

/** The form before anyone typed. */
export function emptyDraft(account: string): SubscriptionDraft {
  const addresses = { webhook: "", slack: "", email: "" };
  const together = { together: "usual", dailyAt: "18:00" } as const;
  return { description: "", account, channel: null, ...addresses, events: [], ...together };
}

/** Reads a form that anyone may have sent. */
export function readDraft(fields: Record<string, unknown>): SubscriptionDraft {
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" ? value.trim() : "";
  };
  const many = (name: string): string[] => [fields[name]].flat().filter((value) => typeof value === "string");
  const channels: readonly ChannelType[] = ["webhook", "slack", "email"];
  return {
    description: text("description"),
    account: text("account"),
    channel: channels.find((name) => name === text("channel")) ?? null,
    webhook: text("webhook"),
    slack: text("slack"),
    email: text("email"),
    // A checkbox can stand for several patterns.
    events: many("events").flatMap((value) => value.split(" ").filter((pattern) => pattern !== "")),
    together: togetherChoices.find((name) => name === text("together")) ?? "usual",
    dailyAt: text("dailyAt"),
  };
}

function addressesIn(text: string): string[] {
  const parts = text.split(/[,;\n]/).map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ""))];
}

/** The subscription that a draft asks for, not checked yet. */
function inputOf(draft: SubscriptionDraft): unknown {
  const { description, account, channel, webhook, slack, email, events, together, dailyAt } = draft;
  const channels = {
    webhook: { type: "webhook", url: webhook },
    slack: { type: "slack", url: slack },
    email: { type: "email", to: addressesIn(email) },
  };
  const covered = (type: string) => events.some((other) => other !== type && matchesPattern(other, type));
  return {
    description,
    account: account === "" ? null : account,
    channel: channel === null ? undefined : channels[channel],
    events: [...new Set(events)].filter((pattern) => !covered(pattern)),
    ...(together === "single" && { digest: null }),
    ...(together === "daily" && { digest: { dailyAt } }),
  };
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue, draft: SubscriptionDraft): readonly [DraftField, string] {
  const [place, inner, index] = issue.path;
  switch (place) {
    case "description":
      return ["description", "This is too long: 500 characters at most."];
    case "channel": {
      if (draft.channel === null) return ["channel", "Choose where it should go."];
      if (draft[draft.channel] === "") return ["to", "Fill this in: it cannot go nowhere."];
      if (inner === "url" && issue.code === "too_big") return ["to", "This address is too long."];
      if (inner === "url") return ["to", `This ${issue.message}.`];
      if (typeof index === "number") {
        return ["to", `“${addressesIn(draft.email)[index] ?? ""}” is not an email address.`];
      }
      return ["to", issue.code === "too_big" ? "At most 20 addresses." : "Write at least one address."];
    }
    case "events":
      if (issue.code === "too_big") return ["events", "Too many single events: tick whole groups instead."];
      if (issue.code === "too_small") return ["events", "Tick at least one."];
      return ["events", "There is no such event. Reload the page and choose again."];
    case "digest":
      return ["together", "Give a time of day such as 18:00."];
    default:
      return ["form", `${issue.path.join(".")}: ${issue.message}.`];
  }
}

/** A draft as a subscription, or what is wrong with it, in plain words. */
export function checkDraft(
  draft: SubscriptionDraft,
): { readonly input: SubscriptionInput } | { readonly problems: DraftProblems } {
  const result = subscriptionInputSchema.safeParse(inputOf(draft));
  if (result.success) return { input: result.data };
  const problems: DraftProblems = {};
  for (const issue of result.error.issues) {
    const [field, message] = explain(issue, draft);
    problems[field] ??= message;
  }
  return { problems };
}

/** Where on the form a refusal belongs. */
export function problemsOf(refusal: Refusal): DraftProblems {
  const sentence = `${refusal.detail.charAt(0).toUpperCase()}${refusal.detail.slice(1).replace(/\.$/, "")}.`;
  if (refusal.code === "account_not_found") return { account: "This account is not there any more." };
  const ofChannel = refusal.code === "url_not_allowed" || refusal.code === "email_not_configured";
  return ofChannel ? { to: sentence } : { form: sentence };
}
