import { InvalidArgumentError } from "commander";
import { durationSchema } from "../../domain/duration.js";
import type { ChannelSettings, Digest } from "../../domain/subscription.js";
import { UsageError } from "../../errors.js";

const digestForms = "use none, 2h, daily=18:00, every=1h, or quiet=2m,max=15m";

/** `none`, `2h`, `hourly`, `every=1h`, `daily=18:00` or `quiet=2m,max=15m`. None stays a word: null is no value here. */
export function digest(text: string): Digest | "none" {
  if (text === "none") return "none";
  if (text === "hourly") return { every: "1h" };
  if (durationSchema.safeParse(text).success) return { every: text };
  const pairs = text.split(",").map((part) => part.trim().split("=", 2));
  const { quiet, max, every, daily, ...other } = Object.fromEntries(pairs) as Record<
    string,
    string | undefined
  >;
  const given = [quiet, max, every, daily].filter((value) => value !== undefined).length;
  const isKnown = Object.keys(other).length === 0 && given === pairs.length;
  if (isKnown && quiet && max && given === 2) return { quiet, max };
  if (isKnown && every && given === 1) return { every };
  if (isKnown && daily && given === 1) return { dailyAt: daily };
  throw new InvalidArgumentError(digestForms);
}

/** `21:00-08:00`. */
export function quietHours(text: string): { from: string; to: string } {
  const [, from, to] = /^\s*(\d?\d:\d\d)\s*[-–]\s*(\d?\d:\d\d)\s*$/.exec(text) ?? [];
  if (from === undefined || to === undefined) throw new InvalidArgumentError("use times such as 21:00-08:00");
  return { from: from.padStart(5, "0"), to: to.padStart(5, "0") };
}

export interface ChannelOptions {
  readonly webhook?: string;
  readonly slack?: string;
  readonly email?: readonly string[];
}

/** The one channel that was given; `-` stands for a Slack address that is still to be read. */
export function channelOf({ webhook, slack, email }: ChannelOptions): ChannelSettings | null {
  const given = [
    webhook !== undefined &&
      ({ type: "webhook", url: webhook, format: "standard", headers: {}, asymmetric: false } as const),
    slack !== undefined && ({ type: "slack", url: slack } as const),
    email !== undefined && ({ type: "email", to: addressesOf(email) } as const),
  ].filter((channel) => channel !== false);
  if (given.length > 1)
    throw new UsageError("a subscription has one channel: give --webhook, --slack or --email");
  return given[0] ?? null;
}

function addressesOf(given: readonly string[]): string[] {
  const addresses = given.flatMap((text) => text.split(",")).map((text) => text.trim());
  const wrong = addresses.find((text) => !text.includes("@"));
  if (wrong === undefined) return addresses;
  throw new UsageError(
    `--email: "${wrong}" is no address. Events come first, and what stands behind --email is taken for addresses`,
  );
}
