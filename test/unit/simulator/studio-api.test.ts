import { expect, test } from "vitest";
import { get, simulator } from "./support.js";

type Row = Record<string, unknown>;

async function rows(url: string, studio: Awaited<ReturnType<typeof simulator>>): Promise<Row[]> {
  const answer = await get(studio, url);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { data: Row[] }).data;
}

test.each([
  ["/clients/?types=client,lead", "cl_"],
  ["/invoices/?expand=client", "in_"],
  ["/invoices/payments/list/?expand=client&page_size=5", "ip_"],
  ["/contracts/", "co_"],
  ["/questionnaires/", "qu_"],
  ["/quotes/", "qo_"],
  ["/sessions/", "ses_"],
])("%s lists rows with ids %s…", async (path, prefix) => {
  const studio = await simulator();
  const list = await rows(studio.studioUrl + path, studio);
  expect(list.length).toBeGreaterThan(0);
  for (const { id } of list) expect(id).toMatch(new RegExp(`^${prefix}[A-Z0-9]{30}$`));
});

test("pages by page and per_page, and refuses a page that is no number", async () => {
  const studio = await simulator({ invoices: 12 });
  const ids = async (query: string): Promise<unknown[]> =>
    (await rows(`${studio.studioUrl}/invoices/?${query}`, studio)).map(({ id }) => id);
  const all = await ids("per_page=100");
  expect([
    ...(await ids("per_page=5")),
    ...(await ids("page=2&per_page=5")),
    ...(await ids("page=3&per_page=5")),
  ]).toEqual(all);
  expect(await ids("page=9")).toEqual([]);
  expect(await ids("limit=3&offset=4")).toEqual(all.slice(4, 7));
  expect((await get(studio, `${studio.studioUrl}/invoices/?page=x`)).status).toBe(422);
  expect((await get(studio, `${studio.studioUrl}/invoices?page=2`)).headers.get("location")).toBe(
    "/studio/api/v1/invoices/?page=2",
  );
});

test("a paid invoice shows its payment, and unpaid does not mean paid", async () => {
  const studio = await simulator();
  const { id } = studio.addInvoice({ amount: 50_000, currency: "GBP" });
  const isListed = async (type: string): Promise<boolean> =>
    (await rows(`${studio.studioUrl}/invoices/?payment_type=${type}`, studio)).some((row) => row.id === id);
  expect([await isListed("unpaid"), await isListed("paid")]).toEqual([true, false]);
  expect(studio.payInvoice({ id, amount: 20_000 }).invoice.status).toBe("partially_paid");
  expect(studio.payInvoice({ id }).payment.amount).toBe(30_000);
  expect([await isListed("unpaid"), await isListed("paid")]).toEqual([false, true]);
  const answer = await get(studio, `${studio.studioUrl}/invoices/${id}?expand=all`);
  expect(await answer.json()).toMatchObject({
    data: { amount_formatted: "£500.00", status: "paid", payments: [{ amount: 20_000 }, { amount: 30_000 }] },
  });
  expect((await get(studio, `${studio.studioUrl}/invoices/in_NONE`)).status).toBe(404);
});
