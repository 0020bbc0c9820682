import type { FavoriteObject } from "../../domain/objects.js";
import type { Row } from "../fields.js";
import { mediaOf } from "../media.js";
import { clientKey, clientOf } from "../people.js";
import { defineResource } from "./define.js";
import { splitGroup } from "./favorite-groups.js";
import { lifecycle } from "./rules.js";

function listOf(row: Row): FavoriteObject["list"] {
  const nested = row.object("list", "favorite_list", "favourite_list", "favorites_list", "folder");
  const id =
    nested?.id("id", "list_id", "uuid") ??
    row.id("list_id", "favorite_list_id", "favourite_list_id", "folder_id");
  const name =
    nested?.text("name", "title", "list_name") ??
    row.text("list_name", "favorite_list_name", "list_title", "list", "favorite_list", "folder_name");
  return id || name ? { id, name } : null;
}

/** What clients picked, in their favourite lists. */
export const favorites = defineResource<FavoriteObject>({
  name: "favorites",
  scope: "collection",
  host: "gallery",
  paths: [(collection) => `/collections/${collection}/favorites`],
  list: {
    names: ["favorites", "favourites", "favorite_items", "favorite_lists", "favourite_lists", "lists"],
    halves: {
      favorite_photos: "photo",
      photos: "photo",
      favorite_videos: "video",
      videos: "video",
    },
    stem: /favou?rit|selection/,
    grouped: true,
    single: /^(photo|video|media|item)(id)?$|^favou?rit(e|ed)(at|id)$/,
  },
  split: (row) => splitGroup(row),
  read: (row) => {
    const told = mediaOf(row, null);
    const client = clientOf(row);
    const list = listOf(row);
    const ownId = row.id("favorite_id", "favourite_id", "fav_id");
    const id = row.id("id", "uuid");
    // An id beside the photo's own is the favourite's. Alone it may be the photo's, and many can like a photo.
    const rowId = ownId ?? (told.ownId ? id : null);
    const mediaId = told.media?.id ?? (rowId === null || ownId !== null ? id : null);
    const name = told.media?.name ?? null;
    if (rowId === null && mediaId === null && name === null) return "A favorite names no photo or video";
    const time = row.time(
      "favorited_at",
      "favourited_at",
      "favorite_date",
      "added_at",
      "created_at",
      "create_at",
      "date",
      "timestamp",
      "time",
    );
    const media = mediaId || name ? { id: mediaId, kind: told.kind, name } : null;
    return {
      id: rowId,
      fields: {
        id: rowId ?? (row.boolean("grouped") ? null : id),
        media,
        list,
        note: row.text("note", "notes", "comment", "message"),
        favoritedAt: time.text,
      },
      client,
      occurredAt: time.instant,
    };
  },
  natural: ({ fields: { media, list, favoritedAt }, client }) => [
    clientKey(client),
    list?.id ?? list?.name ?? null,
    media?.id ?? media?.name ?? null,
    media?.id ? null : favoritedAt,
  ],
  events: lifecycle("favorite", { created: "added", updated: "updated", removed: "removed" }),
});
