import type { DownloadObject } from "../../domain/objects.js";
import { type Row, statusOf } from "../fields.js";
import { mediaOf } from "../media.js";
import { clientKey, clientOf } from "../people.js";
import type { Reading } from "./define.js";
import { defineResource } from "./define.js";
import { statusWalk } from "./rules.js";
import { splitBy } from "./split.js";

const completed = /^(completed?|success(ful|fully)?|succeeded|ok|done|finished|downloaded)$/;
const failed = /^(fail(ed|ure)?|error(ed)?)$/;

const failure = ["failed", "is_failed", "has_error"];
const successes = ["success", "is_success", "successful", "succeeded"];
const completion = ["completed", "is_completed", "complete", "is_complete"];
const ends = ["completed_at", "finished_at"];

/** One word for each way to say that a download worked or did not; other words stay. */
function downloadStatus(row: Row): string | null {
  const word = statusOf(row, "status", "state", "download_status", "completion_status", "result");
  if (word !== null) {
    if (completed.test(word) || word === "true") return "completed";
    return failed.test(word) || word === "false" ? "failed" : word;
  }
  if (row.boolean(...failure) === true) return "failed";
  const success = row.boolean(...successes);
  if (success !== null) return success ? "completed" : "failed";
  if (row.boolean(...completion) === true || row.time(...ends).text !== null) return "completed";
  if (row.time("failed_at").text !== null) return "failed";
  // Told to have come to no end yet: when it does, that is a change.
  return row.mentions(...successes, ...completion, ...ends) ? "pending" : null;
}

/** Downloads may come by client or by photo, with the downloads inside. */
const split = splitBy("downloads", "photo_downloads", "video_downloads", "download_history");
const single = /^download(ed)?(at|id|type)$|^(photo|video|media)(id)?$/;
const occurred = [
  "downloaded_at",
  "download_time",
  "download_date",
  "created_at",
  "create_at",
  "time",
  "date",
  "timestamp",
];

function readDownload(row: Row, standard: "photo" | "video" | null): Reading<DownloadObject> {
  const { media } = mediaOf(row, standard);
  const client = clientOf(row);
  const time = row.time(...occurred);
  // One download in several ZIP parts is one download where the parts name it.
  const isPart = row.has("part", "part_number", "part_index", "parts");
  const whole = isPart ? row.id("download_id", "request_id", "batch_id", "group_id", "archive_id") : null;
  const id = row.id("id", "uuid", "download_id", "photo_download_id", "video_download_id");
  const format = row.text("format", "file_format", "size_name", "resolution", "quality");
  const kind = row.text("kind", "download_type", "media_type", "media_kind", "type")?.toLowerCase() ?? null;
  return {
    id: whole ?? id,
    isPart: whole !== null,
    fields: {
      id: whole ?? id,
      kind: standard ?? kind ?? media?.kind ?? null,
      media,
      status: downloadStatus(row),
      count: row.number("count", "download_count", "file_count", "photo_count", "downloads"),
      format,
      bytes: row.number(
        "bytes",
        "size_bytes",
        "file_size",
        "filesize",
        "transfer_size",
        "total_size",
        "size",
      ),
      downloadedAt: time.text,
    },
    client,
    occurredAt: time.instant,
  };
}

/** The same photo can be downloaded again, within the same minute too. */
const about: Pick<Parameters<typeof defineResource<DownloadObject>>[0], "natural" | "repeats"> = {
  natural: ({ fields: { media, downloadedAt, format }, client }) => [
    clientKey(client),
    media?.id ?? media?.name ?? null,
    downloadedAt,
    format,
  ],
  repeats: true,
};

/** All downloads of a collection: photos and videos, with how they ended. */
export const downloads = defineResource<DownloadObject>({
  name: "downloads",
  scope: "collection",
  host: "gallery",
  paths: [(collection) => `/collections/${collection}/downloads/`],
  list: {
    names: ["downloads", "all_downloads", "download_activity"],
    halves: {
      photo_downloads: "photo",
      photos: "photo",
      video_downloads: "video",
      gallery_video_downloads: "video",
      videos: "video",
    },
    stem: /download|activit/,
    single,
  },
  split,
  read: (row) => readDownload(row, null),
  ...about,
  events: statusWalk("download", { first: "both" }),
});

export const photoDownloads = defineResource<DownloadObject>({
  name: "photo_downloads",
  scope: "collection",
  host: "gallery",
  paths: [(collection) => `/collections/${collection}/photo_downloads`],
  list: { names: ["photo_downloads", "downloads", "photos"], stem: /download|photo/, single },
  split,
  read: (row) => readDownload(row, "photo"),
  ...about,
  events: statusWalk("photo_download", { first: "both" }),
});

export const videoDownloads = defineResource<DownloadObject>({
  name: "video_downloads",
  scope: "collection",
  host: "gallery",
  paths: [(collection) => `/collections/${collection}/gallery_video_downloads`],
  list: {
    names: ["gallery_video_downloads", "video_downloads", "downloads", "videos"],
    stem: /download|video/,
    single,
  },
  split,
  read: (row) => readDownload(row, "video"),
  ...about,
  events: statusWalk("video_download", { first: "both" }),
});
