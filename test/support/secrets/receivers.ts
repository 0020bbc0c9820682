import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface EchoServer {
  readonly url: string;
  /** How many requests came. */
  readonly requests: () => number;
  close(): Promise<void>;
}

/** A receiver that refuses everything and repeats what it was sent: address, headers and body. */
export async function startEchoServer(status: number): Promise<EchoServer> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests++;
    for await (const _chunk of request);
    const { url, headers } = request;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ error: `refused ${url}`, headers, encoded: encodeURIComponent(String(url)) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
