import { type DownloadDraft, newDownload } from "../studio/build-activity.js";
import { videoAt } from "../studio/media.js";
import type { Download } from "../studio/model.js";
import { UnknownThingError, type World } from "../world.js";
import { chooseClient, chooseCollection, choosePhoto, type Id } from "./choose.js";

/** Which downloads to make; what is left out is picked. */
export interface DownloadsWanted {
  readonly collection?: Id | undefined;
  /** Absent: the seed picks. Null: anonymous, with the PIN. */
  readonly client?: Id | null | undefined;
  readonly kind?: Download["kind"] | undefined;
  readonly photo?: Id | undefined;
  readonly count?: number | undefined;
  /** ZIP parts of a whole gallery, 2 unless told. */
  readonly parts?: number | undefined;
  readonly status?: Download["status"] | undefined;
}

/** Downloads of one client in one collection. */
export interface DownloadsMade {
  readonly collection: { readonly id: string; readonly name: string };
  readonly client: { readonly id: string; readonly email: string | null } | null;
  readonly downloads: readonly {
    readonly id: string;
    readonly kind: Download["kind"];
    readonly media: { readonly id: string; readonly name: string } | null;
    readonly status: Download["status"];
  }[];
}

/** Lets a client download photos, a video, or a whole gallery as several ZIP parts. */
export function addDownloads(world: World, wanted: DownloadsWanted = {}): DownloadsMade {
  const { studio, random } = world;
  const filmed = [...studio.collections.values()].filter(({ videoCount }) => videoCount > 0);
  const anyFilmed = wanted.kind === "video" && wanted.collection === undefined && filmed.length > 0;
  const collection = anyFilmed ? random.pick(filmed) : chooseCollection(world, wanted.collection);
  if (wanted.kind === "video" && collection.videoCount === 0) throw new UnknownThingError("no video there");
  const client = wanted.client === null ? null : chooseClient(world, collection, wanted.client);
  const kind = wanted.kind ?? "photo";
  const parts = kind === "gallery" ? (wanted.parts ?? 2) : (wanted.count ?? 1);
  const made: Download[] = [];
  for (let number = 1; number <= parts; number++) {
    const draft: DownloadDraft = {
      kind,
      client,
      media:
        kind === "gallery"
          ? null
          : kind === "video"
            ? videoAt(collection, random.int(0, collection.videoCount - 1))
            : choosePhoto(world, collection, wanted.photo),
      at: world.now(),
      status: wanted.status,
      ...(kind === "gallery" && {
        count: Math.ceil(collection.photoCount / parts),
        part: { number, of: parts },
      }),
    };
    const download = newDownload(studio, collection, draft, random);
    made.push(download);
    recordDownload(world, `download.${wanted.status ?? "completed"}`, collection.id, download);
  }
  return {
    collection: { id: String(collection.id), name: collection.name },
    client: client && { id: String(client.id), email: client.email },
    downloads: made.map(({ id, media, status }) => ({
      id: String(id),
      kind,
      media: media && { id: String(media.id), name: media.name },
      status,
    })),
  };
}

/** Ends a download that is still processing. */
export function finishDownload(
  world: World,
  wanted: { readonly id?: Id | undefined; readonly status?: "completed" | "failed" | undefined } = {},
): { readonly collection: string; readonly id: string; readonly status: string } {
  const status = wanted.status ?? "completed";
  for (const collection of world.studio.collections.values()) {
    for (const download of collection.downloads.values()) {
      const fits =
        wanted.id === undefined ? download.status === "processing" : download.id === Number(wanted.id);
      if (!fits) continue;
      download.status = status;
      recordDownload(world, `download.${status}`, collection.id, download);
      return { collection: String(collection.id), id: String(download.id), status };
    }
  }
  throw new UnknownThingError("no such download");
}

function recordDownload(world: World, kind: string, collection: number, download: Download): void {
  world.record(kind, collection, {
    download: String(download.id),
    medium: download.kind,
    media: download.media === null ? null : String(download.media.id),
    client: download.client === null ? null : String(download.client),
  });
}
