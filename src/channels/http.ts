import type { TLSSocket } from "node:tls";
import { Agent, buildConnector, type Dispatcher, request } from "undici";
import { literalAddress, type Network } from "./addresses.js";
import { startDeadline } from "./deadline.js";
import { createGuard, type Guard, RefusedError, type Resolve } from "./guard.js";

/** What came of a POST. Nothing a receiver does makes it throw. */
export type HttpOutcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** Names in lower case; of a repeated header the first value. */
      readonly headers: Readonly<Record<string, string>>;
      /** The first 4 kB, valid UTF-8. */
      readonly body: string;
    }
  /** Our own rules forbid the address. */
  | { readonly kind: "refused"; readonly reason: string }
  /** No complete answer. A short sentence without credentials or query strings. */
  | { readonly kind: "error"; readonly reason: string };

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Http extends Pick<Guard, "checkUrl" | "checkReach"> {
  post(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome>;
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly allowed: readonly Network[];
  /** Hosts that may be reached at public addresses; absent: all. Others must be in `allowed`. */
  readonly publicHosts?: readonly string[];
  /** From DNS to the last byte, milliseconds. */
  readonly deadlineMs?: number;
  readonly resolve?: Resolve;
  /** Certificate authorities (PEM) instead of Node's own. */
  readonly ca?: string;
}

const maxBodyBytes = 64 * 1024;
const keptBodyBytes = 4 * 1024;
/**
 * Per origin. Mailboxes bound what they have in flight (50 at most each); a pool that is smaller than all of them
 * together would let receivers that hang keep the connections of others at the same origin.
 */
const maxConnections = 2_000;

/** A guarded HTTP client: pooled connections to checked and pinned addresses, no redirects, bounded answers. */
export function createHttp(options: HttpOptions): Http {
  const { deadlineMs = 15_000 } = options;
  const guard = createGuard(options);
  const agent = new Agent({
    connect: guardedConnector(guard, deadlineMs, options.ca),
    connections: maxConnections,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
    // A busy connection is renewed now and then, or it would outlive a change of the name.
    clientTtl: 300_000,
    // The deadline counts instead.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  async function post({ url, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
    const reason = guard.checkUrl(url);
    if (reason !== null) return { kind: "refused", reason };
    const deadline = startDeadline(deadlineMs, signal);
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: "POST",
        headers,
        body,
        signal: deadline.signal,
      });
      const text = await readBody(answer.body);
      if (text === null) return { kind: "error", reason: `the answer (${answer.statusCode}) is over 64 KiB` };
      return {
        kind: "answered",
        status: answer.statusCode,
        headers: flatten(answer.headers),
        body: text,
      };
    } catch (error) {
      if (error instanceof RefusedError) return { kind: "refused", reason: error.message };
      if (deadline.expired()) {
        return { kind: "error", reason: `no complete answer within ${deadlineMs / 1_000} s` };
      }
      if (signal.aborted) return { kind: "error", reason: "stopped before an answer came" };
      return { kind: "error", reason: explain(error) };
    } finally {
      deadline.release();
    }
  }

  return {
    post,
    checkUrl: guard.checkUrl,
    checkReach: guard.checkReach,
    close: () => agent.destroy(),
  };
}

/** Connects to checked addresses only, and looks once more at what is really on the other end. */
function guardedConnector(guard: Guard, timeout: number, ca?: string): buildConnector.connector {
  const connectorFor = (mayBePublic: boolean) =>
    buildConnector({
      timeout,
      lookup: guard.lookup(mayBePublic),
      autoSelectFamily: true,
      // Node's 250 ms gives up on far hosts that have several addresses.
      autoSelectFamilyAttemptTimeout: 1_000,
      ...(ca === undefined ? {} : { ca }),
    });
  const anywhere = connectorFor(true);
  const allowedOnly = connectorFor(false);

  return (options, callback) => {
    const mayBePublic = guard.mayBePublic(options.protocol, options.hostname);
    // Sockets look up names only, so a literal is judged here.
    const literal = literalAddress(options.hostname);
    const reason = literal === null ? null : guard.refuse(literal, mayBePublic);
    if (reason !== null) return callback(new RefusedError(`${literal} is ${reason}`), null);
    const connect = mayBePublic ? anywhere : allowedOnly;
    return connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      const refusal = guard.refuse(socket.remoteAddress ?? "", mayBePublic);
      if (refusal === null) return callback(null, socket as TLSSocket);
      socket.destroy();
      return callback(new RefusedError(`connected to ${refusal}`), null);
    });
  };
}

/** Reads to the end. Null when it is longer than allowed; the connection is given up then. */
async function readBody(body: Dispatcher.ResponseData["body"]): Promise<string | null> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (length < keptBodyBytes) kept.push(chunk.subarray(0, keptBodyBytes - length));
    length += chunk.length;
    if (length > maxBodyBytes) return null;
  }
  // `stream` leaves a character out that the cut went through.
  return new TextDecoder().decode(Buffer.concat(kept), { stream: length > keptBodyBytes });
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) flat[name] = first;
  }
  return flat;
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was reset",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "the connection timed out",
  ENOTFOUND: "the name does not resolve",
  EAI_AGAIN: "the name does not resolve at the moment",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_SOCKET: "the connection was closed before a complete answer",
  UND_ERR_HEADERS_OVERFLOW: "the headers of the answer are too large",
  UND_ERR_INVALID_ARG: "the request has an invalid header or URL",
  UND_ERR_DESTROYED: "stopped before an answer came",
  UND_ERR_CLOSED: "stopped before an answer came",
};

/** A sentence for an error, built from its code: messages can hold what the log must not. */
function explain(error: unknown): string {
  const code = codeOf(error);
  const sentence = sentences[code];
  if (sentence !== undefined) return sentence;
  if (/CERT|SSL|TLS|ISSUER|SELF_SIGNED|EPROTO/.test(code)) return `TLS failed: ${code}`;
  if (error instanceof Error && error.name === "HTTPParserError") return "the answer is not HTTP";
  return code === "" ? "the request failed" : `the request failed: ${code}`;
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "";
  const { code, cause } = error as NodeJS.ErrnoException;
  if (typeof code === "string") return code;
  return cause instanceof Error ? codeOf(cause) : "";
}
