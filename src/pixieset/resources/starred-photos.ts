import type { PhotoObject } from "../../domain/objects.js";
import { mediaOf } from "../media.js";
import { defineResource } from "./define.js";
import { lifecycle } from "./rules.js";
import { splitBy } from "./split.js";

/** The studio's own stars over all collections. Never a client's favourite. */
export const starredPhotos = defineResource<PhotoObject>({
  name: "starred_photos",
  scope: "account",
  host: "gallery",
  paths: [() => "/photos/starred"],
  list: { names: ["starred_photos", "starred", "photos"], stem: /star|photo/ },
  split: splitBy("photos", "starred_photos", "items"),
  read: (row) => {
    const told = mediaOf(row, "photo");
    const rowId = row.id("id", "uuid");
    const id = told.media?.id ?? rowId;
    const collection = row.id("collection_id");
    const time = row.time("starred_at", "favorited_at", "created_at", "create_at");
    if (id === null && !told.media) return "A starred photo has neither id nor name";
    return {
      id,
      fields: {
        id,
        media: { id, kind: told.media?.kind ?? "photo", name: told.media?.name ?? null },
        starredAt: time.text,
      },
      client: null,
      collection: collection === null ? null : { id: collection, name: row.text("collection_name") },
      occurredAt: row.time("starred_at", "favorited_at").instant,
    };
  },
  natural: ({ fields: { media }, collection }) => [media?.name ?? null, collection?.id ?? null],
  events: lifecycle("photo", { created: "starred", removed: "unstarred" }),
});
