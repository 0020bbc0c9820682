import { createHash } from "node:crypto";

/** The address of a file of the pages: it changes with what is in the file, so browsers keep it forever. */
export function hashedPath(name: string, content: string): string {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return `/assets/${name.replace(".", `-${hash}.`)}`;
}
