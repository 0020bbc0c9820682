import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { markerPattern } from "./markers.js";

const decompressors = [inflateRawSync, inflateSync, gunzipSync, brotliDecompressSync];
const maxOutputLength = 5_000_000;
const deepest = 3;

function decompressed(bytes: Buffer): Buffer[] {
  // Ids decode to less, and nothing is compressed that is so short.
  if (bytes.length < 32) return [];
  return decompressors.flatMap((decompress) => {
    try {
      return [decompress(bytes, { maxOutputLength })];
    } catch {
      return [];
    }
  });
}

const character = (hex: string) => String.fromCharCode(Number.parseInt(hex, 16));

/** The text without percent-encoding, escapes and entities. */
function unescaped(text: string): string {
  return text
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => character(hex))
    .replace(/\\u00([0-9a-f]{2})/gi, (_, hex: string) => character(hex))
    .replace(/&#x([0-9a-f]{2});/gi, (_, hex: string) => character(hex))
    .replace(/&#(\d{2,3});/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** Finds planted secrets, and these other `literals`; what was looked through once is not looked through again. */
export function createSearch(literals: readonly string[]) {
  const known = new Set<string>();

  function inClear(text: string, found: Set<string>): void {
    for (const [each] of text.matchAll(markerPattern)) found.add(each);
    for (const literal of literals) if (text.includes(literal)) found.add(literal);
  }

  function search(bytes: Buffer, found: Set<string>, depth: number): void {
    const text = bytes.toString("latin1");
    inClear(text, found);
    if (depth > deepest) return;
    for (const inner of decompressed(bytes)) search(inner, found, depth + 1);
    const plain = unescaped(text);
    if (plain !== text) search(Buffer.from(plain, "latin1"), found, depth + 1);
    for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{15,}/g)) {
      if (known.has(run)) continue;
      known.add(run);
      if (/^(?:[0-9a-f]{2})+$/i.test(run)) inClear(Buffer.from(run, "hex").toString("latin1"), found);
      search(Buffer.from(run, "base64"), found, depth + 1);
      // What was encoded may begin anywhere in the run.
      for (const start of [1, 2, 3])
        inClear(Buffer.from(run.slice(start), "base64").toString("latin1"), found);
    }
  }

  /**
   * Whatever stands in a value: in clear and in any case, percent-encoded, escaped, as hex or base64, compressed,
   * and each of these within the others.
   */
  return (value: string | Buffer): Set<string> => {
    const found = new Set<string>();
    search(typeof value === "string" ? Buffer.from(value) : value, found, 0);
    return found;
  };
}
