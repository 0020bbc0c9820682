import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { Cluster, Redis } from "ioredis";
import type { RedisConfig } from "../config.js";
import { messageOf, StartError } from "../errors.js";
import type { Log } from "../log.js";
import { oldestServer, readServers } from "./server.js";

export type RedisClient = Redis | Cluster;

type ClusterTarget = Extract<RedisConfig, { kind: "cluster" }>;
type SentinelTarget = Extract<RedisConfig, { kind: "sentinel" }>;

/** Where Redis is: what the settings say, or the Unix socket of our own. */
export type RedisTarget =
  | Exclude<RedisConfig, { kind: "embedded" }>
  | { readonly kind: "socket"; readonly path: string };

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

/** What says how a connection is encrypted; nothing for one that is not. */
function tlsOptions(tls: { readonly caFile: string | null } | null) {
  if (tls === null) return {};
  if (tls.caFile === null) return { tls: {} };
  try {
    return { tls: { ca: readFileSync(tls.caFile) } };
  } catch (error) {
    throw new StartError(`REDIS_TLS_CA cannot be read (${messageOf(error)}): use the path of a PEM file.`);
  }
}

const accessOptions = ({ username, password, tls }: ClusterTarget | SentinelTarget) => ({
  ...(username === null ? {} : { username }),
  ...(password === null ? {} : { password }),
  ...tlsOptions(tls),
});

/** How often (ms) a cluster is asked who serves what: else a node that fell silent would be waited for, for ever. */
const clusterLookMs = 5_000;

function openCluster(target: ClusterTarget, patience: Patience): Cluster {
  const { enableOfflineQueue, retryStrategy, ...redisOptions } = optionsFor(patience);
  const cluster = new Cluster([...target.nodes], {
    redisOptions: { ...redisOptions, ...accessOptions(target) },
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    // While a replica takes the place of its master, commands are sent again every 100 ms.
    maxRedirections: patience === "patient" ? Number.POSITIVE_INFINITY : 16,
    slotsRefreshInterval: clusterLookMs,
    // Names stay names: a certificate is made out to them, and one that is gone does not hide the others.
    dnsLookup: (name, done) => done(null, name),
  });
  // BullMQ duplicates it to wait for jobs, and cuts off a wait that lasts a second longer than it should, in a way from
  // which the client may not recover: better the wait ends in an error, after which BullMQ begins another one.
  const duplicate = cluster.duplicate.bind(cluster);
  cluster.duplicate = (nodes, options) => duplicate(nodes, { ...options, maxRedirections: 6 });
  return cluster.on("+node", writeTogether);
}

function openSentinel(target: SentinelTarget, patience: Patience): Redis {
  const { sentinels, name, sentinelUsername, sentinelPassword } = target;
  const access = accessOptions(target);
  return new Redis({
    ...optionsFor(patience),
    ...access,
    sentinels: [...sentinels],
    name,
    ...(sentinelUsername === null ? {} : { sentinelUsername }),
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
    ...("tls" in access ? { enableTLSForSentinelMode: true, sentinelTLS: access.tls } : {}),
    // A master that fell silent is left as soon as the sentinels have another one.
    failoverDetector: true,
    sentinelReconnectStrategy: () => 2_000,
    sentinelCommandTimeout: 5_000,
  });
}

function open(target: RedisTarget, patience: Patience): RedisClient {
  const options = optionsFor(patience);
  switch (target.kind) {
    case "socket":
      return new Redis({ ...options, path: target.path });
    case "cluster":
      return openCluster(target, patience);
    case "sentinel":
      return openSentinel(target, patience);
    case "url": {
      const socket = /^unix:\/\/(.+)$/.exec(target.url);
      if (socket?.[1]) return new Redis({ ...options, path: decodeURIComponent(socket[1]) });
      return new Redis(target.url, { ...options, ...tlsOptions(target.tls) });
    }
  }
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

/** What an error says; of a cluster that cannot be reached, what the last of its nodes said. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof Error && "lastNodeError" in error ? error.lastNodeError : null;
  return messageOf(inner instanceof Error ? inner : error);
}

/** Answers what tells how often this connection broke, to any node of a cluster. */
export function breaksOf(client: RedisClient): () => number {
  let count = 0;
  const onClose = () => void count++;
  const watch = (node: Redis) => void node.on("close", onClose);
  if (client instanceof Redis) watch(client);
  else {
    for (const node of client.nodes()) watch(node);
    client.on("+node", watch);
  }
  return () => count;
}

/** Opens a connection that reconnects for ever and says once when Redis goes away or comes back. */
export function connect(target: RedisTarget, patience: Patience, log: Log): RedisClient {
  const client = open(target, patience);
  if (client instanceof Redis) writeTogether(client);
  let away = false;
  client.on("error", (error: Error) => {
    if (!away) log.warn({ reason: reasonOf(error) }, "Redis is away");
    away = true;
  });
  client.on("ready", () => {
    if (away) log.info("Redis is back");
    away = false;
  });
  return client;
}

/** What is wrong with the server, or with any master of a cluster, as sentences: `fatal` ones would lose events. */
export async function inspectServer(client: RedisClient): Promise<{ fatal: string[]; warnings: string[] }> {
  const fatal: string[] = [];
  const warnings: string[] = [];
  for (const { node, version, isTooOld, eviction, keepsAppendOnlyFile } of await readServers(client)) {
    const name = node === null ? "Redis" : `Redis at ${node}`;
    if (isTooOld)
      fatal.push(`${name} is version ${version}, which is too old: use ${oldestServer} or later.`);
    if (eviction !== null) {
      fatal.push(
        `${name} may evict keys (maxmemory-policy ${eviction}): set it to noeviction, or events get lost.`,
      );
    }
    if (keepsAppendOnlyFile === false) {
      warnings.push(
        `${name} keeps no append-only file: set appendonly yes, or a crash of it loses minutes of work.`,
      );
    }
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
