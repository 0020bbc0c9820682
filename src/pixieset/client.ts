import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import type { CookieJar } from "tough-cookie";
import { Agent, request } from "undici";
import { messageOf } from "../errors.js";
import type { Answer, NoAnswer, Wanted } from "./fetcher.js";
import { apiHeaders, hostNames, urlOf } from "./hosts.js";

export interface ClientOptions {
  /** Base URLs with their paths, such as https://galleries.pixieset.com/api/v1. */
  readonly galleryUrl: string;
  readonly studioUrl: string;
  /** From connecting to the last byte. Default 30,000 ms. */
  readonly timeoutMs?: number;
  /** Bodies over this many bytes are not read. Default 20 MB. */
  readonly maxBodyBytes?: number;
  /** Connections to one host. Default 8. */
  readonly connections?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Exchange {
  readonly jar: CookieJar;
  /** Of the browser that the cookies came from. */
  readonly userAgent: string | null;
  readonly signal: AbortSignal;
}

/** `jarChanged`: the upstream set a cookie, so the jar must be stored, whatever became of the rest. */
type Exchanged = (Answer | NoAnswer) & { readonly jarChanged: boolean };

export interface UpstreamClient {
  readonly galleryUrl: string;
  readonly studioUrl: string;
  /** One GET. Cookies come from the jar and go into it. Redirects are answers, never followed. */
  get(options: Exchange & Wanted): Promise<Exchanged>;
  /** One form POST, for the opt-in login only. */
  postForm(
    options: Exchange & { readonly url: string; readonly fields: Readonly<Record<string, string>> },
  ): Promise<Exchanged>;
  /** The time (ms since 1970) that answers are read by. */
  now(): number;
  /** The upstream's clock as its last answer told it; null when none did. */
  clock(): HeardClock | null;
  close(): Promise<void>;
}

/** How far the upstream's clock is ahead of ours (ms; negative: behind), to a second, and when (ms) that was heard. */
export interface HeardClock {
  readonly aheadMs: number;
  readonly at: number;
}

class BodyTooLarge extends Error {}

const zlib = promisify(inflate);
const bare = promisify(inflateRaw);

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  // Some servers leave out the header of two bytes; browsers read both.
  deflate: (bytes: Buffer, options: { maxOutputLength: number }) =>
    ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0
      ? zlib(bytes, options)
      : bare(bytes, options),
  br: promisify(brotliDecompress),
} as const;

async function readBody(
  stream: AsyncIterable<Uint8Array>,
  encoding: string,
  maxOutputLength: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxOutputLength) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (!(encoding in decoders) || length === 0) return bytes.toString("utf8");
  try {
    return (await decoders[encoding as keyof typeof decoders](bytes, { maxOutputLength })).toString("utf8");
  } catch (error) {
    if (error instanceof RangeError) throw new BodyTooLarge();
    throw error;
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name !== "set-cookie");
  return Object.fromEntries(entries.map(([name, value]) => [name, [value ?? ""].flat().join(", ")]));
}

/** What an answer's `Date` says of the clock it was made by. One out of a cache says nothing. */
function clockOf(headers: Readonly<Record<string, string>>, asked: number, at: number): HeardClock | null {
  const theirs = Date.parse(headers.date ?? "");
  if (Number.isNaN(theirs) || headers.age !== undefined) return null;
  // It is cut to whole seconds, so half a second later on average.
  return { aheadMs: theirs + 500 - (asked + at) / 2, at };
}

/** Stores what the answer set; whether anything was stored. */
function storeCookies(jar: CookieJar, url: string, header: string | string[] | undefined): boolean {
  const stored = [header ?? []]
    .flat()
    .map((line) => jar.setCookieSync(line, url, { ignoreError: true }))
    .filter((cookie) => cookie !== undefined);
  return stored.length > 0;
}

/** The one connection to the upstream: a bounded keep-alive pool, closed with `close`. Never throws for answers. */
export function createUpstreamClient(options: ClientOptions): UpstreamClient {
  const { timeoutMs = 30_000, maxBodyBytes = 20_000_000, connections = 8, now = () => Date.now() } = options;
  let heard: HeardClock | null = null;
  const agent = new Agent({
    connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: timeoutMs },
  });

  async function exchange(
    name: string,
    url: URL,
    { jar, userAgent, signal }: Exchange,
    form: Readonly<Record<string, string>> | null,
    conditions: Readonly<Record<string, string>> = {},
  ): Promise<Exchanged> {
    let jarChanged = false;
    const aborted = { kind: "aborted", reason: "Told to stop" } as const;
    if (signal.aborted) return { ...aborted, jarChanged };
    const controller = new AbortController();
    const stop = () => controller.abort();
    const deadline = setTimeout(stop, timeoutMs);
    signal.addEventListener("abort", stop, { once: true });
    const cookie = jar.getCookieStringSync(url.href);
    const asked = now();
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: form ? "POST" : "GET",
        signal: controller.signal,
        headers: {
          ...apiHeaders,
          "accept-encoding": "gzip, deflate, br",
          referer: `${url.origin}/`,
          "user-agent": userAgent ?? "pixiehook",
          ...conditions,
          ...(cookie === "" ? {} : { cookie }),
          ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
        },
        ...(form ? { body: new URLSearchParams(form).toString() } : {}),
      });
      jarChanged = storeCookies(jar, url.href, answer.headers["set-cookie"]);
      const headers = flat(answer.headers);
      heard = clockOf(headers, asked, now()) ?? heard;
      const encoding = (headers["content-encoding"] ?? "").trim().toLowerCase();
      const body = await readBody(answer.body, encoding, maxBodyBytes);
      return { kind: "answer", status: answer.statusCode, headers, body, jarChanged };
    } catch (error) {
      if (signal.aborted) return { ...aborted, jarChanged };
      if (error instanceof BodyTooLarge) {
        return {
          kind: "shape_changed",
          reason: `${name} answered with over ${maxBodyBytes} bytes`,
          jarChanged,
        };
      }
      const late = controller.signal.aborted;
      const reason = late
        ? `${name} gave no whole answer within ${timeoutMs} ms`
        : `${name} gave no answer: ${messageOf(error)}`;
      return { kind: "transient", reason, afterMs: null, jarChanged };
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener("abort", stop);
    }
  }

  return {
    galleryUrl: options.galleryUrl,
    studioUrl: options.studioUrl,
    get: ({ host, path, conditions, ...rest }) =>
      exchange(hostNames[host], urlOf(options, host, path), rest, null, conditions),
    postForm: ({ url, fields, ...rest }) => exchange("Pixieset's login", new URL(url), rest, fields),
    now,
    clock: () => heard,
    close: () => agent.destroy(),
  };
}
