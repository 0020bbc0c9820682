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

const starting: Fetch = () =>
  new Response("pixiehook is starting\n", { status: 503, headers: { "retry-after": "1" } });

/** Listens on a port (0: any free one). Throws `StartError` when it cannot. */
export async function listen(options: { host: string; port: number }): Promise<HttpServer> {
  let handler = starting;
  const server = serve({
    fetch: (request, bindings) => handler(request, bindings),
    hostname: options.host,
    port: options.port,
    serverOptions: { requestTimeout: 30_000, headersTimeout: 15_000, keepAliveTimeout: 10_000 },
  });
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
      if ("closeIdleConnections" in server) server.closeIdleConnections();
      const late = new Promise<void>((done) => setTimeout(done, deadlineMs).unref());
      await Promise.race([closed, late]);
      if ("closeAllConnections" in server) server.closeAllConnections();
    },
  };
}
