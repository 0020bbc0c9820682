import { readFile } from "node:fs/promises";
import { messageOf, UsageError } from "../errors.js";

/** A file that somebody named behind an option. Throws `UsageError` that says what is in the way. */
export async function readGiven(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT") throw new UsageError(`${option}: there is no file ${path}`);
    if (code === "EISDIR") throw new UsageError(`${option}: ${path} is a folder, not a file`);
    if (code === "EACCES") throw new UsageError(`${option}: you may not read ${path}`);
    throw new UsageError(`${option}: ${path} cannot be read (${messageOf(error)})`);
  }
}
