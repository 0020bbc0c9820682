import { CursorError } from "../services/shared.js";

/** A page by its cursor out of an address; the first page without one, and when it is not one of ours. */
export async function pageAt<T>(
  after: string | null | undefined,
  load: (after: string | null) => Promise<T>,
): Promise<T> {
  try {
    return await load(after ?? null);
  } catch (error) {
    if (error instanceof CursorError) return load(null);
    throw error;
  }
}
