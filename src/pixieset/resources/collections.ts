import { isJsonObject } from "../../domain/json.js";
import type { CollectionObject } from "../../domain/objects.js";
import { statusOf } from "../fields.js";
import { defineResource } from "./define.js";
import { lifecycle } from "./rules.js";

/** Every collection of the studio. The dashboard's own list is what really runs; the documented one stands in. */
export const collections = defineResource<CollectionObject>({
  name: "collections",
  scope: "account",
  host: "gallery",
  paths: [() => "/dashboard_listings", () => "/collections"],
  numbersFirstPage: true,
  list: { names: ["collections", "collection_list"], stem: /collection/ },
  split: (row) => (isJsonObject(row) && /^folder$/i.test(String(row.type ?? row.kind ?? "")) ? [] : [row]),
  read: (row) => {
    const id = row.id("id", "collection_id");
    if (id === null) return "A collection has no id";
    const published = row.boolean("published", "is_published");
    return {
      id,
      fields: {
        id,
        name: row.text("name", "title", "collection_name"),
        photoCount: row.number("photo_count", "photos_count", "num_photos"),
        videoCount: row.number("video_count", "videos_count", "num_videos"),
        eventDate: row.time("event_date", "shoot_date", "date").text,
        expiresAt: row.time("expires_at", "expiry_date", "expiration_date", "expire_at", "expired_at").text,
        status:
          statusOf(row, "status", "status_name", "state") ??
          (published === null ? null : published ? "published" : "unpublished"),
      },
      client: null,
      occurredAt: row.time("created_at", "create_at").instant,
    };
  },
  natural: ({ fields }) => [fields.id],
  volatile: ["photoCount", "videoCount"],
  hints: true,
  events: lifecycle("collection", { created: "created", updated: "updated", removed: "removed" }),
});
