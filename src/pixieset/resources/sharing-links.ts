import type { SharingLinkObject } from "../../domain/objects.js";
import type { Change } from "../../domain/upstream.js";
import { type Row, urlOf } from "../fields.js";
import { mediaOf } from "../media.js";
import { clientOf } from "../people.js";
import { defineResource } from "./define.js";
import { lifecycle } from "./rules.js";
import { splitBy } from "./split.js";

function permissionsOf(row: Row): string | null {
  const names = ["permissions", "permission", "access", "access_level"];
  const list = row.list(...names);
  if (list)
    return (
      list
        .filter((each) => typeof each === "string")
        .sort()
        .join(", ") || null
    );
  const flags = row.object(...names);
  if (!flags) return row.text(...names);
  const granted = ["view", "download", "share", "edit"].filter((name) => flags.boolean(name, `can_${name}`));
  return granted.join(", ") || null;
}

/** Whether the link has run out: as the upstream says, or else by its own time of expiry. */
function expiredOf(row: Row, expiresAt: string | null, now: number): boolean | null {
  const told = row.boolean("expired", "is_expired");
  if (told !== null) return told;
  if (row.text("status", "state")?.toLowerCase() === "expired") return true;
  return expiresAt === null ? null : Date.parse(expiresAt) <= now;
}

const stages = lifecycle("sharing_link", { created: "created", updated: "updated", removed: "removed" });

/** A link that is expired now, and was not before. */
function events(change: Change): readonly string[] {
  const ranOut =
    change.kind === "updated" &&
    change.record.fields.expired === true &&
    change.previous !== null &&
    "expired" in change.previous;
  return ranOut ? ["sharing_link.expired"] : stages(change);
}

/** Links to single photos. The address is kept without its query; it never is the identity. */
export const sharingLinks = defineResource<SharingLinkObject>({
  name: "sharing_links",
  scope: "collection",
  host: "gallery",
  paths: [(collection) => `/collections/${collection}/photo_sharing_links`],
  list: {
    names: ["photo_sharing_links", "sharing_links", "shared_links", "share_links"],
    stem: /shar(e|ed|ing)|^links$/,
  },
  split: splitBy("sharing_links", "photo_sharing_links"),
  read: (row, now) => {
    const { media } = mediaOf(row, "photo");
    const id = row.id("id", "uuid", "link_id", "sharing_link_id", "hash", "slug");
    const expires = row.time("expires_at", "expiry_date", "expiration_date", "expiry", "expires");
    const created = row.time("created_at", "create_at", "shared_at", "date");
    return {
      id,
      fields: {
        id,
        url: urlOf(row, "url", "link", "sharing_url", "share_url", "href"),
        media,
        expiresAt: expires.text,
        expired: expiredOf(row, expires.instant, now),
        permissions: permissionsOf(row),
        uses: row.number(
          "uses",
          "usage",
          "use_count",
          "usage_count",
          "views",
          "view_count",
          "visits",
          "clicks",
        ),
      },
      client: clientOf(row),
      occurredAt: created.instant,
      goodUntil: expires.instant === null ? null : Date.parse(expires.instant),
    };
  },
  natural: ({ fields: { media }, occurredAt }) => [media?.id ?? media?.name ?? null, occurredAt],
  volatile: ["uses"],
  events,
});
