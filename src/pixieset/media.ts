import type { MediaObject } from "../domain/objects.js";
import type { Row } from "./fields.js";

const mediaNames = [
  "media",
  "photo",
  "video",
  "image",
  "item",
  "file",
  "asset",
  "gallery_photo",
  "gallery_video",
  "media_item",
];
const nameNames = ["filename", "file_name", "original_filename", "original_name", "name", "title"];

function kindOf(text: string | null): "photo" | "video" | null {
  if (text === null) return null;
  if (/video|movie|\.(mp4|mov|m4v|avi|webm)\b|^(mp4|mov)$/i.test(text)) return "video";
  return /photo|image|picture|\.(jpe?g|png|heic|tiff?|gif|webp|raw|cr[23]|nef|arw|dng)\b/i.test(text)
    ? "photo"
    : null;
}

export function looksLikeFile(text: string): boolean {
  return /\.[a-z0-9]{2,5}$/i.test(text);
}

/** A file name; of a URL only its last part. */
function fileName(text: string | null): string | null {
  if (text === null || !/^(https?:)?\/\//i.test(text)) return text;
  return text.split("/").at(-1) || null;
}

/**
 * The photo or video that a row is about: an object of its own, or `photo_id`, `media_id`, `filename` … beside
 * the rest. `kind` stands even where nothing else is told; `ownId` says
 * whether the row tells the media's id apart from its own.
 */
export function mediaOf(
  row: Row,
  standardKind: "photo" | "video" | null,
): { media: MediaObject; kind: "photo" | "video" | null; ownId: boolean } {
  const nested = row.object(...mediaNames);
  const flatId = row.id(...mediaNames.map((name) => `${name}_id`), "gallery_item_id", "photo_uuid");
  const bare = nested ? null : row.text(...mediaNames);
  const bareId = bare !== null && /^\d+$/.test(bare) ? bare : null;
  const id = nested?.id("id", "media_id", "photo_id", "video_id", "uuid") ?? flatId ?? bareId;
  const flatNames = mediaNames.flatMap((name) => [`${name}_name`, `${name}_filename`, `${name}_file_name`]);
  const titled = row.text("name", "title");
  const ofPerson = row.has("email", "email_address", "first_name") && !looksLikeFile(titled ?? "");
  const own = nested
    ? null
    : (row.text("filename", "file_name", "original_filename") ?? (ofPerson ? null : titled));
  const name = fileName(
    nested?.text(...nameNames) ?? row.text(...flatNames) ?? (bareId ? null : bare) ?? own,
  );
  const kind =
    kindOf(nested?.text("kind", "type", "media_type", "file_type", "mime_type") ?? null) ??
    kindOf(row.text("media_type", "media_kind", "item_type", "file_type", "kind", "type", "mime_type")) ??
    (row.has("video", "video_id", "gallery_video_id", "gallery_video") ? "video" : null) ??
    (row.has("photo", "photo_id", "gallery_photo_id", "image", "image_id") ? "photo" : null) ??
    kindOf(name) ??
    standardKind;
  return { media: id || name ? { id, kind, name } : null, kind, ownId: id !== null };
}
