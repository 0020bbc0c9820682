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
const status = text.describe("Pixieset's word, in lower case.");
const time = text.describe("ISO 8601 in UTC where the upstream gives a zone, otherwise its own words.");

const mediaSchema = z
  .object({
    id,
    kind: z.enum(["photo", "video"]).nullable().describe("What it is."),
    name: text.describe("File name."),
  })
  .nullable()
  .describe("The photo or video.");

export const favoriteSchema = z.object({
  id,
  media: mediaSchema,
  list: z
    .object({ id, name: text.describe("As the client named it.") })
    .nullable()
    .describe("The client's favorite list."),
  note: text.describe("What the client wrote beside it."),
  favoritedAt: time,
});

export const downloadSchema = z.object({
  id,
  kind: text.describe("photo, video, gallery or the upstream's own word."),
  media: mediaSchema,
  status: text.describe("completed, failed, or the upstream's own word in lower case."),
  count: count.describe("Files in the download."),
  format: text.describe("The size or quality that was chosen, as Pixieset words it."),
  bytes: count.describe("Size of the download."),
  downloadedAt: time,
});

export const sharingLinkSchema = z.object({
  id,
  url: text.describe("Without its query string, which may carry a signature."),
  media: mediaSchema,
  expiresAt: time,
  expired: z.boolean().nullable().describe("Whether it has run out."),
  permissions: text.describe("What it allows, in Pixieset's word."),
  uses: count.describe("How often it was used."),
});

export const photoSchema = z.object({ id, media: mediaSchema, starredAt: time });

export const collectionSchema = z.object({
  id,
  name: text.describe("As the studio named it."),
  photoCount: count.describe("Photos in it."),
  videoCount: count.describe("Videos in it."),
  eventDate: time.describe("The day of the wedding or shoot, as Pixieset writes it."),
  expiresAt: time,
  status: text.describe("published, unpublished, or Pixieset's own word."),
});

export const invoiceSchema = z.object({
  id,
  number: text.describe("As it stands on the invoice."),
  status,
  amount,
  amountFormatted: text.describe("As Pixieset shows it."),
  currency,
  dueDate: time,
  createdAt: time,
});

export const paymentSchema = z.object({
  id,
  invoiceId: text.describe("The invoice that it pays."),
  amount,
  currency,
  method: text.describe("How it was paid, in Pixieset's word."),
  status,
  fee: amount.describe("What the payment provider kept, in the smallest currency unit."),
  paidAt: time,
});

export const clientSchema = z.object({
  id,
  name: text.describe("Their name."),
  email: text.describe("Their e-mail address."),
  type: text.describe("client, lead or the upstream's own word."),
  status,
});

const title = text.describe("Its title.");

export const documentSchema = z.object({ id, name: title, status, createdAt: time });

export const quoteSchema = z.object({ id, name: title, status, amount, currency, createdAt: time });

const reason = text.describe("Why it is not as it should be; null when it is.");
const source = z.string().describe("The list's id (`src_…`).");
const resource = z.string().describe("The kind of list.");
const subscription = z.string().describe("Its id (`sub_…`).");
const description = z.string().describe("What you called it.");
const channel = z.enum(["webhook", "slack", "email"]).describe("How it delivers.");

export const sessionSchema = z.object({
  status: z.enum(["active", "expired", "challenged", "unverified"]).describe("How the session is now."),
  reason,
  user: z
    .object({ name: text.describe("Their name."), email: text.describe("Their e-mail address.") })
    .nullable()
    .describe("Whose session it is; null when Pixieset did not say."),
  by: z
    .enum(["cookies", "credentials", "companion", "probe"])
    .nullable()
    .describe(
      "What restored it: cookies that were handed over, stored or new credentials, the companion in a browser, or a probe that found it good again.",
    ),
});

export const sourceSchema = z.object({
  source,
  resource,
  status: z.enum(["waiting", "active", "failing", "off"]).describe("How the list is now."),
  failures: z.number().int().describe("Failed polls in a row."),
  reason,
});

export const floodSchema = z.object({
  hold: z.string().describe("What to release or discard: `POST /v1/accounts/{id}/holds/{hold}/release`."),
  source,
  resource,
  count: z.number().int().describe("Events held back."),
  threshold: z.number().int().describe("The account's `floodThreshold`."),
});

export const disabledSubscriptionSchema = z.object({
  subscription,
  description,
  channel,
  reason: z.string().describe("Why it was switched off."),
});

export const failingSubscriptionSchema = z.object({
  subscription,
  description,
  channel,
  since: z.string().describe("When its failures began: nothing has arrived since."),
  attempts: z.number().int().describe("Attempts of the delivery that failed last."),
  error: text.describe("What the newest attempt ended with."),
  disablesAt: z.string().describe("When it is switched off, unless something arrives before."),
});

export const failedDeliverySchema = z.object({
  delivery: z.string().describe("Its id (`dlv_…`)."),
  subscription,
  channel,
  events: z.array(z.string()).describe("Ids of the events in it."),
  attempts: z.number().int().describe("How often it was tried."),
  error: text.describe("What the last attempt ended with."),
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
