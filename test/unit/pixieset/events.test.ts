import { describe, expect, it } from "vitest";
import { findEventType } from "../../../src/domain/catalog.js";
import { isJsonObject, type JsonObject } from "../../../src/domain/json.js";
import { type ResourceName, resourceNames } from "../../../src/domain/record.js";
import type { Change } from "../../../src/domain/upstream.js";
import { findResource } from "../../../src/pixieset/resources/index.js";
import { readOnce, scanOf } from "./upstream-server.js";

function told(
  resource: ResourceName,
  kind: Change["kind"],
  fields: JsonObject = {},
  previous: JsonObject | null = null,
) {
  const record = { key: "1", fields, client: null, occurredAt: null };
  return findResource(resource).events({ kind, key: "1", record, previous, revision: 1 });
}
const status = (word: string) => ({ status: word });

describe("what a change is called", () => {
  it.each<[ResourceName, Change["kind"], JsonObject, JsonObject | null, string[]]>([
    ["favorites", "created", {}, null, ["favorite.added"]],
    ["favorites", "restored", {}, null, ["favorite.added"]],
    ["favorites", "updated", {}, { note: null }, ["favorite.updated"]],
    ["favorites", "removed", {}, null, ["favorite.removed"]],
    ["downloads", "created", status("pending"), null, ["download.created"]],
    ["downloads", "created", status("completed"), null, ["download.created", "download.completed"]],
    ["downloads", "updated", status("failed"), status("pending"), ["download.failed"]],
    ["downloads", "updated", { ...status("completed"), count: 2 }, { count: 1 }, []],
    ["downloads", "removed", status("completed"), null, []],
    ["downloads", "restored", status("completed"), null, []],
    ["photo_downloads", "created", status("completed"), null, ["photo_download.created"]],
    [
      "video_downloads",
      "created",
      status("failed"),
      null,
      ["video_download.created", "video_download.failed"],
    ],
    ["sharing_links", "created", { expired: true }, null, ["sharing_link.created"]],
    ["sharing_links", "updated", { expired: true }, { expired: false }, ["sharing_link.expired"]],
    ["sharing_links", "updated", {}, { permissions: "view" }, ["sharing_link.updated"]],
    ["starred_photos", "created", {}, null, ["photo.starred"]],
    ["starred_photos", "removed", {}, null, ["photo.unstarred"]],
    ["starred_photos", "updated", {}, {}, []],
    ["collections", "restored", {}, null, ["collection.created"]],
    ["clients", "updated", {}, {}, ["client.updated"]],
    ["invoices", "created", status("draft"), null, ["invoice.created"]],
    ["invoices", "created", status("paid"), null, ["invoice.created", "invoice.paid"]],
    ["invoices", "created", status("unpaid"), null, ["invoice.created"]],
    ["invoices", "updated", status("partially_paid"), status("sent"), ["invoice.partially_paid"]],
    ["invoices", "updated", status("unpaid"), status("sent"), ["invoice.updated"]],
    ["invoices", "updated", status("paid"), { dueDate: null }, ["invoice.updated"]],
    ["invoices", "updated", status("removed"), status("sent"), ["invoice.updated"]],
    ["invoices", "removed", status("paid"), null, ["invoice.removed"]],
    // A status that was not told before is the upstream telling more.
    ["invoices", "updated", status("paid"), { status: null }, ["invoice.updated"]],
    ["payments", "updated", status("completed"), { status: null }, ["payment.updated"]],
    ["contracts", "updated", status("signed"), { status: null }, ["contract.updated"]],
    ["downloads", "updated", status("completed"), { status: null }, []],
    ["invoices", "restored", status("paid"), { status: null }, ["invoice.created"]],
    ["invoices", "restored", status("paid"), null, ["invoice.created"]],
    ["payments", "created", status("pending"), null, ["payment.pending"]],
    ["payments", "created", status("authorized"), null, ["payment.created"]],
    ["payments", "updated", status("partially_refunded"), status("completed"), ["payment.refunded"]],
    ["payments", "updated", status("completed"), { fee: 1 }, ["payment.updated"]],
    ["payments", "removed", status("completed"), null, []],
    ["contracts", "created", status("draft"), null, ["contract.created"]],
    ["contracts", "updated", status("signed"), status("sent"), ["contract.signed"]],
    ["questionnaires", "updated", status("answered_by_fax"), status("sent"), ["questionnaire.updated"]],
    ["quotes", "created", status("accepted"), null, ["quote.created", "quote.accepted"]],
  ])("%s %s %j, before %j", (resource, kind, fields, previous, types) => {
    expect(told(resource, kind, fields, previous)).toEqual(types);
  });

  it("is always in the catalogue", () => {
    for (const name of resourceNames) {
      for (const kind of ["created", "updated", "removed", "restored"] as const) {
        for (const word of ["completed", "paid", "created", "nonsense", "refunded"]) {
          for (const type of told(name, kind, status(word), status("x")))
            expect(findEventType(type)?.type).toBe(type);
        }
      }
    }
  });
});

describe("every record", () => {
  const row = {
    id: 7,
    name: "N",
    photo_id: 3,
    email: "j@x.co",
    status: "Sent",
    amount: "500.00",
    currency: "usd",
    invoice_number: "INV-1",
    created_at: "2026-01-01T00:00:00Z",
  };
  it.each(resourceNames)("of %s has exactly the keys of its event's object", async (name) => {
    const { records } = scanOf(await readOnce(name, { body: { data: [row], meta: { last_page: 1 } } }));
    const schema = findEventType(told(name, "created", status("completed"))[0] ?? "")?.schema.properties;
    expect(isJsonObject(schema) && Object.keys(schema).sort()).toEqual(
      Object.keys(records[0]?.fields ?? {}).sort(),
    );
  });

  it.each(["succeeded", "paid", "complete", "completed"])(
    "of a payment that the upstream calls %j is completed, so that another word for it is no change",
    async (status) => {
      const body = { data: [{ id: "ip_1", amount: 100, currency: "GBP", status }], meta: { last_page: 1 } };
      expect(scanOf(await readOnce("payments", { body })).records[0]?.fields.status).toBe("completed");
    },
  );

  it.each([
    [50_000, "GBP", 50_000],
    ["50000", "GBP", 50_000],
    ["500.00", "gbp", 50_000],
    [500.5, "GBP", 50_050],
    ["1,500.00", "USD", 150_000],
    ["500.0", "JPY", 500],
    ["500.00", "HUF", 50_000],
    ["500.00", "ISK", 500],
    ["£500", "GBP", 50_000],
    ["£1,250", "GBP", 125_000],
    ["-£1,250.5", "GBP", -125_050],
    ["USD 1,250.50", "USD", 125_050],
    ["1.234,56 €", "EUR", 123_456],
    ["1.234 €", "EUR", 123_400],
    ["CHF 1'250.00", "CHF", 125_000],
    ["¥1,250", "JPY", 1_250],
    ["1.250 KWD", "KWD", 1_250],
    ["£500.00 of £1,000.00", "GBP", null],
    ["free", "GBP", null],
    [null, "GBP", null],
  ])("of an invoice over %j %s holds %j of the smallest unit", async (amount, currency, minor) => {
    const { records } = scanOf(
      await readOnce("invoices", { body: { data: [{ id: 1, amount, currency }], meta: { last_page: 1 } } }),
    );
    expect(records[0]?.fields.amount).toBe(minor);
  });

  it.each([
    [500, "£500.00", "GBP", 50_000],
    [500, "500,00 €", "EUR", 50_000],
    [50_000, "£500.00", "GBP", 50_000],
    [50_000, "£500", "GBP", 50_000],
    [500, "¥500", "JPY", 500],
    [500, "about £500 or £600", "GBP", 500],
  ])("of an invoice over %j, shown as %j, holds %j %j", async (amount, amount_formatted, currency, minor) => {
    const row = { id: 1, amount, amount_formatted, currency };
    const { records } = scanOf(await readOnce("invoices", { body: { data: [row], meta: { last_page: 1 } } }));
    expect(records[0]?.fields.amount).toBe(minor);
  });

  it.each([
    ["Partially Paid", "partially_paid"],
    ["partiallyPaid", "partially_paid"],
    ["PARTIALLY_PAID", "partially_paid"],
    ["Paid in full", "paid"],
    ["canceled", "cancelled"],
    ["Cancelled", "cancelled"],
    ["void", "cancelled"],
    ["Voided", "cancelled"],
    ["UNPAID", "unpaid"],
  ])("of an invoice called %j is %j", async (word, expected) => {
    const { records } = scanOf(
      await readOnce("invoices", { body: { data: [{ id: 1, status: word }], meta: { last_page: 1 } } }),
    );
    expect(records[0]?.fields.status).toBe(expected);
  });
});
