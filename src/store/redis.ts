import type { Socket } from "node:net";
import { Cluster, Redis } from "ioredis";
import type { Log } from "../log.js";
import { oldestServer, readInfo } from "./server.js";

export type RedisClient = Redis | Cluster;

/** Where Redis is: a URL (`redis:`, `rediss:`), a Unix socket, or the nodes of a cluster. */
export type RedisTarget =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "cluster"; readonly nodes: readonly { readonly host: string; readonly port: number }[] };

/**
 * `patient` connections wait for Redis to come back, as workers must; `prompt` ones fail at once when it is away, so
 * that a request gets an answer instead of hanging.
 */
export type Patience = "patient" | "prompt";

/** A failover leaves a replica behind the old address: connect anew instead of failing for good. */
function reconnectOnError(error: Error): boolean | 2 {
  return error.message.startsWith("READONLY") ? 2 : false;
}

function optionsFor(patience: Patience) {
  const patient = patience === "patient";
  return {
    // RESP2 keeps replies (scores, maps) in the one form that this code and BullMQ read.
    protocol: 2 as const,
    connectTimeout: 5_000,
    maxRetriesPerRequest: patient ? null : 0,
    enableOfflineQueue: patient,
    commandTimeout: patient ? undefined : 10_000,
    retryStrategy: (times: number) => Math.min(100 * 2 ** Math.min(times, 5), 2_000),
    reconnectOnError,
  };
}

function open(target: RedisTarget, patience: Patience): RedisClient {
  const options = optionsFor(patience);
  if (target.kind === "socket") return new Redis({ ...options, path: target.path });
  if (target.kind === "url") {
    const socket = /^unix:\/\/(.+)$/.exec(target.url);
    return socket?.[1]
      ? new Redis({ ...options, path: decodeURIComponent(socket[1]) })
      : new Redis(target.url, options);
  }
  const { enableOfflineQueue, retryStrategy, ...redisOptions } = options;
  return new Cluster([...target.nodes], {
    redisOptions,
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
  });
}

/**
 * Commands of the same moment go out in one write. A write for each takes about as long as all else that is done for
 * it; the library's own pipelining takes as long again.
 */
function writeTogether(client: Redis): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const socket: Socket | undefined = client.stream;
    if (socket && socket.writableCorked === 0) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    return send(command, stream);
  };
}

/** Opens a connection that reconnects for ever and says once when Redis goes away or comes back. */
export function connect(target: RedisTarget, patience: Patience, log: Log): RedisClient {
  const client = open(target, patience);
  if (client instanceof Redis) writeTogether(client);
  let away = false;
  client.on("error", (error: Error) => {
    if (!away) log.warn({ reason: error.message }, "Redis is away");
    away = true;
  });
  client.on("ready", () => {
    if (away) log.info("Redis is back");
    away = false;
  });
  return client;
}

/** What is wrong with the server, as sentences: `fatal` ones would lose events. */
export async function inspectServer(client: RedisClient): Promise<{ fatal: string[]; warnings: string[] }> {
  const { version, isTooOld, eviction, keepsAppendOnlyFile } = readInfo(await client.info());
  const fatal: string[] = [];
  const warnings: string[] = [];
  if (isTooOld) fatal.push(`Redis ${version} is too old: use ${oldestServer} or later.`);
  if (eviction !== null) {
    fatal.push(
      `Redis may evict keys (maxmemory-policy ${eviction}): set it to noeviction, or events get lost.`,
    );
  }
  if (keepsAppendOnlyFile === false) {
    warnings.push(
      "Redis keeps no append-only file: set appendonly yes, or a crash of Redis loses minutes of work.",
    );
  }
  return { fatal, warnings };
}

/** Closes a connection: politely when Redis answers, at once when it does not. */
export async function disconnect(client: RedisClient): Promise<void> {
  if (client.status === "ready") {
    await Promise.race([
      client.quit().catch(() => undefined),
      new Promise((done) => setTimeout(done, 500).unref()),
    ]);
  }
  client.disconnect();
}
