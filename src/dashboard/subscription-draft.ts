import { type ChannelType, channelTypes, defaultRetryDelays } from "../domain/subscription.js";

/** What to do when a lot happens at once. */
export const togetherChoices = ["usual", "single", "quiet", "every", "daily"] as const;
/** How many decimals an amount has, by a currency that has so many. */
export const amountUnits = ["USD", "JPY", "KWD"] as const;
export const draftStates = ["on", "paused", "off"] as const;

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
  readonly format: "standard" | "cloudevents";
  /** `Name: value`, one a line. */
  readonly headers: string;
  /** Names of stored headers that stay; their values are not shown. */
  readonly keptHeaders: readonly string[];
  readonly asymmetric: boolean;
  readonly events: readonly string[];
  /** Ids. */
  readonly collections: readonly string[];
  /** Names or ids of others, one a line. */
  readonly moreCollections: string;
  /** Email addresses or ids, one a line. */
  readonly clients: string;
  readonly amount: string;
  readonly unit: (typeof amountUnits)[number];
  readonly together: (typeof togetherChoices)[number];
  readonly quiet: string;
  readonly max: string;
  readonly every: string;
  readonly dailyAt: string;
  /** Which events come together; empty for all. */
  readonly digestEvents: readonly string[];
  readonly quietFrom: string;
  readonly quietTo: string;
  readonly except: readonly string[];
  /** With commas between them. */
  readonly delays: string;
  readonly perSecond: string;
  readonly concurrency: string;
  readonly ordered: boolean;
  readonly state: (typeof draftStates)[number];
}

/** Where on the form something is wrong; `form` is everywhere and nowhere. */
export type DraftField =
  | "description"
  | "account"
  | "channel"
  | "to"
  | "headers"
  | "events"
  | "collections"
  | "clients"
  | "amount"
  | "together"
  | "quietHours"
  | "delays"
  | "perSecond"
  | "concurrency"
  | "form";
export type DraftProblems = Partial<Record<DraftField, string>>;

/** The form before anyone typed. */
export function emptyDraft(account: string): SubscriptionDraft {
  return {
    description: "",
    account,
    channel: null,
    webhook: "",
    slack: "",
    email: "",
    format: "standard",
    headers: "",
    keptHeaders: [],
    asymmetric: false,
    events: [],
    collections: [],
    moreCollections: "",
    clients: "",
    amount: "",
    unit: "USD",
    together: "usual",
    quiet: "5m",
    max: "30m",
    every: "1h",
    dailyAt: "18:00",
    digestEvents: [],
    quietFrom: "",
    quietTo: "",
    except: [],
    delays: defaultRetryDelays.join(", "),
    perSecond: "20",
    concurrency: "10",
    ordered: false,
    state: "on",
  };
}

/** Patterns that are looked at: each is held against each, and a form has far fewer. */
const mostPatterns = 200;

/** Reads a form that anyone may have sent. Where a text is missing, it is as before anyone typed. */
export function readDraft(fields: Record<string, unknown>): SubscriptionDraft {
  const empty = emptyDraft("");
  const text = <Name extends keyof SubscriptionDraft>(name: Name): string => {
    const value = fields[name] ?? empty[name];
    return typeof value === "string" ? value.trim() : "";
  };
  const many = (name: string): string[] => [fields[name]].flat().filter((value) => typeof value === "string");
  // A checkbox can stand for several patterns.
  const patterns = (name: string) =>
    [...new Set(many(name).flatMap((value) => value.split(" ")))]
      .filter((pattern) => pattern !== "")
      .slice(0, mostPatterns);
  const oneOf = <T extends string>(choices: readonly T[], name: string): T | undefined =>
    choices.find((choice) => choice === fields[name]);
  return {
    description: text("description"),
    account: text("account"),
    channel: oneOf(channelTypes, "channel") ?? null,
    webhook: text("webhook"),
    slack: text("slack"),
    email: text("email"),
    format: oneOf(["standard", "cloudevents"], "format") ?? empty.format,
    headers: text("headers"),
    keptHeaders: many("keptHeaders"),
    asymmetric: fields.asymmetric === "on",
    events: patterns("events"),
    collections: many("collections"),
    moreCollections: text("moreCollections"),
    clients: text("clients"),
    amount: text("amount"),
    unit: oneOf(amountUnits, "unit") ?? empty.unit,
    together: oneOf(togetherChoices, "together") ?? empty.together,
    quiet: text("quiet"),
    max: text("max"),
    every: text("every"),
    dailyAt: text("dailyAt"),
    digestEvents: patterns("digestEvents"),
    quietFrom: text("quietFrom"),
    quietTo: text("quietTo"),
    except: patterns("except"),
    delays: text("delays"),
    perSecond: text("perSecond"),
    concurrency: text("concurrency"),
    ordered: fields.ordered === "on",
    state: oneOf(draftStates, "state") ?? empty.state,
  };
}
