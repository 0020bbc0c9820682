import type { ResourceName } from "../../domain/record.js";
import { clients } from "./clients.js";
import { collections } from "./collections.js";
import type { UpstreamResource } from "./define.js";
import { contracts, questionnaires, quotes } from "./documents.js";
import { downloads, photoDownloads, videoDownloads } from "./downloads.js";
import { favorites } from "./favorites.js";
import { invoices } from "./invoices.js";
import { payments } from "./payments.js";
import { sharingLinks } from "./sharing-links.js";
import { starredPhotos } from "./starred-photos.js";

/** Every resource, by name. A new one is a file beside this and a line here. */
const byName: Readonly<Record<ResourceName, UpstreamResource>> = {
  collections,
  downloads,
  photo_downloads: photoDownloads,
  video_downloads: videoDownloads,
  favorites,
  sharing_links: sharingLinks,
  starred_photos: starredPhotos,
  invoices,
  payments,
  clients,
  contracts,
  questionnaires,
  quotes,
};

export function findResource(name: ResourceName): UpstreamResource {
  return byName[name];
}
