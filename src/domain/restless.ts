import type { Path } from "./fingerprint.js";
import { isJsonObject } from "./json.js";
import { isLive, type SnapshotEntry, type SourceRecord } from "./record.js";

/**
 * Fields that change by themselves, learned: a leaf that changes in most records between two polls while nothing else
 * does is set aside. One that then holds still is compared again, so that nothing is set aside for good by one act
 * that touched every record (a list that was renamed).
 */
export interface Aside {
  readonly paths: readonly Path[];
  /** Hash over the values of these leaves in all records at the last poll. */
  readonly hash: string | null;
  /** Polls in a row in which they held still, and how many it takes. */
  readonly still: number;
  readonly patience: number;
}

export const nothingAside: Aside = { paths: [], hash: null, still: 0, patience: 3 };

/** From how many records on "most records" means something. */
const fewest = 5;
const longestPatience = 384;

/** What states something by itself is never set aside: a status is what many events are about. */
const telling = /^status$/;

/** Whether so many updates of so many records can be a field that changes by itself. */
export function canBeRestless(updates: number, common: number): boolean {
  return common >= fewest && updates * 2 > common;
}

/** The leaves to set aside, given those that changed in each updated record, of so many that were there before. */
export function restlessPaths(updates: readonly (readonly Path[])[], common: number): Path[] {
  if (!canBeRestless(updates.length, common)) return [];
  const counts = new Map<Path, number>();
  for (const path of updates.flat()) counts.set(path, (counts.get(path) ?? 0) + 1);
  const most = new Set([...counts].filter(([, count]) => count * 2 > common).map(([path]) => path));
  const alone = updates.filter((paths) => paths.every((path) => most.has(path)));
  if (alone.length * 2 <= common) return [];
  return [...most].filter((path) => !telling.test(path)).sort();
}

/** More leaves are set aside. */
export function setAside(aside: Aside, paths: readonly Path[]): Aside {
  return { ...aside, paths: [...new Set([...aside.paths, ...paths])].sort(), hash: null, still: 0 };
}

/** After a good poll in which the leaves had these values: `ripe` when they held still for long enough. */
export function afterPoll(aside: Aside, hash: string): { readonly aside: Aside; readonly ripe: boolean } {
  if (aside.paths.length === 0) return { aside, ripe: false };
  const still = aside.hash === hash ? aside.still + 1 : 0;
  return { aside: { ...aside, hash, still }, ripe: still >= aside.patience };
}

/** Compared again. Should they not hold still after all, it takes longer the next time. */
export function takenBack(aside: Aside): Aside {
  return { ...nothingAside, patience: Math.min(aside.patience * 2, longestPatience) };
}

/** An entry with the values that a record has now in some leaves. */
export function adopt(
  entry: SnapshotEntry,
  paths: readonly Path[],
  now: Pick<SourceRecord, "fields" | "client">,
): SnapshotEntry {
  if (!isLive(entry)) return entry;
  const fields = structuredClone(entry.d);
  let client = entry.c;
  for (const path of paths) {
    const [name = "", inner] = path.split(".");
    if (name === "client") {
      const leaf = inner as "id" | "name" | "email";
      client = now.client && { ...(client ?? now.client), [leaf]: now.client[leaf] };
      continue;
    }
    const value = now.fields[name] ?? null;
    const old = fields[name];
    const both = inner !== undefined && isJsonObject(old) && isJsonObject(value);
    fields[name] = both ? { ...old, [inner]: value[inner] ?? null } : value;
  }
  return { ...entry, d: fields, c: client };
}
