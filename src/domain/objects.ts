import { z } from "zod";

/**
 * The `data.object` of events, once for each kind of thing. Every key is always present and null when
 * unknown. Amounts are integers in the smallest unit of their currency.
 */
const text = z.string().nullable();
const count = z.number().nullable();
const id = text.describe("The upstream's own id; null where it gives none.");
const amount = z.number().int().nullable().describe("In the smallest currency unit: 5000 is 50.00.");
const currency = text.describe("ISO 4217 code, upper case.");
const time = text.describe("ISO 8601 in UTC where the upstream gives a zone, otherwise its own words.");

const mediaSchema = z
  .object({ id, kind: z.enum(["photo", "video"]).nullable(), name: text.describe("File name.") })
  .nullable();

export const favoriteSchema = z.object({
  id,
  media: mediaSchema,
  list: z.object({ id, name: text }).nullable().describe("The client's favourite list."),
  note: text,
  favoritedAt: time,
});

export const downloadSchema = z.object({
  id,
  kind: text.describe("photo, video, gallery or the upstream's own word."),
  media: mediaSchema,
  status: text.describe("completed, failed, or the upstream's own word in lower case."),
  count: count.describe("Files in the download."),
  format: text,
  bytes: count,
  downloadedAt: time,
});

export const sharingLinkSchema = z.object({
  id,
  url: text.describe("Without its query string, which may carry a signature."),
  media: mediaSchema,
  expiresAt: time,
  expired: z.boolean().nullable(),
  permissions: text,
  uses: count,
});

export const photoSchema = z.object({ id, media: mediaSchema, starredAt: time });

export const collectionSchema = z.object({
  id,
  name: text,
  photoCount: count,
  videoCount: count,
  eventDate: time,
  expiresAt: time,
  status: text,
});

export const invoiceSchema = z.object({
  id,
  number: text,
  status: text,
  amount,
  amountFormatted: text.describe("As Pixieset shows it."),
  currency,
  dueDate: time,
  createdAt: time,
});

export const paymentSchema = z.object({
  id,
  invoiceId: text,
  amount,
  currency,
  method: text,
  status: text,
  fee: amount,
  paidAt: time,
});

export const clientSchema = z.object({
  id,
  name: text,
  email: text,
  type: text.describe("client, lead or the upstream's own word."),
  status: text,
});

export const documentSchema = z.object({ id, name: text, status: text, createdAt: time });

export const quoteSchema = z.object({ id, name: text, status: text, amount, currency, createdAt: time });

export const sessionSchema = z.object({
  status: z.enum(["active", "expired", "challenged", "unverified"]),
  reason: text,
  user: z.object({ name: text, email: text }).nullable(),
  by: z
    .enum(["cookies", "credentials", "probe"])
    .nullable()
    .describe(
      "What restored it: cookies that were handed over, stored or new credentials, or a probe that found it good again.",
    ),
});

export const sourceSchema = z.object({
  source: z.string(),
  resource: z.string(),
  status: z.enum(["waiting", "active", "failing", "off"]),
  failures: z.number().int().describe("Failed polls in a row."),
  reason: text,
});

export const floodSchema = z.object({
  hold: z.string(),
  source: z.string(),
  resource: z.string(),
  count: z.number().int().describe("Events held back."),
  threshold: z.number().int(),
});

export const disabledSubscriptionSchema = z.object({
  subscription: z.string(),
  description: z.string(),
  channel: z.enum(["webhook", "slack", "email"]),
  reason: z.string(),
});

export const failingSubscriptionSchema = z.object({
  subscription: z.string(),
  description: z.string(),
  channel: z.enum(["webhook", "slack", "email"]),
  since: z.string().describe("When its failures began: nothing has arrived since."),
  attempts: z.number().int().describe("Attempts of the delivery that failed last."),
  error: text.describe("What the newest attempt ended with."),
  disablesAt: z.string().describe("When it is switched off, unless something arrives before."),
});

export const failedDeliverySchema = z.object({
  delivery: z.string(),
  subscription: z.string(),
  channel: z.enum(["webhook", "slack", "email"]),
  events: z.array(z.string()),
  attempts: z.number().int(),
  error: text,
});

export type FavoriteObject = z.output<typeof favoriteSchema>;
export type DownloadObject = z.output<typeof downloadSchema>;
export type SharingLinkObject = z.output<typeof sharingLinkSchema>;
export type PhotoObject = z.output<typeof photoSchema>;
export type CollectionObject = z.output<typeof collectionSchema>;
export type InvoiceObject = z.output<typeof invoiceSchema>;
export type PaymentObject = z.output<typeof paymentSchema>;
export type ClientObject = z.output<typeof clientSchema>;
export type DocumentObject = z.output<typeof documentSchema>;
export type QuoteObject = z.output<typeof quoteSchema>;
export type MediaObject = z.output<typeof mediaSchema>;
