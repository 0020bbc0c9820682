import { createServer, type Server } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";

/** A listening HTTP server. */
export interface Listening {
  /** `http://HOST:PORT`, without a slash. */
  readonly url: string;
  readonly port: number;
  /** Ends with every connection closed, idle or not. */
  close(): Promise<void>;
}

/** Answers one request; an app's `fetch`. */
type Answer = (request: Request, bindings: HttpBindings) => Response | Promise<Response>;

/** Serves an app over real HTTP. Port 0 takes a free one. Rejects when the port is taken. */
export async function listen(
  app: { readonly fetch: Answer },
  port: number,
  host: string,
): Promise<Listening> {
  // The global Request and Response stay as they are: the program runs in the same process.
  const server = createServer(
    getRequestListener((request, bindings) => app.fetch(request, bindings as HttpBindings), {
      overrideGlobalObjects: false,
    }),
  );
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
