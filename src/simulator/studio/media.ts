import type { Random } from "../random.js";
import type { Collection, Gallery, Media } from "./model.js";

/** The photo at a position, counted from 0. */
function photoAt(collection: Collection, position: number): Media {
  const id = collection.firstMediaId + position;
  return { id, kind: "photo", name: `DSC_${String(1000 + position).padStart(5, "0")}.jpg` };
}

/** The video at a position, counted from 0. Video ids follow the photos'. */
export function videoAt(collection: Collection, position: number): Media {
  // Photos can be uploaded later; the gap keeps their ids apart from the videos'.
  const id = collection.firstMediaId + 50_000 + position;
  return { id, kind: "video", name: `Film ${position + 1}.mp4` };
}

/** A photo or video of the collection by id, or undefined. */
export function findMedia(collection: Collection, id: number): Media | undefined {
  const position = id - collection.firstMediaId;
  if (position >= 0 && position < collection.photoCount) return photoAt(collection, position);
  const video = position - 50_000;
  return video >= 0 && video < collection.videoCount ? videoAt(collection, video) : undefined;
}

export function pickPhoto(collection: Collection, random: Random): Media {
  return photoAt(collection, random.int(0, collection.photoCount - 1));
}

/** The sets that show a photo; the first is the one it was uploaded to. */
export function galleriesOf(collection: Collection, media: Media): readonly Gallery[] {
  const position = media.id - collection.firstMediaId;
  const holding = collection.galleries.filter(({ from, to }) => position >= from && position < to);
  return holding.length > 0 ? holding : collection.galleries.slice(0, 1);
}
