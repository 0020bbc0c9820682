import { connect, type Socket } from "node:net";

/** What came back over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Wire {
  /** Sends these bytes and answers with the answer; throws when none comes, or when it is late. */
  ask(bytes: Buffer, options: { method: string; timeoutMs: number }): Promise<WireAnswer>;
  /** Sends bytes on a connection of their own, ends it, and gives all that came back until the other side ends it too. */
  shout(bytes: Buffer, timeoutMs: number): Promise<string>;
  close(): void;
}

class Reset extends Error {}

function headOf(bytes: Buffer): { status: number; headers: Record<string, string>; size: number } | null {
  const size = bytes.indexOf("\r\n\r\n");
  if (size === -1) return null;
  const [first = "", ...lines] = bytes.subarray(0, size).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  return { status: Number(first.split(" ")[1]), headers, size: size + 4 };
}

/** The body of a chunked answer; null while it is not whole. */
function unchunk(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    if (end === -1) return null;
    const size = Number.parseInt(bytes.subarray(at, end).toString("latin1"), 16);
    if (bytes.length < end + 2 + size + 2) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

/** The answer in these bytes, and whether the connection can be used again; null while it is not whole. */
function answerIn(
  bytes: Buffer,
  method: string,
  ended: boolean,
): { answer: WireAnswer; isDone: boolean } | null {
  const head = headOf(bytes);
  if (!head) return null;
  const { status, headers, size } = head;
  if (status >= 100 && status < 200) return answerIn(bytes.subarray(size), method, ended);
  const rest = bytes.subarray(size);
  const give = (body: Buffer, isDone: boolean) => ({ answer: { status, headers, body }, isDone });
  if (method === "HEAD" || status === 204 || status === 304) return give(Buffer.alloc(0), true);
  // A stream goes on for ever: its beginning is enough.
  if (headers["content-type"]?.startsWith("text/event-stream")) return give(rest, false);
  if (headers["transfer-encoding"] === "chunked") {
    const body = unchunk(rest);
    return body && give(body, true);
  }
  const length = headers["content-length"];
  if (length !== undefined)
    return rest.length >= Number(length) ? give(rest.subarray(0, Number(length)), true) : null;
  return ended ? give(rest, false) : null;
}

/** HTTP/1.1 over plain sockets: nothing here minds what is sent, and connections are kept as browsers keep them. */
export function createWire(host: string, port: number): Wire {
  const idle: Socket[] = [];
  const all = new Set<Socket>();

  const open = (): Socket => {
    const socket = connect({ host, port, noDelay: true });
    all.add(socket);
    socket.on("close", () => {
      all.delete(socket);
      const at = idle.indexOf(socket);
      if (at >= 0) idle.splice(at, 1);
    });
    socket.on("error", () => undefined);
    return socket;
  };

  const exchange = (socket: Socket, bytes: Buffer, method: string, timeoutMs: number): Promise<WireAnswer> =>
    new Promise((resolve, reject) => {
      let received: Buffer = Buffer.alloc(0);
      const timer = setTimeout(() => finish(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      const finish = (result: WireAnswer | Error, isReusable = false): void => {
        clearTimeout(timer);
        socket.off("data", onData).off("close", onClose);
        if (isReusable) idle.push(socket);
        else socket.destroy();
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      const look = (ended: boolean): boolean => {
        const found = answerIn(received, method, ended);
        if (found)
          finish(found.answer, found.isDone && found.answer.headers.connection !== "close" && !ended);
        return found !== null;
      };
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        look(false);
      };
      const onClose = (): void => {
        if (!look(true))
          finish(received.length === 0 ? new Reset("closed without an answer") : new Error("half an answer"));
      };
      socket.on("data", onData).on("close", onClose);
      socket.write(bytes);
    });

  return {
    async ask(bytes, { method, timeoutMs }) {
      const kept = idle.pop();
      if (kept && !kept.destroyed) {
        try {
          return await exchange(kept, bytes, method, timeoutMs);
        } catch (error) {
          // The other side may have ended an idle connection at this very moment.
          if (!(error instanceof Reset)) throw error;
        }
      }
      return exchange(open(), bytes, method, timeoutMs);
    },
    shout: (bytes, timeoutMs) =>
      new Promise((resolve, reject) => {
        const socket = open();
        let text = "";
        const timer = setTimeout(() => {
          socket.destroy();
          reject(new Error(`the connection was still open after ${timeoutMs} ms`));
        }, timeoutMs);
        socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
        socket.on("close", () => {
          clearTimeout(timer);
          resolve(text);
        });
        socket.end(bytes);
      }),
    close() {
      for (const socket of all) socket.destroy();
    },
  };
}
