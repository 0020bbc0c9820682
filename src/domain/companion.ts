import { z } from "zod";

/** Who asks Pixieset for an account's lists: this server with the stored session, or the user's browser with its own. */
export const readers = ["server", "browser"] as const;
export type Reader = (typeof readers)[number];

/** Tells scanners for leaked secrets, and people, what it is. */
export const companionTokenPrefix = "pxc_";

/** The token of a companion: it names its account, so that a lookup needs no index. `secret`: 32 random bytes, base64url. */
export function companionToken(account: string, secret: string): string {
  return `${companionTokenPrefix}${account.replace(/^acc_/, "")}_${secret}`;
}

/** The account that a token says it is for; null when it is no token of a companion. */
export function accountOfCompanion(token: string): string | null {
  const named = /^pxc_([0-9a-z]{16})_[\w-]{43}$/.exec(token)?.[1];
  return named === undefined ? null : `acc_${named}`;
}

/** How long (ms) a pairing code is good. */
export const pairingMs = 10 * 60_000;

/** So long (ms) after it was last heard of a companion counts as connected: twice the time between two questions. */
const heardOfMs = 150_000;

/** So long (ms) after it last asked for an errand a browser counts as there; more than the longest wait for one. */
export const attendingMs = 40_000;

/** A browser that is paired with one account, as it is shown: everything but the token. */
export interface Companion {
  readonly id: string;
  /** What it calls itself, such as "Chromium on Linux". */
  readonly browser: string;
  readonly createdAt: string;
  /** Up to half a minute. */
  readonly lastHeardAt: string;
}

/** Whether a companion was heard of lately. */
export function isConnected({ lastHeardAt }: Pick<Companion, "lastHeardAt">, now: number): boolean {
  return now - Date.parse(lastHeardAt) < heardOfMs;
}

// Crockford's base32, without the letters that are read as digits, and U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const codeLength = 12;

/** A pairing code of 60 bits, out of random bytes (at least 12): `7K2M-9QXD-4HTR`. */
export function pairingCode(bytes: Uint8Array): string {
  const letters = [...bytes.subarray(0, codeLength)].map((byte) => alphabet[byte & 31]).join("");
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}

/** The code that a person meant: small letters, hyphens left out, O for 0. Null when it cannot be one. */
export function readPairingCode(text: string): string | null {
  const letters = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const isCode = letters.length === codeLength && [...letters].every((letter) => alphabet.includes(letter));
  return isCode ? letters.replace(/(.{4})(?=.)/g, "$1-") : null;
}

const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    .regex(/^[^\x00-\x1f\x7f]*$/, "must be one line");

export const pairInputSchema = z.strictObject({
  code: z.string().max(100).meta({ description: "The pairing code.", example: "7K2M-9QXD-4HTR" }),
  browser: line(100).meta({ description: "What the companion calls itself.", example: "Chromium on Linux" }),
});

/** A cookie as browsers give it to extensions, without the time at which it ends: their clocks may be off. */
export const handedCookieSchema = z.strictObject({
  name: z.string().max(4_096),
  value: z.string().max(16_384),
  domain: z.string().min(1).max(255),
  hostOnly: z.boolean(),
  path: z.string().max(4_096),
  secure: z.boolean(),
  httpOnly: z.boolean(),
});
export type HandedCookie = z.output<typeof handedCookieSchema>;

/** Cookies, or nothing while the browser reads: then pixiehook asks through it whether somebody is signed in. */
export const handOverSchema = z.strictObject({ cookies: z.array(handedCookieSchema).max(500).optional() });

/** A page that the browser is asked to get. */
export interface Errand {
  readonly id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly withinMs: number;
  readonly maxBodyBytes: number;
}

export const errandFailures = ["unreachable", "too_slow", "too_large"] as const;

/** What came of an errand may be given as. */
export const errandAnswerForms = 'must be {"status", "headers", "body"} or {"failure"}';

/** What came of an errand: a whole answer, whatever its status, or why there is none. */
export const errandAnswerSchema = z.union(
  [
    z.strictObject({
      status: z.number().int().min(100).max(599),
      headers: z
        .record(z.string().max(200), z.string().max(16_384))
        .refine((headers) => Object.keys(headers).length <= 200, "at most 200 headers"),
      body: z.string(),
    }),
    z.strictObject({ failure: z.enum(errandFailures) }),
  ],
  { error: errandAnswerForms },
);
export type ErrandAnswer = z.output<typeof errandAnswerSchema>;

/** Replaced by the companion whenever somebody may have signed in or out. */
export const signInSchema = z.string().min(1).max(100);
