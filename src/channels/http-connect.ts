import { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import { literalAddress } from "./addresses.js";
import { type Guard, RefusedError } from "./guard.js";

/** How connections are made, and what is known of them afterwards. */
export interface GuardedConnector {
  readonly connect: buildConnector.connector;
  /** When the connection that ended with this error had been made (`performance.now()`); null: it never was. */
  madeAt(error: unknown): number | null;
  /** Ends every connection, also those that are still being made. */
  close(): void;
}

export interface ConnectorOptions {
  readonly guard: Guard;
  /** For the look-up, the connection and the TLS handshake together, milliseconds. */
  readonly timeoutMs: number;
  readonly ca?: string | undefined;
}

/** Connects to checked addresses only, and looks once more at what is really on the other end. */
export function createConnector({ guard, timeoutMs, ca }: ConnectorOptions): GuardedConnector {
  const endings = new WeakMap<object, number>();
  const open = new Map<Socket, NodeJS.Timeout>();
  const connectorFor = (mayBePublic: boolean) =>
    buildConnector({
      // Undici's own is only exact to a second.
      timeout: 0,
      lookup: guard.lookup(mayBePublic),
      autoSelectFamily: true,
      // Node's 250 ms gives up on far hosts that have several addresses.
      autoSelectFamilyAttemptTimeout: 1_000,
      ...(ca === undefined ? {} : { ca }),
    });
  const anywhere = connectorFor(true);
  const allowedOnly = connectorFor(false);

  /** A connection that is not made in time must not outlive the request that wanted it. */
  function watch(socket: Socket): void {
    const timer = setTimeout(() => socket.destroy(timeoutError()), timeoutMs);
    open.set(socket, timer);
    socket.once("close", () => {
      clearTimeout(timer);
      open.delete(socket);
    });
  }

  return {
    connect(options, callback) {
      const mayBePublic = guard.mayBePublic(options.protocol, options.hostname);
      // Sockets look up names only, so a literal is judged here.
      const literal = literalAddress(options.hostname);
      const reason = literal === null ? null : guard.refuse(literal, mayBePublic);
      if (reason !== null) return callback(new RefusedError(`${literal} is ${reason}`), null);
      const connect = mayBePublic ? anywhere : allowedOnly;
      const attempt: unknown = connect(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        clearTimeout(open.get(socket));
        const refusal = guard.refuse(socket.remoteAddress ?? "", mayBePublic);
        if (refusal !== null) {
          socket.destroy();
          return callback(new RefusedError(`connected to ${refusal}`), null);
        }
        const madeAt = performance.now();
        socket.on("error", (ending: Error) => endings.set(ending, madeAt));
        return callback(null, socket as TLSSocket);
      });
      if (attempt instanceof Socket) watch(attempt);
    },
    madeAt: (error) => (error instanceof Error ? (endings.get(error) ?? null) : null),
    close() {
      for (const socket of open.keys()) socket.destroy();
    },
  };
}

function timeoutError(): Error {
  return Object.assign(new Error("the connection was not made in time"), { code: "ETIMEDOUT" });
}
