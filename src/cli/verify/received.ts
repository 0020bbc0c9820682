import type { ReceivedHeaders } from "../../channels/verify.js";
import { UsageError } from "../../errors.js";

/** A webhook as it came. */
export interface Received {
  readonly headers: ReceivedHeaders;
  readonly body: Buffer;
  /** Bytes by which the body is shorter than its `content-length` says. */
  readonly missing: number;
  /** Bytes that stood behind its end and do not belong to it. */
  readonly surplus: number;
}

/** The value of each header, by its name in lower case. Lines that are none, such as `POST / HTTP/1.1`, are passed over. */
function readLines(head: Buffer): Map<string, string> {
  const lines = new Map<string, string>();
  for (const line of head.toString("latin1").split(/\r?\n/)) {
    const [, name, value = ""] = /^\s*([A-Za-z0-9-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const key = name.toLowerCase();
    if (key.startsWith("webhook-") && lines.has(key)) throw new UsageError(`${key} stands there twice`);
    lines.set(key, value);
  }
  return lines;
}

function pick(lines: ReadonlyMap<string, string>): ReceivedHeaders {
  const of = (name: string) => lines.get(`webhook-${name}`) ?? "";
  return { id: of("id"), timestamp: of("timestamp"), signature: of("signature") };
}

/** Headers, a line each, in any order and case; others among them do no harm. Throws `UsageError` for doubled ones. */
export function readHeaders(bytes: Buffer): ReceivedHeaders {
  return pick(readLines(bytes));
}

/** A whole request: head, empty line, body up to its `content-length`. Throws `UsageError` when it has no empty line. */
export function readRequest(bytes: Buffer): Received {
  if (bytes.length === 0)
    throw new UsageError("there is no input: give the whole request on stdin, or --headers and --body");
  const end = endOfHead(bytes);
  if (end === null) throw new UsageError("no empty line stands between the head of the request and its body");
  const lines = readLines(bytes.subarray(0, end));
  if (/chunked/i.test(lines.get("transfer-encoding") ?? "") && !lines.has("content-length"))
    throw new UsageError("a chunked body cannot be told from its framing: give it by itself with --body");
  const rest = bytes.subarray(end);
  const told = lines.get("content-length") ?? "";
  const length = /^\d{1,12}$/.test(told) ? Number(told) : rest.length;
  const body = rest.subarray(0, length);
  const surplus = rest.length - body.length;
  return { headers: pick(lines), body, missing: length - body.length, surplus };
}

/** Where the body begins: lines may end as in HTTP or as in a text file. */
function endOfHead(bytes: Buffer): number | null {
  const ends = ["\r\n\r\n", "\n\n"].flatMap((gap) => {
    const at = bytes.indexOf(gap);
    return at === -1 ? [] : [at + gap.length];
  });
  return ends.length === 0 ? null : Math.min(...ends);
}
