import { z } from "zod";
import { type Reader, readers } from "./companion.js";
import { resourceNames } from "./record.js";

export const sessionStatuses = ["active", "expired", "challenged", "unverified"] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

/** What is known of the account's session. The cookies themselves are never part of it. */
export interface SessionState {
  readonly status: SessionStatus;
  readonly checkedAt: string | null;
  readonly user: { readonly name: string | null; readonly email: string | null } | null;
  /** Why the session is not active, as a sentence; null when it is. */
  readonly reason: string | null;
  /** One more each time a session is stored or lost: part of the id of session events. */
  readonly epoch: number;
  /** Who renews it when it ends: pixiehook with stored credentials, or a person with new cookies. */
  readonly renewal: SessionRenewal;
}

export const sessionRenewals = ["credentials", "cookies"] as const;
export type SessionRenewal = (typeof sessionRenewals)[number];

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const intervalsFit = (polling: { minIntervalSeconds: number; maxIntervalMinutes: number }) =>
  polling.minIntervalSeconds <= polling.maxIntervalMinutes * 60;
const intervalsMisfit = "minIntervalSeconds must not be longer than maxIntervalMinutes";

/** Requests a minute that can be set. */
export const leastBudget = 0.1;
export const mostBudget = 6_000;

const pollingSchema = z
  .strictObject({
    requestsPerMinute: z.number().min(leastBudget).max(mostBudget).default(30),
    minIntervalSeconds: z.number().min(0.05).max(86_400).default(60),
    maxIntervalMinutes: z.number().min(0.05).max(43_200).default(720),
  })
  .refine((polling) => intervalsFit(polling), intervalsMisfit);

const settings = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .meta({ description: "What people call it.", example: "Smith Studio" }),
  resources: z.array(z.enum(resourceNames)).max(resourceNames.length).nullable().meta({
    description:
      "Always poll these lists. Null: the list of collections, and whatever some subscription wants.",
  }),
  collections: z
    .union([z.literal("all"), z.array(z.string().min(1).max(64)).max(10_000)], {
      error: 'must be "all" or a list of collection ids',
    })
    .meta({ description: "Whose lists are polled: of all collections, or of those with these ids." }),
  timezone: z
    .string()
    .refine(isTimezone, "must be an IANA time zone such as Europe/London")
    .meta({ description: "For times of day in digests and quiet hours.", example: "Europe/London" }),
  backfill: z
    .boolean()
    .meta({ description: "Whether to state what is there already as events, when watching begins." }),
  floodThreshold: z.number().int().min(1).max(1_000_000).meta({
    description: "More events than this out of one poll are held back until somebody releases them.",
  }),
};

const readBy = z.enum(readers).meta({
  description:
    "Who asks Pixieset for the lists: the `server` with the session that it has, or the `browser` in which a paired " +
    "companion runs, with its own. While that browser is closed nothing is read.",
});

/** What a session may be given as. */
export const sessionForms = 'must be {"cookies": "…"} or {"email": "…", "password": "…"}';

/** The session part of a request: cookies in any of four formats, or credentials for the opt-in form login. */
export const sessionInputSchema = z.union(
  [
    z.strictObject({
      cookies: z.string().min(1).max(262_144).meta({
        description:
          "A Cookie header, a Netscape `cookies.txt`, a browser's JSON export, or a pasted “Copy as cURL”.",
      }),
    }),
    z.strictObject({ email: z.email(), password: z.string().min(1).max(1_024) }),
  ],
  { error: sessionForms },
);
export type SessionInput = z.output<typeof sessionInputSchema>;

/** What the form login takes. Kept sealed, for accounts that opted in to renewal by it. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export const accountInputSchema = z.strictObject({
  name: settings.name,
  session: sessionInputSchema.optional(),
  resources: settings.resources.default(null),
  collections: settings.collections.default("all"),
  polling: pollingSchema.default({ requestsPerMinute: 30, minIntervalSeconds: 60, maxIntervalMinutes: 720 }),
  timezone: settings.timezone.default("UTC"),
  backfill: settings.backfill.default(false),
  floodThreshold: settings.floodThreshold.default(200),
});
export type AccountInput = z.output<typeof accountInputSchema>;

export const accountPatchSchema = z
  .strictObject({
    name: settings.name,
    resources: settings.resources,
    collections: settings.collections,
    polling: z
      .strictObject({
        requestsPerMinute: z.number().min(leastBudget).max(mostBudget),
        minIntervalSeconds: z.number().min(0.05).max(86_400),
        maxIntervalMinutes: z.number().min(0.05).max(43_200),
      })
      .partial()
      .refine(({ minIntervalSeconds: min, maxIntervalMinutes: max }) => {
        if (min === undefined || max === undefined) return true;
        return intervalsFit({ minIntervalSeconds: min, maxIntervalMinutes: max });
      }, intervalsMisfit),
    timezone: settings.timezone,
    floodThreshold: settings.floodThreshold,
    readBy,
    credentials: z
      .null()
      .meta({ description: "`null` forgets the stored credentials: cookies renew the session." }),
  })
  .partial();
export type AccountPatch = z.output<typeof accountPatchSchema>;

/** One Pixieset login that is watched. */
export interface Account extends Omit<AccountInput, "session"> {
  readonly id: string;
  readonly readBy: Reader;
  readonly createdAt: string;
  readonly session: SessionState;
}
