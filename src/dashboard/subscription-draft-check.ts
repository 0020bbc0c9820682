import { isDeepStrictEqual } from "node:util";
import {
  type Subscription,
  type SubscriptionInput,
  type SubscriptionPatch,
  subscriptionInputSchema,
  subscriptionPatchSchema,
} from "../domain/subscription.js";
import type { Refusal } from "../services/shared.js";
import type { DraftProblems, SubscriptionDraft } from "./subscription-draft.js";
import {
  type DraftSetting,
  delaysIn,
  readChannel,
  readDescription,
  readDigest,
  readEvents,
  readFilter,
  readQuietHours,
} from "./subscription-draft-parts.js";
import { explain, type Issue } from "./subscription-draft-words.js";

type Wrong = { readonly problems: DraftProblems };

const number = (text: string) => (text === "" ? Number.NaN : Number(text.replace(",", ".")));

function stateOf({ state }: SubscriptionDraft, stored: Subscription | null) {
  if (state === "off") return { enabled: false, paused: stored?.paused ?? false };
  return { enabled: true, paused: state === "paused" };
}

/** The subscription that a draft asks for, not checked yet; without what could not even be read. */
function partsOf(draft: SubscriptionDraft, setting: DraftSetting) {
  const { stored } = setting;
  const channel = readChannel(draft, stored);
  const filter = readFilter(draft, setting);
  const problems: DraftProblems = {
    ...("problems" in channel && channel.problems),
    ...("problems" in filter && filter.problems),
  };
  const parts = {
    description: readDescription(draft, stored),
    events: readEvents(draft, stored),
    ...("value" in channel && { channel: channel.value }),
    ...("value" in filter && { filter: filter.value }),
    digest: readDigest(draft, stored),
    quietHours: readQuietHours(draft, stored),
    retry: { delays: delaysIn(draft.delays) },
    limits: { perSecond: number(draft.perSecond), concurrency: number(draft.concurrency) },
    ordered: draft.ordered,
    ...stateOf(draft, stored),
  };
  return { parts, problems };
}

function withIssues(problems: DraftProblems, issues: readonly Issue[], draft: SubscriptionDraft): Wrong {
  const all = { ...problems };
  for (const issue of issues) {
    const [field, message] = explain(issue, draft);
    all[field] ??= message;
  }
  return { problems: all };
}

/** A draft as a new subscription, or what is wrong with it, in plain words. */
export function checkDraft(
  draft: SubscriptionDraft,
  collections: DraftSetting["collections"],
): { readonly input: SubscriptionInput } | Wrong {
  const { parts, problems } = partsOf(draft, { stored: null, collections });
  const account = draft.account === "" ? null : draft.account;
  const result = subscriptionInputSchema.safeParse({ ...parts, account });
  const isRead = Object.keys(problems).length === 0;
  if (result.success && isRead) return { input: result.data };
  // What could not be read is missing, and its problem told already.
  const issues = result.error?.issues.filter(({ path }) => String(path[0]) in parts) ?? [];
  return withIssues(problems, issues, draft);
}

/** What a draft changes of a stored subscription, and nothing else; or what is wrong with it. */
export function checkEdit(
  draft: SubscriptionDraft,
  stored: Subscription,
  collections: DraftSetting["collections"],
): { readonly patch: SubscriptionPatch } | Wrong {
  const { parts, problems } = partsOf(draft, { stored, collections });
  const before: Readonly<Record<string, unknown>> = { ...stored };
  const changed = Object.entries(parts).filter(([name, value]) => !isDeepStrictEqual(value, before[name]));
  const result = subscriptionPatchSchema.safeParse(Object.fromEntries(changed));
  const isRead = Object.keys(problems).length === 0;
  return result.success && isRead
    ? { patch: result.data }
    : withIssues(problems, result.error?.issues ?? [], draft);
}

/** Any address does for a look at what would be told. */
const nowhere = { type: "webhook", url: "https://preview.invalid" };

/** Which events a draft asks for, wherever they should go; or what is wrong with that. */
export function checkWish(
  draft: SubscriptionDraft,
  setting: DraftSetting,
): { readonly input: SubscriptionInput } | Wrong {
  const filter = readFilter(draft, setting);
  if ("problems" in filter) return filter;
  const account = setting.stored ? setting.stored.account : draft.account === "" ? null : draft.account;
  const events = readEvents(draft, setting.stored);
  const wish = { account, events, filter: filter.value, channel: nowhere };
  const result = subscriptionInputSchema.safeParse(wish);
  return result.success ? { input: result.data } : withIssues({}, result.error.issues, draft);
}

/** Where on the form a refusal belongs. */
export function problemsOf(refusal: Refusal): DraftProblems {
  const sentence = `${refusal.detail.charAt(0).toUpperCase()}${refusal.detail.slice(1).replace(/\.$/, "")}.`;
  if (refusal.code === "account_not_found") return { account: "This account is not there any more." };
  const ofChannel = refusal.code === "url_not_allowed" || refusal.code === "email_not_configured";
  return ofChannel ? { to: sentence } : { form: sentence };
}
