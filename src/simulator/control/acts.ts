import { z } from "zod";
import * as business from "../acts/business.js";
import * as collections from "../acts/collections.js";
import * as downloads from "../acts/downloads.js";
import * as favorites from "../acts/favorites.js";
import { documentKinds } from "../studio/model.js";
import type { World } from "../world.js";

const id = z.union([z.string(), z.number()]).optional();
const text = z.string().optional();
const count = z.int().min(1).max(10_000).optional();
const amount = z.int().min(0).optional();
const downloadStatus = z.enum(["processing", "completed", "failed"]).optional();
const invoiceStatus = z.enum(["draft", "sent", "partially_paid", "paid", "overdue", "cancelled"]);

/** One act that `POST /control/…` can do. */
export interface ControlAct {
  readonly path: string;
  readonly does: string;
  readonly schema: z.ZodObject;
  run(world: World, body: unknown): unknown;
}

function act<Schema extends z.ZodObject>(
  path: string,
  does: string,
  schema: Schema,
  run: (world: World, body: z.output<Schema>) => unknown,
): ControlAct {
  return { path, does, schema, run: (world, body) => run(world, schema.parse(body)) };
}

/** Every act on the studio. Whatever a body leaves out is picked by the seed. */
export const controlActs: readonly ControlAct[] = [
  act(
    "/favorites",
    "a client favourites photos",
    z.strictObject({ collection: id, client: id, list: id, photo: id, note: text, count }),
    favorites.addFavorites,
  ),
  act(
    "/favorites/remove",
    "a client takes favourites back",
    z.strictObject({ collection: id, id, client: id, photo: id, count }),
    favorites.removeFavorites,
  ),
  act(
    "/favorites/change",
    "a note changes, or with `name` a list is renamed",
    z.strictObject({ collection: id, id, note: text, list: id, name: text }),
    favorites.changeFavorites,
  ),
  act(
    "/downloads",
    "a client downloads; `kind` photo, video or gallery (as ZIP `parts`); `client` null for anonymous",
    z.strictObject({
      collection: id,
      client: z.union([z.string(), z.number(), z.null()]).optional(),
      kind: z.enum(["photo", "video", "gallery"]).optional(),
      photo: id,
      count,
      parts: z.int().min(1).max(50).optional(),
      status: downloadStatus,
    }),
    downloads.addDownloads,
  ),
  act(
    "/downloads/finish",
    "a download that is processing ends",
    z.strictObject({ id, status: z.enum(["completed", "failed"]).optional() }),
    downloads.finishDownload,
  ),
  act(
    "/invoices",
    "a new invoice; `amount` in the smallest currency unit",
    z.strictObject({ client: text, amount, currency: text, status: invoiceStatus.optional() }),
    business.addInvoice,
  ),
  act(
    "/invoices/pay",
    "an invoice is paid, in part with `amount`",
    z.strictObject({ id: text, amount, method: text }),
    business.payInvoice,
  ),
  act(
    "/invoices/status",
    "an invoice changes status without a payment",
    z.strictObject({ id: text, status: invoiceStatus }),
    business.setInvoice,
  ),
  act(
    "/payments/status",
    "a payment changes status",
    z.strictObject({ id: text, status: z.string() }),
    business.setPayment,
  ),
  act(
    "/clients",
    "a new client or lead of the studio",
    z.strictObject({ email: text, first: text, last: text, type: z.enum(["client", "lead"]).optional() }),
    business.addClient,
  ),
  act(
    "/documents",
    "a new contract, questionnaire, quote or session; with `id` a new status",
    z.strictObject({
      kind: z.enum(documentKinds).optional(),
      client: text,
      name: text,
      id: text,
      status: text,
    }),
    business.putDocument,
  ),
  act(
    "/collections",
    "a new collection",
    z.strictObject({ name: text, photos: count }),
    collections.addCollection,
  ),
  act(
    "/collections/change",
    "a collection is renamed or gets more photos",
    z.strictObject({ id, name: text, photos: count }),
    collections.changeCollection,
  ),
  act("/collections/remove", "a collection goes", z.strictObject({ id }), collections.removeCollection),
  act(
    "/links",
    "a new sharing link; with `id` a changed, expired or removed one",
    z.strictObject({
      collection: id,
      id,
      permissions: z.enum(["view", "download"]).optional(),
      expired: z.boolean().optional(),
      removed: z.boolean().optional(),
    }),
    collections.putLink,
  ),
  act(
    "/stars",
    "the owner stars or unstars a photo",
    z.strictObject({ collection: id, photo: id }),
    collections.toggleStar,
  ),
];
