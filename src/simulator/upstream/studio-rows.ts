import { paidSoFar } from "../acts/business.js";
import type { Invoice, Payment, Studio, StudioClient, StudioDocument } from "../studio/model.js";
import type { Cell, Row } from "./cells.js";

const symbols: Record<string, string> = { GBP: "£", USD: "$", JPY: "¥" };

/** `£500.00`; yen have no smaller unit. */
function formatMoney(amount: number, currency: string): string {
  const symbol = symbols[currency] ?? `${currency} `;
  const digits = currency === "JPY" ? 0 : 2;
  const value = amount / 10 ** digits;
  return (
    symbol + value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
  );
}

/** A client or lead. */
export function studioClientRow(client: StudioClient): Row {
  return {
    id: client.id,
    email: client.email,
    status_name: client.statusName,
    first_name: client.first,
    last_name: client.last,
    type: client.type,
    created_at: new Date(client.createdAt),
  };
}

/** The client as an object where the request asks to expand it, otherwise its id. */
function clientCell(studio: Studio, id: string, expand: boolean): Cell {
  const client = studio.clients.get(id);
  if (!expand || !client) return id;
  return { id, first_name: client.first, last_name: client.last, email: client.email };
}

/** An invoice as it stands in the list. */
export function invoiceRow(studio: Studio, invoice: Invoice, expand: boolean): Row {
  const { id, number, amount, currency, status, dueDate, createdAt, client } = invoice;
  return {
    id,
    invoice_number: number,
    amount,
    amount_formatted: formatMoney(amount, currency),
    currency,
    status,
    due_date: dueDate,
    created_at: new Date(createdAt),
    client: clientCell(studio, client, expand),
  };
}

/** A payment as it stands in the list. */
export function paymentRow(studio: Studio, payment: Payment, expand: boolean): Row {
  const { id, invoice, amount, currency, at, method, status, fee, client } = payment;
  return {
    id,
    invoice_id: invoice,
    amount,
    currency,
    payment_date: new Date(at),
    payment_method: method,
    status,
    transaction_fee: fee,
    client: clientCell(studio, client, expand),
  };
}

/** An invoice with its lines and payments. */
export function invoiceDetail(studio: Studio, invoice: Invoice): Row {
  const payments = [...studio.payments.values()].filter((payment) => payment.invoice === invoice.id);
  return {
    ...invoiceRow(studio, invoice, true),
    line_items: invoice.lines.map(({ name, amount }) => ({ name, quantity: 1, amount })),
    payments: payments.map((payment) => paymentRow(studio, payment, false)),
  };
}

/** A contract, questionnaire, quote or session. */
export function documentRow(studio: Studio, document: StudioDocument): Row {
  const { id, name, status, client, createdAt } = document;
  return { id, name, status, client: clientCell(studio, client, true), created_at: new Date(createdAt) };
}

/** Totals by currency, in the smallest unit. */
export function invoiceSummary(studio: Studio): Row {
  const totals: Record<string, { invoiced: number; paid: number; outstanding: number }> = {};
  for (const invoice of studio.invoices.values()) {
    const total = totals[invoice.currency] ?? { invoiced: 0, paid: 0, outstanding: 0 };
    totals[invoice.currency] = total;
    const paid = paidSoFar({ studio }, invoice);
    total.invoiced += invoice.amount;
    total.paid += paid;
    total.outstanding += Math.max(0, invoice.amount - paid);
  }
  return totals;
}
