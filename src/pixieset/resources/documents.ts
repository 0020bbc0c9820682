import type { DocumentObject, QuoteObject } from "../../domain/objects.js";
import { type Row, statusOf } from "../fields.js";
import { amountOf, currencyOf } from "../money.js";
import { clientOf } from "../people.js";
import { defineResource, type Reading } from "./define.js";
import { statusWalk } from "./rules.js";

const common = {
  scope: "account",
  host: "studio",
  numbersFirstPage: true,
  query: { per_page: "100" },
} as const;
const about = ({ fields }: { readonly fields: Pick<DocumentObject, "name" | "createdAt"> }) => [
  fields.name,
  fields.createdAt,
];
const spellings: Readonly<Record<string, string>> = {
  canceled: "cancelled",
  complete: "completed",
  approved: "accepted",
};

function readDocument(row: Row): Reading<DocumentObject> | string {
  const id = row.id("id", "uuid");
  const name = row.text("name", "title", "subject", "number");
  if (id === null && name === null) return "A document has neither id nor name";
  const status = statusOf(row, "status", "status_name", "state");
  const created = row.time("created_at", "create_at");
  return {
    id,
    fields: {
      id,
      name,
      status: status === null ? null : (spellings[status] ?? status),
      createdAt: created.text,
    },
    client: clientOf(row),
    occurredAt: created.instant,
  };
}

export const contracts = defineResource<DocumentObject>({
  ...common,
  name: "contracts",
  paths: [() => "/contracts/"],
  list: { names: ["contracts"], stem: /contract|document/ },
  read: readDocument,
  natural: about,
  events: statusWalk("contract", { first: "both", beginnings: ["draft"] }),
});

export const questionnaires = defineResource<DocumentObject>({
  ...common,
  name: "questionnaires",
  paths: [() => "/questionnaires/"],
  list: { names: ["questionnaires"], stem: /questionnaire|document/ },
  read: readDocument,
  natural: about,
  events: statusWalk("questionnaire", { first: "both", beginnings: ["draft"] }),
});

export const quotes = defineResource<QuoteObject>({
  ...common,
  name: "quotes",
  paths: [() => "/quotes/"],
  list: { names: ["quotes", "proposals"], stem: /quote|proposal|document/ },
  read: (row) => {
    const read = readDocument(row);
    if (typeof read === "string") return read;
    const currency = currencyOf(row);
    const amount = amountOf(row, currency, "amount", "total_amount", "total");
    const { createdAt, ...rest } = read.fields;
    return { ...read, fields: { ...rest, amount, currency, createdAt } };
  },
  natural: about,
  events: statusWalk("quote", { first: "both", beginnings: ["draft"] }),
});
