import { hidden, isUrl, readPort, setting } from "./setting.js";

/** Where Redis is, and how it is reached. */
export type RedisConfig =
  | { readonly kind: "embedded" }
  /** `redis://`, `rediss://` or `unix:///path`. */
  | { readonly kind: "url"; readonly url: string; readonly tls: RedisTls | null }
  | (RedisAccess & { readonly kind: "cluster"; readonly nodes: readonly Readonly<RedisNode>[] })
  | (RedisAccess & {
      readonly kind: "sentinel";
      readonly sentinels: readonly Readonly<RedisNode>[];
      /** What the sentinels call the master. */
      readonly name: string;
      readonly sentinelUsername: string | null;
      readonly sentinelPassword: string | null;
    });

/** Of every node. */
export interface RedisAccess {
  readonly username: string | null;
  readonly password: string | null;
  /** Null: not encrypted. */
  readonly tls: RedisTls | null;
}

export interface RedisTls {
  /** A PEM file with the authorities to trust instead of the usual ones. */
  readonly caFile: string | null;
}

type RedisNode = { host: string; port: number };

type Environment = Readonly<Record<string, string | undefined>>;

/** Each says where Redis is; no more than one may be set. */
export const redisKinds = ["REDIS_URL", "REDIS_CLUSTER_NODES", "REDIS_SENTINELS"] as const;

const nodesRemedy = "use host:port, several separated by commas";
const text = (value: string) => value;

export const redisShape = {
  REDIS_URL: hidden(
    (value) => (isUrl(value, ["redis:", "rediss:", "unix:"]) ? value : null),
    "use redis://host:6379, rediss://host:6379 or unix:///path/redis.sock",
  ).optional(),
  REDIS_CLUSTER_NODES: setting(readNodes, nodesRemedy).optional(),
  REDIS_SENTINELS: setting(readNodes, nodesRemedy).optional(),
  REDIS_SENTINEL_NAME: setting(text, "use the name of the master in sentinel.conf").default("mymaster"),
  REDIS_SENTINEL_USERNAME: setting(text, "use a user name").optional(),
  REDIS_SENTINEL_PASSWORD: hidden(text, "use a password").optional(),
  REDIS_USERNAME: setting(text, "use a user name").optional(),
  REDIS_PASSWORD: hidden(text, "use a password").optional(),
  REDIS_TLS: setting(readSwitch, "use true or false").default(false),
  REDIS_TLS_CA: setting(text, "use the path of a PEM file").optional(),
};

interface RedisSettings {
  readonly REDIS_URL?: string | undefined;
  readonly REDIS_CLUSTER_NODES?: RedisNode[] | undefined;
  readonly REDIS_SENTINELS?: RedisNode[] | undefined;
  readonly REDIS_SENTINEL_NAME: string;
  readonly REDIS_SENTINEL_USERNAME?: string | undefined;
  readonly REDIS_SENTINEL_PASSWORD?: string | undefined;
  readonly REDIS_USERNAME?: string | undefined;
  readonly REDIS_PASSWORD?: string | undefined;
  readonly REDIS_TLS: boolean;
  readonly REDIS_TLS_CA?: string | undefined;
}

/** The Redis of the settings; an embedded one where they name none. */
export function redisFrom(data: RedisSettings): RedisConfig {
  const trust = { caFile: data.REDIS_TLS_CA ?? null };
  if (data.REDIS_URL)
    return { kind: "url", url: data.REDIS_URL, tls: isEncrypted(data.REDIS_URL) ? trust : null };
  const access: RedisAccess = {
    username: data.REDIS_USERNAME ?? null,
    password: data.REDIS_PASSWORD ?? null,
    tls: data.REDIS_TLS ? trust : null,
  };
  if (data.REDIS_CLUSTER_NODES) return { kind: "cluster", nodes: data.REDIS_CLUSTER_NODES, ...access };
  if (!data.REDIS_SENTINELS) return { kind: "embedded" };
  return {
    kind: "sentinel",
    sentinels: data.REDIS_SENTINELS,
    name: data.REDIS_SENTINEL_NAME,
    sentinelUsername: data.REDIS_SENTINEL_USERNAME ?? null,
    sentinelPassword: data.REDIS_SENTINEL_PASSWORD ?? null,
    ...access,
  };
}

/**
 * What is wrong with these settings taken together. A user and a password beside REDIS_URL are left alone: hosts that
 * give an address give its parts as well.
 */
export function redisContradictions(given: Environment): string[] {
  const problems: string[] = [];
  const chosen = redisKinds.filter((name) => given[name]);
  if (chosen.length > 1) {
    const both = chosen.length === 2 ? "both" : "all";
    problems.push(`${chosen.join(" and ")} are ${both} set: keep one of them`);
  }
  const url = given.REDIS_URL?.trim();
  const wantsTls = readSwitch(given.REDIS_TLS?.trim() ?? "") === true;
  // Whoever asks for encryption must not go without it unawares.
  if (url && wantsTls && !isEncrypted(url))
    problems.push("REDIS_TLS is true, and REDIS_URL is not encrypted: begin it with rediss://");
  if (given.REDIS_TLS_CA && !wantsTls && !(url && isEncrypted(url)))
    problems.push(
      "REDIS_TLS_CA is set, and the connection is not encrypted: set REDIS_TLS=true, or begin REDIS_URL with rediss://",
    );
  return problems;
}

const isEncrypted = (url: string) => /^rediss:/i.test(url);

function readSwitch(value: string): boolean | null {
  return /^(true|1|yes|on)$/i.test(value) ? true : /^(false|0|no|off)$/i.test(value) ? false : null;
}

function readNodes(value: string): RedisNode[] | null {
  const nodes = value
    .split(",")
    .map((part) => /^\s*(?:\[([\da-fA-F:]+)\]|([\w.-]+)):(\d{1,5})\s*$/.exec(part));
  const read = nodes.map((match) => {
    const port = readPort(match?.[3] ?? "");
    const host = match?.[1] ?? match?.[2];
    return host && port ? { host, port } : null;
  });
  return read.every((node) => node !== null) ? read : null;
}
