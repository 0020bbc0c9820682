import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { messageOf, StartError } from "../errors.js";

type Fetch = (request: Request, bindings?: object) => Response | Promise<Response>;

/** An HTTP server that listens before there is anything behind it: a port that is taken stops the start early. */
export interface HttpServer {
  readonly port: number;
  /** Puts the program behind the server; until then it answers 503. */
  use(fetch: Fetch): void;
  /** Takes no more requests, lets those under way finish for up to `deadlineMs`, then cuts them off. */
  close(deadlineMs: number): Promise<void>;
}

const idleEveryMs = 50;

const starting: Fetch = () =>
  new Response("pixiehook is starting\n", { status: 503, headers: { "retry-after": "1" } });

/** How long (ms) a client may take for its headers, and for its whole request; and how often that is looked at. */
interface Deadlines {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkMs: number;
}

const patience: Deadlines = { headersMs: 15_000, requestMs: 30_000, checkMs: 1_000 };
/** Address and headers together; more is answered with 431 by Node itself. */
const mostHeaderBytes = 16_384;
const mostHeaders = 100;
const mostAddressBytes = 8_192;

/** A plain answer to a request that nothing behind the server should have to look at; null for any other. */
function refuse(incoming: IncomingMessage | undefined): Response | null {
  if (!incoming) return null;
  const headers = { "content-type": "text/plain", "x-content-type-options": "nosniff", connection: "close" };
  if ((incoming.url ?? "").length > mostAddressBytes)
    return new Response(`An address may have ${mostAddressBytes} bytes.\n`, { status: 414, headers });
  if (incoming.rawHeaders.length > 2 * mostHeaders)
    return new Response(`A request may have ${mostHeaders} headers.\n`, { status: 431, headers });
  return null;
}

/** Listens on a port (0: any free one). Throws `StartError` when it cannot. */
export async function listen(options: {
  host: string;
  port: number;
  deadlines?: Deadlines;
}): Promise<HttpServer> {
  let handler = starting;
  const { headersMs, requestMs, checkMs } = options.deadlines ?? patience;
  const server = serve({
    fetch: (request, bindings) => refuse(bindings.incoming as IncomingMessage) ?? handler(request, bindings),
    hostname: options.host,
    port: options.port,
    serverOptions: {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      keepAliveTimeout: 10_000,
      maxHeaderSize: mostHeaderBytes,
    },
  });
  // None is dropped in silence, which could be the one that matters: too many are refused.
  if ("maxHeadersCount" in server) server.maxHeadersCount = 0;
  await new Promise<void>((listening, refused) => {
    server.once("listening", listening);
    server.once("error", (error) => {
      const taken = messageOf(error).includes("EADDRINUSE");
      const remedy = taken ? "another program has it: set PORT to a free one" : messageOf(error);
      refused(new StartError(`Cannot listen on ${options.host}:${options.port}: ${remedy}.`));
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    use(fetch) {
      handler = fetch;
    },
    async close(deadlineMs) {
      const closed = new Promise<void>((done) => server.close(() => done()));
      const late = new Promise<void>((done) => setTimeout(done, deadlineMs).unref());
      const closeIdle = () => ("closeIdleConnections" in server ? server.closeIdleConnections() : undefined);
      closeIdle();
      // A stream that ends leaves a connection behind, on which its reader would come back.
      const idle = setInterval(closeIdle, idleEveryMs);
      await Promise.race([closed, late]).finally(() => clearInterval(idle));
      if ("closeAllConnections" in server) server.closeAllConnections();
    },
  };
}
