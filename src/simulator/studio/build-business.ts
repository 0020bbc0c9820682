import type { Random } from "../random.js";
import { day, isoDate } from "./dates.js";
import type { Studio, StudioClient, StudioDocument, StudioOptions } from "./model.js";
import { type DocumentKind, documentKinds, type Invoice, type InvoiceStatus, type Payment } from "./model.js";
import { drawPerson, lineItems } from "./names.js";

const statuses: readonly InvoiceStatus[] = [
  "draft",
  "sent",
  "sent",
  "paid",
  "paid",
  "overdue",
  "partially_paid",
];
const documentPrefix = { contracts: "co", questionnaires: "qu", quotes: "qo", sessions: "ses" };
const documentStatuses: Record<DocumentKind, readonly [string, ...string[]]> = {
  contracts: ["draft", "sent", "signed"],
  questionnaires: ["draft", "sent", "completed"],
  quotes: ["draft", "sent", "accepted"],
  sessions: ["pending", "confirmed", "completed"],
};

/** Gives the studio clients, leads, invoices with payments, and documents. */
export function buildBusiness(studio: Studio, random: Random, options: StudioOptions): void {
  const clients = Math.max(6, Math.ceil(options.invoices * 0.8));
  for (let made = 0; made < clients; made++) {
    newStudioClient(studio, random, options.now - random.int(1, 500) * day);
  }
  const people = [...studio.clients.values()];
  for (let made = 0; made < options.invoices; made++) {
    const createdAt = options.now - random.int(1, 200) * day;
    const invoice = newInvoice(studio, random, { client: random.pick(people), at: createdAt });
    invoice.status = random.pick(statuses);
    const share = invoice.status === "paid" ? 1 : invoice.status === "partially_paid" ? 0.5 : 0;
    if (share > 0) {
      const amount = Math.round(invoice.amount * share);
      newPayment(studio, random, invoice, { amount, at: createdAt + day / 2 });
    }
  }
  for (const kind of documentKinds) {
    for (let made = 0; made < 5; made++) {
      const draft = { client: random.pick(people), at: options.now - random.int(1, 90) * day };
      newDocument(studio, random, kind, draft).status = random.pick(documentStatuses[kind]);
    }
  }
}

export interface ClientDraft {
  readonly email?: string | undefined;
  readonly first?: string | undefined;
  readonly last?: string | undefined;
  readonly type?: "client" | "lead" | undefined;
}

export function newStudioClient(studio: Studio, random: Random, at: number, wanted: ClientDraft = {}) {
  const person = drawPerson(random);
  const type = wanted.type ?? (random.chance(0.25) ? "lead" : "client");
  const client: StudioClient = {
    id: `cl_${random.code(30)}`,
    email: wanted.email ?? (random.chance(0.05) ? null : person.email),
    first: wanted.first ?? person.first,
    last: wanted.last ?? (random.chance(0.1) ? null : person.last),
    type,
    statusName: type === "lead" ? "New" : "Active",
    createdAt: at,
  };
  studio.clients.set(client.id, client);
  return client;
}

export interface InvoiceDraft {
  readonly client: StudioClient;
  readonly at: number;
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
}

export function newInvoice(studio: Studio, random: Random, draft: InvoiceDraft): Invoice {
  const currency = draft.currency ?? random.pick(["GBP", "GBP", "USD", "JPY"]);
  const amount =
    draft.amount ?? (currency === "JPY" ? random.int(20, 600) * 1000 : random.int(50, 4500) * 100);
  const half = Math.floor(amount / 2);
  const invoice: Invoice = {
    id: `in_${random.code(30)}`,
    number: `INV-${String(studio.next.invoice++).padStart(4, "0")}`,
    client: draft.client.id,
    amount,
    currency,
    status: "draft",
    dueDate: isoDate(draft.at + 14 * day),
    createdAt: draft.at,
    lines: [
      { name: random.pick(lineItems), amount: half },
      { name: random.pick(lineItems), amount: amount - half },
    ],
  };
  studio.invoices.set(invoice.id, invoice);
  return invoice;
}

export interface PaymentDraft {
  readonly amount: number;
  readonly at: number;
  readonly method?: string | undefined;
  readonly status?: string | undefined;
}

export function newPayment(studio: Studio, random: Random, invoice: Invoice, draft: PaymentDraft): Payment {
  const payment: Payment = {
    id: `ip_${random.code(30)}`,
    invoice: invoice.id,
    client: invoice.client,
    amount: draft.amount,
    currency: invoice.currency,
    method: draft.method ?? random.pick(["stripe", "paypal", "offline"]),
    status: draft.status ?? "completed",
    fee: Math.round(draft.amount * 0.029),
    at: draft.at,
  };
  studio.payments.set(payment.id, payment);
  return payment;
}

export function newDocument(
  studio: Studio,
  random: Random,
  kind: DocumentKind,
  draft: { readonly client: StudioClient; readonly at: number; readonly name?: string | undefined },
): StudioDocument {
  const document: StudioDocument = {
    id: `${documentPrefix[kind]}_${random.code(30)}`,
    kind,
    name: draft.name ?? `${draft.client.first}'s ${kind.slice(0, -1)}`,
    client: draft.client.id,
    status: documentStatuses[kind][0],
    createdAt: draft.at,
  };
  studio.documents.set(document.id, document);
  return document;
}
