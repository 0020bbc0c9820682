import { clientSchema, documentSchema, invoiceSchema, paymentSchema, quoteSchema } from "../objects.js";
import { describeEvents } from "./entry.js";

const person = { id: "cl_ABC123DEF456GHI789JKL012MNO345", name: "Jane Doe", email: "jane@example.com" };
const shared = { client: person, collection: null, occurredAt: "2026-11-20T10:14:31.000Z" };
const createdAt = "2026-11-20T10:14:31.000Z";
const sent = { status: "sent" };

/** What happens in the studio: money, people and papers. */
export const studioEvents = [
  ...describeEvents({
    ...shared,
    object: "invoice",
    resource: "invoices",
    schema: invoiceSchema,
    sample: {
      id: "in_INV001ABC123DEF456GHI789JKL012",
      number: "INV-001",
      status: "sent",
      amount: 50_000,
      amountFormatted: "£500.00",
      currency: "GBP",
      dueDate: "2026-12-04",
      createdAt,
    },
    verbs: {
      created: ["An invoice appeared.", { status: "draft" }],
      sent: ["An invoice was sent.", {}, { status: "draft" }],
      paid: ["An invoice was paid in full.", { status: "paid" }, sent],
      partially_paid: ["A part of an invoice was paid.", { status: "partially_paid" }, sent],
      overdue: ["An invoice is overdue.", { status: "overdue" }, sent],
      cancelled: ["An invoice was cancelled.", { status: "cancelled" }, sent],
      updated: ["An invoice changed in another way.", {}, { dueDate: "2026-11-27" }],
      removed: ["An invoice was deleted."],
    },
  }),
  ...describeEvents({
    ...shared,
    object: "payment",
    resource: "payments",
    schema: paymentSchema,
    sample: {
      id: "ip_PAY001ABC123DEF456GHI789JKL012",
      invoiceId: "in_INV001ABC123DEF456GHI789JKL012",
      amount: 25_000,
      currency: "GBP",
      method: "card",
      status: "completed",
      fee: 725,
      paidAt: createdAt,
    },
    verbs: {
      created: ["A payment appeared with a status that pixiehook does not know.", { status: "authorized" }],
      completed: ["A payment came in."],
      pending: ["A payment is on its way.", { status: "pending" }],
      failed: ["A payment failed.", { status: "failed" }, { status: "pending" }],
      disputed: ["A payment is disputed.", { status: "disputed" }, { status: "completed" }],
      refunded: [
        "A payment was refunded, in full or in part: see `status`.",
        { status: "refunded" },
        { status: "completed" },
      ],
      updated: ["A payment changed in another way.", {}, { fee: null }],
    },
  }),
  ...describeEvents({
    ...shared,
    object: "client",
    resource: "clients",
    schema: clientSchema,
    sample: { ...person, type: "client", status: "Active" },
    verbs: {
      created: ["A client or lead appeared."],
      updated: ["A client or lead changed.", {}, { type: "lead" }],
      removed: ["A client or lead was deleted."],
    },
  }),
  ...describeEvents({
    ...shared,
    object: "contract",
    resource: "contracts",
    schema: documentSchema,
    sample: { id: "co_CON001ABC123DEF456GHI789JKL012", name: "Wedding contract", status: "sent", createdAt },
    verbs: {
      created: ["A contract appeared.", { status: "draft" }],
      updated: ["A contract changed in another way.", {}, { name: "Contract" }],
      sent: ["A contract was sent.", {}, { status: "draft" }],
      viewed: ["A contract was opened by the client.", { status: "viewed" }, sent],
      signed: ["A contract was signed.", { status: "signed" }, sent],
      completed: ["A contract was signed by everyone.", { status: "completed" }, { status: "signed" }],
      declined: ["A contract was declined.", { status: "declined" }, sent],
      expired: ["A contract ran out.", { status: "expired" }, sent],
      cancelled: ["A contract was cancelled.", { status: "cancelled" }, sent],
    },
  }),
  ...describeEvents({
    ...shared,
    object: "questionnaire",
    resource: "questionnaires",
    schema: documentSchema,
    sample: { id: "qu_QUE001ABC123DEF456GHI789JKL012", name: "About your day", status: "sent", createdAt },
    verbs: {
      created: ["A questionnaire appeared.", { status: "draft" }],
      updated: ["A questionnaire changed in another way.", {}, { name: "Questions" }],
      sent: ["A questionnaire was sent.", {}, { status: "draft" }],
      viewed: ["A questionnaire was opened by the client.", { status: "viewed" }, sent],
      submitted: ["A questionnaire was sent in.", { status: "submitted" }, sent],
      completed: ["A questionnaire was completed.", { status: "completed" }, sent],
      expired: ["A questionnaire ran out.", { status: "expired" }, sent],
      cancelled: ["A questionnaire was cancelled.", { status: "cancelled" }, sent],
    },
  }),
  ...describeEvents({
    ...shared,
    object: "quote",
    resource: "quotes",
    schema: quoteSchema,
    sample: {
      id: "qo_QUO001ABC123DEF456GHI789JKL012",
      name: "Wedding, full day",
      status: "sent",
      amount: 180_000,
      currency: "GBP",
      createdAt,
    },
    verbs: {
      created: ["A quote appeared.", { status: "draft" }],
      updated: ["A quote changed in another way.", {}, { amount: 170_000 }],
      sent: ["A quote was sent.", {}, { status: "draft" }],
      viewed: ["A quote was opened by the client.", { status: "viewed" }, sent],
      accepted: ["A quote was accepted.", { status: "accepted" }, sent],
      declined: ["A quote was declined.", { status: "declined" }, sent],
      expired: ["A quote ran out.", { status: "expired" }, sent],
      cancelled: ["A quote was cancelled.", { status: "cancelled" }, sent],
    },
  }),
];
