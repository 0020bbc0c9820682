import { Hono } from "hono";
import { documentKinds, type Invoice } from "../studio/model.js";
import type { World } from "../world.js";
import type { Row } from "./cells.js";
import { lazily, type Sliceable } from "./paging.js";
import { refuse } from "./refusals.js";
import * as rows from "./studio-rows.js";
import {
  answerList,
  dialectOf,
  perPage,
  type Upstream,
  type UpstreamContext,
  type UpstreamEnv,
} from "./upstream.js";

/** The studio host's API over a studio, without its base path. Its lists end in a slash. */
export function studioApi(upstream: Upstream, { studio }: World): Hono<UpstreamEnv> {
  const app = new Hono<UpstreamEnv>({ strict: true });

  const list = (context: UpstreamContext, read: () => Sliceable<Row>): Response =>
    answerList(context, perPage.studio, (paging, path) =>
      dialectOf(upstream).knownList(read(), paging, path),
    );
  const expands = (context: UpstreamContext): boolean =>
    ["client", "all"].includes(context.req.query("expand") ?? "");

  app.get("/invoices/", (context) =>
    list(context, () => {
      const wanted = context.req.query("payment_type") ?? "all";
      const currency = context.req.query("currency");
      const fitting = newestFirst([...studio.invoices.values()]).filter(
        (invoice) => isOfType(invoice, wanted) && (!currency || invoice.currency === currency),
      );
      return lazily(fitting, (invoice) => rows.invoiceRow(studio, invoice, expands(context)));
    }),
  );
  app.get("/invoices/invoice_summary", (context) =>
    context.json(dialectOf(upstream).object(rows.invoiceSummary(studio))),
  );
  app.get("/invoices/payments/list/", (context) =>
    list(context, () =>
      [...studio.payments.values()]
        .sort((one, two) => two.at - one.at)
        .map((payment) => rows.paymentRow(studio, payment, expands(context))),
    ),
  );
  app.get("/invoices/:id", (context) => {
    const invoice = studio.invoices.get(context.req.param("id"));
    if (!invoice) return refuse("404", "");
    const all = context.req.query("expand") === "all";
    const row = all
      ? rows.invoiceDetail(studio, invoice)
      : rows.invoiceRow(studio, invoice, expands(context));
    return context.json(dialectOf(upstream).object(row));
  });
  app.get("/clients/", (context) =>
    list(context, () => {
      const types = (context.req.query("types") ?? "client,lead").split(",");
      const fitting = newestFirst([...studio.clients.values()]).filter(({ type }) => types.includes(type));
      return lazily(fitting, rows.studioClientRow);
    }),
  );
  for (const kind of documentKinds) {
    app.get(`/${kind}/`, (context) =>
      list(context, () =>
        newestFirst([...studio.documents.values()])
          .filter((document) => document.kind === kind)
          .map((document) => rows.documentRow(studio, document)),
      ),
    );
  }
  app.get("/notifications/all", (context) =>
    context.json({ data: [], meta: { unread: upstream.volatile.count() } }),
  );
  return app;
}

function isOfType({ status }: Invoice, wanted: string): boolean {
  if (wanted === "paid") return status === "paid";
  if (wanted === "overdue") return status === "overdue";
  return wanted === "unpaid" ? !["paid", "cancelled", "draft"].includes(status) : true;
}

function newestFirst<T extends { readonly createdAt: number }>(items: T[]): T[] {
  return items.sort((one, two) => two.createdAt - one.createdAt);
}
