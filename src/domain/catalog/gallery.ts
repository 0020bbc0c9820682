import {
  collectionSchema,
  downloadSchema,
  favoriteSchema,
  photoSchema,
  sharingLinkSchema,
} from "../objects.js";
import { sampleClient as client, sampleCollection as collection, describeEvents } from "./entry.js";

const photo = { id: "4200117", kind: "photo" as const, name: "DSC_0421.jpg" };
const video = { id: "77120", kind: "video" as const, name: "First dance.mp4" };
const download = {
  id: "310045",
  kind: "photo",
  media: photo,
  status: "completed",
  count: 1,
  format: "original",
  bytes: 8_412_220,
  downloadedAt: "2026-11-20T10:14:31.000Z",
};
const videoDownload = { ...download, id: "55012", kind: "video", media: video, format: "1080p" };
const occurredAt = "2026-11-20T10:14:31.000Z";

/** What clients and the studio do in galleries. */
export const galleryEvents = [
  ...describeEvents({
    object: "favorite",
    resource: "favorites",
    schema: favoriteSchema,
    sample: {
      id: "88120034",
      media: photo,
      list: { id: "5512", name: "Album picks" },
      note: null,
      favoritedAt: "2026-11-20T10:14:31.000Z",
    },
    client,
    collection,
    occurredAt,
    verbs: {
      added: ["A client added a photo or video to a favorite list."],
      removed: ["A client took a photo or video off a favorite list."],
      updated: ["A favorite changed: its note or its list.", { note: "Cover, please" }, { note: null }],
    },
  }),
  ...describeEvents({
    object: "download",
    resource: "downloads",
    schema: downloadSchema,
    sample: download,
    client,
    collection,
    occurredAt,
    verbs: {
      created: ["A client asked for a download.", { status: "pending" }],
      completed: ["A download was completed."],
      failed: ["A download failed.", { status: "failed" }],
    },
  }),
  ...describeEvents({
    object: "photo_download",
    resource: "photo_downloads",
    schema: downloadSchema,
    sample: download,
    client,
    collection,
    occurredAt,
    verbs: { created: ["A client downloaded a photo, as the list of photo downloads tells it."] },
  }),
  ...describeEvents({
    object: "video_download",
    resource: "video_downloads",
    schema: downloadSchema,
    sample: videoDownload,
    client,
    collection,
    occurredAt,
    verbs: {
      created: ["A client asked for a video.", { status: "pending" }],
      completed: ["A video download was completed."],
      failed: ["A video download failed.", { status: "failed" }],
    },
  }),
  ...describeEvents({
    object: "sharing_link",
    resource: "sharing_links",
    schema: sharingLinkSchema,
    sample: {
      id: "9917",
      url: "https://smithstudio.pixieset.com/s/abc123",
      media: photo,
      expiresAt: "2026-12-31T23:59:59.000Z",
      expired: false,
      permissions: "view",
      uses: 0,
    },
    client,
    collection,
    verbs: {
      created: ["A link to a photo was made."],
      updated: ["A sharing link changed.", { permissions: "download" }, { permissions: "view" }],
      removed: ["A sharing link was deleted."],
      expired: ["A sharing link ran out.", { expired: true }, { expired: false }],
    },
  }),
  ...describeEvents({
    object: "photo",
    resource: "starred_photos",
    schema: photoSchema,
    sample: { id: "4200117", media: photo, starredAt: "2026-11-20T10:14:31.000Z" },
    client: null,
    collection,
    occurredAt,
    verbs: {
      starred: ["The studio itself starred a photo. This is not a client's favorite."],
      unstarred: ["The studio itself took the star off a photo."],
    },
  }),
  ...describeEvents({
    object: "collection",
    resource: "collections",
    schema: collectionSchema,
    sample: {
      id: "90516387",
      name: "Smith Wedding 2025",
      photoCount: 450,
      videoCount: 12,
      eventDate: "2025-09-13",
      expiresAt: "2027-12-31",
      status: "published",
    },
    client: null,
    collection,
    verbs: {
      created: ["A collection appeared."],
      updated: ["A collection changed.", {}, { name: "Smith Wedding" }],
      removed: ["A collection was deleted."],
    },
  }),
];
