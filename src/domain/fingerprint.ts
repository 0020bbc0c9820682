import { createHash } from "node:crypto";
import { hashOf } from "./ids.js";
import { canonicalJson } from "./json.js";
import type { SourceRecord } from "./record.js";

/** What is compared of a record: everything but what changes by itself. 13 characters, 65 bits. */
export function fingerprint(record: SourceRecord): string {
  const compared = { ...record.fields };
  for (const name of record.volatile ?? []) delete compared[name];
  const { client } = record;
  const who = client && { id: client.id, name: client.name, email: client.email };
  return hashOf([canonicalJson(compared), canonicalJson(who)], 13);
}

/** A hash over keys and fingerprints in any order: equal exactly when nothing compared differs. */
export function contentHash(fingerprints: ReadonlyMap<string, string>): string {
  const lines = [...fingerprints].map(([key, print]) => `${key}\u0000${print}`).sort();
  return createHash("sha256").update(lines.join("\n")).digest("base64url").slice(0, 27);
}
