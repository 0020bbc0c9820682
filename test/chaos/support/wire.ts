import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A way to a server that can be disturbed. */
export interface Wire {
  readonly port: number;
  /** Breaks every connection now, in the middle of whatever is said. */
  reset(): void;
  /** Lets every piece of data take so much longer from now on, ms. */
  slow(ms: number): void;
  close(): Promise<void>;
}

/** Opens a loopback port that leads to another port, or to a Unix socket. */
export async function openWire(to: { readonly port: number } | { readonly path: string }): Promise<Wire> {
  const sockets = new Set<Socket>();
  let delayMs = 0;
  const join = (from: Socket, into: Socket) => {
    sockets.add(from);
    // In order, also when what comes later is let through faster.
    let last = Promise.resolve();
    from.on("data", (chunk) => {
      const passed = delayMs === 0 ? Promise.resolve() : sleep(delayMs);
      last = Promise.all([last, passed]).then(() => void (into.writable && into.write(chunk)));
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      sockets.delete(from);
      into.destroy();
    });
  };
  const server: Server = createServer((near) => {
    const far = connect(to);
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const reset = () => {
    for (const socket of sockets) {
      if (socket.remoteAddress === undefined) socket.destroy();
      else socket.resetAndDestroy();
    }
  };
  return {
    port: address.port,
    reset,
    slow(ms) {
      delayMs = ms;
    },
    async close() {
      const closed = new Promise((done) => server.close(done));
      reset();
      await closed;
    },
  };
}
