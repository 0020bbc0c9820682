import { createServer, type Socket } from "node:net";

/** A receiver below HTTP: what came over the wire, byte by byte. */
export interface RawReceiver {
  readonly url: string;
  /** Whole requests, head and body, in the order of their arrival. */
  readonly requests: Buffer[];
  /** The lines of the head of the last request, without the first. */
  lastHeaders(): string[];
  close(): Promise<void>;
}

/** Takes requests on a plain socket of 127.0.0.1 and answers 204. */
export async function startRawReceiver(): Promise<RawReceiver> {
  const requests: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    let pending: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let end = endOf(pending); end !== null; end = endOf(pending)) {
        requests.push(pending.subarray(0, end));
        pending = pending.subarray(end);
        socket.write("HTTP/1.1 204 No Content\r\n\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    lastHeaders: () => headOf(requests.at(-1) ?? Buffer.alloc(0)).slice(1),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function headOf(request: Buffer): string[] {
  return request.subarray(0, request.indexOf("\r\n\r\n")).toString("latin1").split("\r\n");
}

/** Where the first request ends; null while it has not come whole. */
function endOf(bytes: Buffer): number | null {
  const head = bytes.indexOf("\r\n\r\n");
  if (head === -1) return null;
  const told = headOf(bytes).find((line) => /^content-length:/i.test(line));
  const end = head + 4 + Number(told?.split(":")[1] ?? 0);
  return bytes.length < end ? null : end;
}
