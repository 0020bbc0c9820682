import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";

/** A listening HTTP server. */
export interface Listening {
  /** `http://HOST:PORT`, without a slash. */
  readonly url: string;
  readonly port: number;
  /** Ends with every connection closed, idle or not. */
  close(): Promise<void>;
}

/** Serves an app over real HTTP. Port 0 takes a free one. Rejects when the port is taken. */
// biome-ignore lint/suspicious/noExplicitAny: Hono's environment type is invariant; any app can be served
export async function listen(app: Hono<any>, port: number, host: string): Promise<Listening> {
  // The global Request and Response stay as they are: the program runs in the same process.
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const taken = portOf(server);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
