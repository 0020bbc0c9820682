import type { Verdict } from "../../channels/verify.js";
import type { Received } from "./received.js";

const mark = Buffer.from("\ufeff");
const newline = Buffer.from("\n");

/** Ways in which a body is changed by those who mean well, and how each is taken back. */
const changes: readonly { readonly text: string; readonly undo: (body: Buffer) => Buffer | null }[] = [
  {
    text: "a line break was added at its end",
    undo: (body) => (body.at(-1) === 10 ? body.subarray(0, body.at(-2) === 13 ? -2 : -1) : null),
  },
  { text: "the line break at its end is gone", undo: (body) => Buffer.concat([body, newline]) },
  {
    text: "a byte order mark was put before it",
    undo: (body) => (body.subarray(0, 3).equals(mark) ? body.subarray(3) : null),
  },
  { text: "the byte order mark before it is gone", undo: (body) => Buffer.concat([mark, body]) },
  {
    text: "its line breaks were changed",
    undo: (body) => latin1(body, (text) => text.replace(/\r\n/g, "\n")),
  },
  { text: "its JSON was read and written anew", undo: (body) => compact(body) },
];

/** What was done to the body, if the signature matches once that is taken back; null when nothing known was. */
export function findCause({ body, missing }: Received, check: (body: Buffer) => Verdict): string | null {
  if (missing > 0) return `the last ${missing} bytes that its content-length names are missing`;
  for (const { text, undo } of changes) {
    const before = undo(body);
    if (before !== null && check(before).ok) return text;
  }
  return null;
}

function latin1(body: Buffer, change: (text: string) => string): Buffer {
  return Buffer.from(change(body.toString("latin1")), "latin1");
}

function compact(body: Buffer): Buffer | null {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(body.toString())));
  } catch {
    return null;
  }
}
