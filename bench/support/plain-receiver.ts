import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

const answer = "HTTP/1.1 204 No Content\r\n\r\n";

/** Takes webhooks off a socket by hand: a server's own work would be most of what a cheap receiver costs. */
export async function listenPlainly(options: {
  /** Told of each request whose body is there. */
  readonly note: (receiver: string, id: string) => void;
  readonly delayMs: number;
}): Promise<string> {
  const { note, delayMs } = options;
  let base = "";
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    let held = "";
    // One that was killed resets its connections.
    socket.on("error", () => undefined);
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      held += chunk;
      // One request at a time, as whoever sends keeps it.
      const end = held.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = held.slice(0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (held.length < end + 4 + length) return;
      held = held.slice(end + 4 + length);
      note(`${base}${head.split(" ", 2)[1]}`, /\r\nwebhook-id: (\S+)/i.exec(head)?.[1] ?? "");
      if (delayMs === 0) socket.write(answer);
      else setTimeout(() => socket.writable && socket.write(answer), delayMs);
    });
  });
  server.listen(0, "127.0.0.1", 4_096);
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return base;
}
