import { Agent, type buildConnector } from "undici";
import type { Network } from "./addresses.js";
import { createGuard, type Guard, RefusedError, type Resolve } from "./guard.js";
import { createConnector } from "./http-connect.js";
import { type Exchanged, exchange, GivenUpError } from "./http-exchange.js";
import { explain } from "./http-explain.js";

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
  /** How many receivers have a pool of connections at the moment. */
  receivers(): number;
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly allowed: readonly Network[];
  /** Hosts that may be reached at public addresses; absent: all. Others must be in `allowed`. */
  readonly publicHosts?: readonly string[];
  /** From DNS to the last byte, milliseconds. */
  readonly deadlineMs?: number;
  /** A busy connection is renewed after this, milliseconds, or it would outlive a change of the name. */
  readonly renewMs?: number;
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
  const { deadlineMs = 15_000, renewMs = 300_000 } = options;
  const guard = createGuard(options);
  const connector = createConnector({ guard, timeoutMs: deadlineMs, ca: options.ca });
  const agents = createAgents(connector.connect, renewMs);
  const limits = {
    dispatcher: agents.current,
    madeAt: connector.madeAt,
    deadlineMs,
    keptBytes: keptBodyBytes,
    maxBytes: maxBodyBytes,
  };

  async function post({ url, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
    const target = guard.inspect(url);
    if (target.kind === "refused") return target;
    const { origin, path } = target;
    try {
      return answered(await exchange(limits, { origin, path, headers, body }, signal));
    } catch (error) {
      if (error instanceof RefusedError) return { kind: "refused", reason: error.message };
      return { kind: "error", reason: error instanceof GivenUpError ? sentenceOf(error) : explain(error) };
    }
  }

  function sentenceOf({ why, status }: GivenUpError): string {
    if (why === "expired") return `no complete answer within ${deadlineMs / 1_000} s`;
    return why === "stopped" ? "stopped before an answer came" : `the answer (${status}) is over 64 KiB`;
  }

  return {
    post,
    checkUrl: guard.checkUrl,
    checkReach: guard.checkReach,
    receivers: agents.receivers,
    async close() {
      await agents.close();
      // Undici forgets what it was still connecting.
      connector.close();
    },
  };
}

/** A pool for each origin, all of them renewed together. */
function createAgents(connect: buildConnector.connector, renewMs: number) {
  const create = () =>
    new Agent({
      connect,
      connections: maxConnections,
      pipelining: 1,
      // Below the 5 s of Node and Apache: a connection that they are about to close is not used again.
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 30_000,
      // The deadline counts instead.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  const open = new Set<Agent>();
  let current: Agent | null = null;
  let bornAt = 0;

  /** Undici's `clientTtl` would do the same, but reads the clock for each open connection at each request. */
  function renew(): Agent {
    const former = current;
    if (former) void former.close().then(() => open.delete(former));
    const agent = create();
    open.add(agent);
    bornAt = performance.now();
    current = agent;
    return agent;
  }

  return {
    current: () => (current && performance.now() - bornAt < renewMs ? current : renew()),
    receivers: () => [...open].reduce((count, { stats }) => count + Object.keys(stats).length, 0),
    /** For good: what is sent afterwards finds its agent closed. */
    async close() {
      bornAt = Number.POSITIVE_INFINITY;
      current ??= create();
      open.add(current);
      await Promise.all([...open].map((agent) => agent.destroy()));
    },
  };
}

function answered({ status, headers, body, isWhole }: Exchanged): HttpOutcome {
  // `stream` leaves a character out that the cut went through.
  const text = body.length === 0 ? "" : new TextDecoder().decode(body, { stream: !isWhole });
  return { kind: "answered", status, headers: flatten(headers), body: text };
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) flat[name] = first;
  }
  return flat;
}
