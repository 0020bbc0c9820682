import type { InvoiceObject } from "../../domain/objects.js";
import { statusOf } from "../fields.js";
import { amountOf, currencyOf } from "../money.js";
import { clientOf } from "../people.js";
import { defineResource } from "./define.js";
import { statusWalk } from "./rules.js";

const spellings: Readonly<Record<string, string>> = {
  canceled: "cancelled",
  void: "cancelled",
  voided: "cancelled",
  paid_in_full: "paid",
  fully_paid: "paid",
  past_due: "overdue",
  partial: "partially_paid",
  partial_paid: "partially_paid",
  part_paid: "partially_paid",
  partially_payed: "partially_paid",
};

export const invoices = defineResource<InvoiceObject>({
  name: "invoices",
  scope: "account",
  host: "studio",
  paths: [() => "/invoices/"],
  query: { expand: "client", payment_type: "all", per_page: "100" },
  numbersFirstPage: true,
  list: { names: ["invoices"], stem: /invoice/, single: /^invoice(number|no)$|^duedate$/ },
  read: (row) => {
    const id = row.id("id", "uuid", "invoice_id");
    const number = row.text("invoice_number", "number", "invoice_no");
    if (id === null && number === null) return "An invoice has neither id nor number";
    const status = statusOf(row, "status", "status_name", "state", "payment_status");
    const currency = currencyOf(row);
    const created = row.time("created_at", "create_at", "issued_at", "invoice_date");
    return {
      id,
      fields: {
        id,
        number,
        status: status === null ? null : (spellings[status] ?? status),
        amount: amountOf(row, currency, "amount", "total_amount", "total", "grand_total"),
        amountFormatted: row.text("amount_formatted", "total_formatted", "formatted_amount"),
        currency,
        dueDate: row.time("due_date", "due_at", "due").text,
        createdAt: created.text,
      },
      client: clientOf(row),
      occurredAt: created.instant,
    };
  },
  natural: ({ fields }) => [fields.number],
  volatile: ["amountFormatted"],
  events: statusWalk("invoice", { first: "both", beginnings: ["draft"] }),
});
