import { CursorError, type Page, type PageRequest } from "../services/shared.js";
import type { RedisClient } from "./redis.js";

/** A cursor is a position, wrapped so that nobody is tempted to build one. */
export function wrapCursor(position: string): string {
  return Buffer.from(position).toString("base64url");
}

/** The position in a cursor; throws `CursorError` when it does not have the expected form. */
export function unwrapCursor(cursor: string | null, form: RegExp): string | null {
  if (cursor === null) return null;
  const position = Buffer.from(cursor, "base64url").toString();
  if (!form.test(position)) throw new CursorError("the cursor in `after` is not one that this list gave");
  return position;
}

/**
 * A page of the ids in a sorted set, newest first. A cursor holds score and id, so pages stay right while new ids
 * arrive and old ones leave; there is one behind each id.
 */
export async function pageOfIds(
  client: RedisClient,
  key: string,
  page: PageRequest,
): Promise<Page<string> & { readonly cursors: readonly string[] }> {
  const position = unwrapCursor(page.after, /^\d{1,15} [a-z]{3}_[0-9a-z]+$/);
  const [score = "+inf", last] = position?.split(" ") ?? [];
  const data: { id: string; score: string }[] = [];
  // Ids with the cursor's own score stand on either side of it: skip those that were given already.
  for (let offset = 0; data.length <= page.limit; ) {
    const rows = await client.zrevrangebyscore(
      key,
      score,
      "-inf",
      "WITHSCORES",
      "LIMIT",
      offset,
      page.limit + 1,
    );
    for (let i = 0; i < rows.length; i += 2) {
      const row = { id: rows[i] ?? "", score: rows[i + 1] ?? "" };
      if (last === undefined || Number(row.score) < Number(score) || row.id < last) data.push(row);
    }
    if (rows.length / 2 <= page.limit) break;
    offset += page.limit + 1;
  }
  const shown = data.slice(0, page.limit);
  const cursors = shown.map(({ id, score: at }) => wrapCursor(`${at} ${id}`));
  const next = data.length > page.limit ? (cursors.at(-1) ?? null) : null;
  return { data: shown.map(({ id }) => id), next, cursors };
}
