import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type FakeServer, reply, startFakeServer } from "./fake-server.js";

/** Two hosts as browsers see them: each with its own sign-in, and pages that answer in every way. */
export interface FakeHosts {
  readonly gallery: string;
  readonly studio: string;
  /** The bytes of the large body that were sent before the reader hung up. */
  readonly sent: () => number;
  /** The paths that were asked for, with their host. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

const large = 64 * 1024 * 1024;

function setCookies(name: string): string[] {
  return [
    `sid=${name}; Path=/; HttpOnly; SameSite=Lax`,
    `strict=${name}; Path=/api; HttpOnly; SameSite=Strict`,
    `seen=yes; Path=/`,
    `elsewhere=no; Path=/other`,
  ];
}

/** Starts them; `foreign`: an address that the companion may not read. */
export async function startFakeHosts(foreign: string): Promise<FakeHosts> {
  let sent = 0;
  const asked: string[] = [];
  const leave = (response: ServerResponse, location: string) => {
    response.writeHead(302, { location });
    response.end();
  };
  const stream = async (response: ServerResponse) => {
    const chunk = Buffer.alloc(64 * 1024, "a");
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    sent = 0;
    response.writeHead(200, { "content-type": "text/plain" });
    while (sent < large && !response.destroyed) {
      const more = response.write(chunk);
      sent += chunk.length;
      if (!more) await once(response, "drain", { signal: gone.signal }).catch(() => {});
    }
    response.end();
  };
  const pages: Record<string, (request: IncomingMessage, response: ServerResponse) => void | Promise<void>> =
    {
      "/sign-in": (request, response) => {
        const name = new URL(request.url ?? "", "http://host").searchParams.get("as") ?? "anna";
        response.writeHead(200, { "set-cookie": setCookies(name), "content-type": "text/plain" });
        response.end("Signed in.");
      },
      "/login": (_request, response) => reply(response, 200, "the login page"),
      "/api/v1/user": (request, response) => {
        const { cookie, accept, "x-requested-with": by } = request.headers;
        response.setHeader("etag", '"one"');
        response.setHeader("ratelimit-remaining", "41");
        response.setHeader("x-ratelimit-limit", "60");
        if (request.headers["if-none-match"] !== '"one"') return reply(response, 200, { cookie, accept, by });
        response.writeHead(304);
        response.end();
      },
      "/api/v1/challenged": (_request, response) => {
        response.writeHead(403, { "cf-mitigated": "challenge", "content-type": "text/html" });
        response.end("<p>One moment.</p>");
      },
      "/api/v1/list": (_request, response) => leave(response, "/api/v1/list/"),
      "/api/v1/list/": (_request, response) => reply(response, 200, { list: true }),
      "/api/v1/lost": (_request, response) => leave(response, "/login"),
      "/api/v1/away": (_request, response) => leave(response, `${foreign}/caught`),
      "/api/v1/large": (_request, response) => stream(response),
      "/api/v1/slow": (_request, response) => {
        response.writeHead(200);
        response.write("a little");
      },
    };
  const server: FakeServer = await startFakeServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://host");
    asked.push(`${request.headers.host?.split(":")[0]}${pathname}`);
    const page = pages[pathname];
    return page ? page(request, response) : reply(response, 404, { error: "Not found" });
  });
  return {
    gallery: `http://127.0.0.1:${server.port}/api/v1`,
    studio: `http://localhost:${server.port}/api/v1`,
    sent: () => sent,
    asked,
    stop: server.stop,
  };
}
