import type { JsonObject, JsonValue } from "../../../src/domain/json.js";
import type { ResourceName } from "../../../src/domain/record.js";
import { type Disguise, disguises, type Planter } from "./plant.js";

/** `text` gives each plain text of a row, as it is or in disguise. */
type Text = (word: string) => string;
type MakeRow = (id: number, text: Text, version: number) => JsonObject;

const day = "2026-01-02T10:00:00Z";
const client = (id: number, text: Text) => ({ id: `cl_${id}`, name: text("Jane"), email: text("jane@x.co") });
const photo = (id: number, text: Text, kind = "photo") => ({
  id: 1_000 + id,
  filename: text(`IMG_${id}.jpg`),
  type: text(kind),
});

const download =
  (media: string): MakeRow =>
  (id, text, version) => ({
    id,
    [media]: photo(id, text, media),
    client: client(id, text),
    status: text(version > 0 ? "failed" : "started"),
    format: text("high"),
    count: 1,
    size: 5_000,
    downloaded_at: day,
    download_type: text("gallery"),
  });

const paper: MakeRow = (id, text, version) => ({
  id: `co_${id}`,
  name: text(`Paper ${id}`),
  status: text(version > 0 ? "signed" : "sent"),
  created_at: text(day),
  amount: 100 + id,
  currency: text("GBP"),
  client: client(id, text),
});

/** A row of each list, in the dialect in which it is best known. */
export const rowMakers: Readonly<Record<ResourceName, MakeRow>> = {
  collections: (id, text, version) => ({
    id,
    name: text(`Wedding ${id}${version > 0 ? " renamed" : ""}`),
    status: text("published"),
    event_date: text("2026-01-01"),
    photo_count: 4,
    created_at: day,
    cover: photo(id, text),
  }),
  downloads: download("photo"),
  photo_downloads: download("photo"),
  video_downloads: download("video"),
  favorites: (id, text, version) => ({
    id,
    photo: photo(id, text),
    client: client(id, text),
    list: { id: 70 + id, name: text("Album") },
    note: text(version > 0 ? "the code is 1234" : "print this"),
    created_at: text(day),
  }),
  sharing_links: (id, text, version) => ({
    id,
    sharing_url: text(`https://x.example/s/${id}`),
    photo: photo(id, text),
    permissions: version > 0 ? ["view", "download", text("print")] : ["view", text("print")],
    expires_at: text("2099-01-01T00:00:00Z"),
    created_at: day,
    client: client(id, text),
  }),
  starred_photos: (id, text) => ({
    ...photo(id, text),
    collection_id: 1,
    collection_name: text("Wedding 1"),
    starred_at: text(day),
  }),
  invoices: (id, text, version) => ({
    id: `in_${id}`,
    invoice_number: text(`INV-${id}`),
    status: text(version > 0 ? "paid" : "sent"),
    amount: version > 1 ? text("500") : 50_000,
    amount_formatted: text("£500.00"),
    currency: text("GBP"),
    due_date: text("2026-02-01"),
    created_at: day,
    client: client(id, text),
  }),
  payments: (id, text, version) => ({
    id: `ip_${id}`,
    invoice_id: text(`in_${id}`),
    amount: 50_000,
    currency: text("GBP"),
    payment_date: text(day),
    payment_method: text("card"),
    status: version > 0 ? text("refunded") : "completed",
    transaction_fee: text("1.50"),
    client: client(id, text),
  }),
  clients: (id, text, version) => ({
    id: `cl_${id}`,
    email: text("jane@x.co"),
    first_name: text("Jane"),
    last_name: text(version > 0 ? "Smith" : "Doe"),
    status_name: text("active"),
    type: text("client"),
    created_at: day,
  }),
  contracts: paper,
  questionnaires: paper,
  quotes: paper,
};

/**
 * A list at a stage. At every stage: a plain row, one in each disguise. From stage 1: one changed, some new, in
 * each disguise, and one gone.
 */
export function rowsOf(
  resource: ResourceName,
  stage: number,
  planter: Planter,
  place: string,
  without: readonly Disguise[] = [],
): JsonValue[] {
  const make = rowMakers[resource];
  const asIs: Text = (word) => word;
  const as =
    (kind: Disguise, id: number): Text =>
    (word) =>
      planter.disguise(kind, word, `${place}.${id}.${word}`);
  const used = disguises.filter((kind) => !without.includes(kind));
  const rows: [number, Text, number][] = [
    [1, asIs, 0],
    [2, asIs, stage > 0 ? 1 : 0],
    [5, as("prose", 5), stage > 0 ? 1 : 0],
    ...used.map((kind, index): [number, Text, number] => [10 + index, as(kind, 10 + index), 0]),
  ];
  if (stage === 0) rows.push([3, asIs, 0]);
  else {
    rows.push([4, asIs, 0]);
    rows.push(...used.map((kind, i): [number, Text, number] => [20 + i, as(kind, 20 + i), 1]));
  }
  return rows.map(([id, text, version]) => planter.plantInto(make(id, text, version), `${place}.${id}`));
}
