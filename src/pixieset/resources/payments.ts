import type { PaymentObject } from "../../domain/objects.js";
import { statusOf } from "../fields.js";
import { amountOf, currencyOf } from "../money.js";
import { clientKey, clientOf } from "../people.js";
import { defineResource } from "./define.js";
import { statusWalk } from "./rules.js";

/** Payments over all invoices. Only these, and invoices, tell that money came. */
const spellings: Readonly<Record<string, string>> = {
  succeeded: "completed",
  paid: "completed",
  complete: "completed",
};

export const payments = defineResource<PaymentObject>({
  name: "payments",
  scope: "account",
  host: "studio",
  paths: [() => "/invoices/payments/list/"],
  query: { expand: "client", page_size: "100" },
  numbersFirstPage: true,
  list: {
    names: ["payments", "invoice_payments"],
    stem: /payment|transaction/,
    single: /^invoiceid$|^paymentmethod$/,
  },
  read: (row) => {
    const id = row.id("id", "uuid", "payment_id", "transaction_id");
    const currency = currencyOf(row);
    const client = clientOf(row);
    const status = statusOf(row, "status", "status_name", "state", "payment_status");
    const invoiceId = row.id("invoice_id") ?? row.object("invoice")?.id("id") ?? row.id("invoice");
    const amount = amountOf(row, currency, "amount", "total");
    const paid = row.time("payment_date", "paid_at", "date", "created_at", "create_at");
    return {
      id,
      fields: {
        id,
        invoiceId,
        amount,
        currency,
        method:
          row.text("payment_method", "method", "payment_type") ??
          row.object("payment_method")?.text("name", "type") ??
          null,
        status: status === null ? null : (spellings[status] ?? status),
        fee: amountOf(row, currency, "transaction_fee", "fee", "processing_fee"),
        paidAt: paid.text,
      },
      client,
      occurredAt: paid.instant,
    };
  },
  natural: ({ fields: { invoiceId, paidAt, amount }, client }) => [
    invoiceId,
    clientKey(client),
    paidAt,
    amount === null ? null : String(amount),
  ],
  events: statusWalk("payment", {
    first: "status",
    alias: { partially_refunded: "refunded" },
  }),
});
