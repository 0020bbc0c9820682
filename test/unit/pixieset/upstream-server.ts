import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../../src/domain/json.js";
import type { ResourceName, SourceRecord } from "../../../src/domain/record.js";
import type { Gate, ReadOutcome, Upstream } from "../../../src/domain/upstream.js";
import { createUpstreamClient } from "../../../src/pixieset/client.js";
import { importCookies, type StoredSession } from "../../../src/pixieset/cookies.js";
import { createServerFetcher } from "../../../src/pixieset/server-fetcher.js";
import { createUpstream, type UpstreamMemory } from "../../../src/pixieset/session.js";
import { firstLook } from "../../support/readings.js";

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Written instead of a whole answer. */
  readonly raw?: (response: ServerResponse) => void;
}

export interface Seen {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly method: string;
  readonly body: string;
}

/** A real server that answers each request as the test says, and an upstream that reads from it. */
export async function startUpstream(
  reply: (seen: Seen) => Reply,
  options: { timeoutMs?: number; maxPages?: number; session?: StoredSession | null; now?: () => number } = {},
) {
  const requests: Seen[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const url = new URL(request.url ?? "/", "http://upstream");
    const seen = {
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      method: request.method ?? "",
      body: text,
    };
    requests.push(seen);
    const { status = 200, headers = {}, body = {}, raw } = reply(seen);
    if (raw) return raw(response);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hosts = { galleryUrl: `${origin}/gallery/api/v1`, studioUrl: `${origin}/studio/api/v1` };
  const imported = importCookies("gallery_dashboard_session=abc; wsid=1", hosts);
  if (imported.kind !== "imported") throw new Error(imported.reason);
  const stored = { session: options.session === undefined ? imported.session : options.session, saves: 0 };
  const client = createUpstreamClient({
    ...hosts,
    timeoutMs: options.timeoutMs ?? 5_000,
    ...(options.now ? { now: options.now } : {}),
  });
  const keeper = {
    loadSession: async () => stored.session,
    saveSession: async (session: StoredSession) => {
      stored.session = session;
      stored.saves++;
    },
  };
  const settings = {
    fetcher: createServerFetcher(client, keeper),
    ...(options.maxPages ? { maxPages: options.maxPages } : {}),
  };
  return {
    upstream: createUpstream(settings),
    /** The same over another memory of what was read. */
    withMemory: (memory: UpstreamMemory) => createUpstream({ ...settings, memory }),
    client,
    requests,
    stored,
    hosts,
    origin,
    async stop() {
      await client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const openGate = () => ({ enter: async () => true, signal: new AbortController().signal });

export function readOf(
  upstream: Upstream,
  resource: ResourceName,
  paging: JsonObject | null = null,
  gate: Gate = openGate(),
) {
  const scope = { id: "90516387", name: "Smith Wedding 2025" };
  return upstream.read({ id: "src_1", account: "acc_1", resource, scope }, firstLook(paging), gate);
}

/** Reads one list from a server that answers every request to it alike. */
export async function readOnce(
  resource: ResourceName,
  reply: Reply | ((seen: Seen) => Reply),
  options: { timeoutMs?: number; maxPages?: number } = {},
): Promise<ReadOutcome> {
  const server = await startUpstream(typeof reply === "function" ? reply : () => reply, options);
  try {
    return await readOf(server.upstream, resource);
  } finally {
    await server.stop();
  }
}

/** A scan, or the test fails with what came instead. */
export function listOf(outcome: ReadOutcome) {
  if (outcome.kind !== "scan") throw new Error(`${outcome.kind}: ${outcome.reason}`);
  return outcome;
}

/** A scan with its records, or the test fails with what came instead. */
export function scanOf(outcome: ReadOutcome) {
  const scan = listOf(outcome);
  const records = scan.records.flatMap(({ key, record }): SourceRecord[] =>
    record ? [{ ...record, key }] : [],
  );
  return { ...scan, records };
}
