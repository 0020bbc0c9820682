import {
  type ClientDraft,
  newDocument,
  newInvoice,
  newPayment,
  newStudioClient,
} from "../studio/build-business.js";
import type {
  DocumentKind,
  Invoice,
  InvoiceStatus,
  Payment,
  StudioClient,
  StudioDocument,
} from "../studio/model.js";
import { UnknownThingError, type World } from "../world.js";
import { chooseInvoice, chooseStudioClient, pickOne } from "./choose.js";

/** An invoice to make; what is left out is picked. */
export interface InvoiceWanted {
  /** Id or e-mail address. */
  readonly client?: string | undefined;
  /** In the smallest currency unit. */
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
  /** `sent` unless told. */
  readonly status?: InvoiceStatus | undefined;
}

/** A new invoice. */
export function addInvoice(world: World, wanted: InvoiceWanted = {}): Invoice {
  const client = chooseStudioClient(world, wanted.client);
  const draft = { client, at: world.now(), amount: wanted.amount, currency: wanted.currency };
  const invoice = newInvoice(world.studio, world.random, draft);
  invoice.status = wanted.status ?? "sent";
  recordInvoice(world, "invoice.created", invoice);
  return { ...invoice };
}

/** Sets the status alone, without a payment: sent, overdue, cancelled … */
export function setInvoice(
  world: World,
  wanted: { readonly id?: string | undefined; readonly status: InvoiceStatus },
): Invoice {
  const invoice = chooseInvoice(world, wanted.id, ({ status }) => status !== wanted.status);
  invoice.status = wanted.status;
  recordInvoice(world, `invoice.${wanted.status}`, invoice);
  return { ...invoice };
}

/** Pays the rest of an invoice, or a part of it. */
export function payInvoice(
  world: World,
  wanted: {
    readonly id?: string | undefined;
    readonly amount?: number | undefined;
    readonly method?: string | undefined;
  } = {},
): { readonly invoice: Invoice; readonly payment: Payment } {
  const open = ["sent", "overdue", "partially_paid"];
  const invoice = chooseInvoice(world, wanted.id, ({ status }) => open.includes(status));
  const paid = paidSoFar(world, invoice);
  const amount = wanted.amount ?? Math.max(0, invoice.amount - paid);
  const draft = { amount, at: world.now(), method: wanted.method };
  const payment = newPayment(world.studio, world.random, invoice, draft);
  invoice.status = paid + amount >= invoice.amount ? "paid" : "partially_paid";
  recordInvoice(world, `invoice.${invoice.status}`, invoice);
  world.record("payment.completed", null, { payment: payment.id, invoice: invoice.id, amount });
  return { invoice: { ...invoice }, payment: { ...payment } };
}

/** What completed payments brought in, in the smallest currency unit. */
export function paidSoFar(world: Pick<World, "studio">, invoice: Invoice): number {
  let sum = 0;
  for (const payment of world.studio.payments.values()) {
    if (payment.invoice === invoice.id && payment.status === "completed") sum += payment.amount;
  }
  return sum;
}

/** Moves a payment to another status: pending, failed, disputed, refunded … */
export function setPayment(
  world: World,
  wanted: { readonly id?: string | undefined; readonly status: string },
): Payment {
  const all = [...world.studio.payments.values()];
  const payment =
    wanted.id === undefined ? pickOne(world, all, "payment") : world.studio.payments.get(wanted.id);
  if (!payment) throw new UnknownThingError(`no payment ${JSON.stringify(wanted.id)} in this studio`);
  payment.status = wanted.status;
  const { id, invoice, amount } = payment;
  world.record(`payment.${wanted.status}`, null, { payment: id, invoice, amount });
  return { ...payment };
}

/** A new client or lead of the studio. */
export function addClient(world: World, wanted: ClientDraft = {}): StudioClient {
  const client = newStudioClient(world.studio, world.random, world.now(), wanted);
  world.record("client.created", null, { client: client.id, email: client.email });
  return { ...client };
}

/** A document to make or change. */
export interface DocumentWanted {
  readonly kind?: DocumentKind | undefined;
  readonly client?: string | undefined;
  readonly name?: string | undefined;
  /** With an id: the document that is changed. */
  readonly id?: string | undefined;
  readonly status?: string | undefined;
}

/** Makes a document, or with an `id` moves one to another status. */
export function putDocument(world: World, wanted: DocumentWanted = {}): StudioDocument {
  const kind = wanted.kind ?? "contracts";
  if (wanted.id === undefined) {
    const draft = { client: chooseStudioClient(world, wanted.client), at: world.now(), name: wanted.name };
    const document = newDocument(world.studio, world.random, kind, draft);
    if (wanted.status !== undefined) document.status = wanted.status;
    world.record(`${kind.slice(0, -1)}.created`, null, { document: document.id, status: document.status });
    return { ...document };
  }
  const document = world.studio.documents.get(wanted.id);
  if (!document) throw new UnknownThingError(`no document ${JSON.stringify(wanted.id)} in this studio`);
  if (wanted.status !== undefined) document.status = wanted.status;
  world.record(`${document.kind.slice(0, -1)}.updated`, null, {
    document: document.id,
    status: document.status,
  });
  return { ...document };
}

function recordInvoice(world: World, kind: string, invoice: Invoice): void {
  const { id, number, status, amount, currency } = invoice;
  world.record(kind, null, { invoice: id, number, status, amount, currency });
}
