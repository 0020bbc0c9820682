import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.js";
import { type Row, rowOf } from "../fields.js";
import { unwrapJson } from "../json.js";
import { personOf } from "../people.js";

const listsInside = ["lists", "favorite_lists", "favourite_lists", "folders"];
const photosInside = [
  "photos",
  "videos",
  "media",
  "items",
  "favorites",
  "favourites",
  "images",
  "files",
  "selections",
  "photo_ids",
  "video_ids",
  "media_ids",
];
const peopleInside = ["clients", "favorited_by", "visitors", "users"];
const hasList = ["list", "list_id", "list_name", "favorite_list", "favorite_list_id", "favorite_list_name"];
const hasClient = ["client", "customer", "visitor", "contact", "guest"];

/** A client holds favourites, a list holds photos. */
const picks = ["favorites", "favourites", "selections"];

/** Whether a row that has photos and no more of a client than an e-mail address is the list, by its name. */
function isListOfEmail(row: Row): boolean {
  const named = row.text("name", "title") !== null && row.has("email");
  const person = row.has("first_name", "last_name", "full_name") || row.list(...picks) !== null;
  return named && !person && !row.text("name", "title")?.includes("@");
}

/** What the groups around a photo say of it. */
type Context = { client?: JsonValue; list?: JsonValue };

function contextOf(group: JsonObject, outer: Context, holdsLists: boolean): Context {
  const row = rowOf(group);
  const context: Context = { ...outer };
  const named = hasClient.map((name) => group[name]).find((value) => value != null);
  const flat = row.text("client_email", "visitor_email", "customer_email", "client_id", "client_name");
  const isPerson = holdsLists || (row.has("email", "first_name", "last_name") && !isListOfEmail(row));
  // Beside a client in a name of its own a user is of the studio.
  const client = named ?? (flat === null ? group.user : undefined) ?? undefined;
  if (client !== undefined) context.client = client;
  else if (flat !== null) {
    context.client = {
      id: row.id("client_id", "customer_id", "visitor_id"),
      name: row.text("client_name", "customer_name", "visitor_name"),
      email: row.text("client_email", "customer_email", "visitor_email"),
    };
  } else if (isPerson) {
    const person = personOf(row);
    if (person) context.client = { ...person };
  } else if (row.has("email") && outer.client === undefined) {
    context.client = { id: null, name: null, email: row.text("email") };
  }
  const list = row.object("list", "favorite_list");
  if (list) context.list = { id: list.id("id"), name: list.text("name", "title") };
  else if (row.has(...hasList)) {
    context.list = {
      id: row.id("list_id", "favorite_list_id"),
      name: row.text("list_name", "favorite_list_name", "list"),
    };
  } else if (!isPerson) {
    const [id, name] = [row.id("id", "uuid"), row.text("name", "title")];
    if (id !== null || name !== null) context.list = { id, name };
  }
  return context;
}

/** A photo with the people who picked it: one row for each of them. */
function byPerson(photo: JsonObject, people: readonly JsonValue[]): JsonValue[] {
  const row = rowOf(photo);
  const media = row.object("photo", "video", "media") ?? row;
  const id = row.id("photo_id", "video_id", "media_id") ?? media.id("id");
  const name = media.text("filename", "file_name", "name", "title");
  const kind =
    media.text("media_kind", "media_type", "kind", "type") ?? (row.has("video_id") ? "video" : null);
  return people.map((person) => ({
    ...(isJsonObject(person) ? { ...person, id: null } : {}),
    media: { id, name, kind },
    client: isJsonObject(person) ? (person.client ?? person) : person,
  }));
}

function leaf(value: JsonValue, context: Context, kind: "photo" | "video" | null): JsonValue {
  const said = kind ? { media_kind: kind } : {};
  if (isJsonObject(value)) return { ...said, ...context, grouped: true, ...value };
  return { ...said, ...context, grouped: true, media_id: value };
}

/**
 * Favourites come one row a photo, or one row a client or a list with the photos inside. This makes rows of
 * photos of them all; a photo in a group carries `grouped`, since its id is then most likely the photo's own.
 */
export function splitGroup(value: JsonValue, outer: Context = {}): readonly JsonValue[] {
  const group = unwrapJson(value);
  if (!isJsonObject(group)) return [value];
  const row = rowOf(group);
  const lists = row.list(...listsInside);
  if (lists) {
    const context = contextOf(group, outer, true);
    return lists.flatMap((list) => splitGroup(list, context));
  }
  const people = row.list(...peopleInside);
  if (people && !photosInside.some((name) => row.list(name))) return byPerson(group, people);
  const present = photosInside.flatMap((name) => {
    const photos = row.list(name);
    const kind = name.startsWith("video")
      ? ("video" as const)
      : name.startsWith("photo")
        ? ("photo" as const)
        : null;
    return photos ? [{ photos, kind }] : [];
  });
  if (present.length === 0) return Object.keys(outer).length > 0 ? [leaf(group, outer, null)] : [group];
  const context = contextOf(group, outer, false);
  return present.flatMap(({ photos, kind }) => photos.map((photo) => leaf(photo, context, kind)));
}
