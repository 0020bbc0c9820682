import { resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { nearest } from "./domain/near.js";
import { parseRetention, usualRetentionMs } from "./domain/retention.js";
import { SettingsError } from "./errors.js";
import {
  type RedisConfig,
  redisContradictions,
  redisFrom,
  redisKinds,
  redisShape,
} from "./settings/redis.js";
import { hidden, isUrl, readPort, setting } from "./settings/setting.js";

/** Everything that can be set, checked and frozen. */
export interface Config {
  readonly http: { readonly port: number; readonly host: string };
  /** Where a process without the role `api` tells how it is; null: nowhere. */
  readonly metricsPort: number | null;
  /** Without a trailing slash. */
  readonly publicUrl: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly redis: RedisConfig;
  /** The first encrypts, all decrypt; null: kept in the data folder (see `loadSecrets`). */
  readonly secretKeys: readonly Buffer[] | null;
  /** The first admin token; null: kept in the data folder. */
  readonly apiToken: string | null;
  /** Requests a minute of each API token; 0 for any number. */
  readonly apiRateLimit: number;
  /** How long events, finished deliveries and holds are kept, ms. */
  readonly retentionMs: number;
  readonly pixieset: {
    readonly galleryUrl: string;
    readonly studioUrl: string;
    readonly loginUrl: string | null;
  };
  readonly smtp: { readonly url: string; readonly from: string } | null;
  /** CIDRs that may be reached although private, and over plain http. */
  readonly allowedNetworks: readonly string[];
  readonly log: { readonly level: string; readonly format: "json" | "pretty" };
}

export type { RedisConfig };

type Environment = Readonly<Record<string, string | undefined>>;

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
const keyRemedy =
  "use base64 of 32 bytes, or several separated by commas; `openssl rand -base64 32` makes one";
const urlRemedy = "use an http or https address";

const settings = z.object({
  PORT: setting(readPort, "use a number from 0 to 65535").default(3000),
  HOST: setting((text) => (/^[\w.:-]+$/.test(text) ? text : null), "use a host name or an address").default(
    "127.0.0.1",
  ),
  PIXIEHOOK_METRICS_PORT: setting(readPort, "use a number from 0 to 65535").optional(),
  PIXIEHOOK_PUBLIC_URL: setting(readBaseUrl, "use an address like https://hooks.example.com").optional(),
  PIXIEHOOK_DATA_DIR: setting((text) => resolve(text), "use a folder").default(resolve("data")),
  ...redisShape,
  PIXIEHOOK_SECRET_KEY: hidden(parseSecretKeys, keyRemedy).optional(),
  PIXIEHOOK_API_TOKEN: hidden(
    (text) => (/^[\x21-\x7e]{16,}$/.test(text) ? text : null),
    "use at least 16 letters, digits or signs without spaces",
  ).optional(),
  PIXIEHOOK_API_RATE_LIMIT: setting(
    (text) => (/^\d{1,6}$/.test(text) ? Number(text) : null),
    "use requests a minute, up to 999999; 0 for no limit",
  ).default(1_200),
  PIXIEHOOK_RETENTION: setting(
    parseRetention,
    "use a length of time from 1m to 3650d, such as 12h or 30d",
  ).default(usualRetentionMs),
  PIXIESET_GALLERY_URL: setting(readBaseUrl, urlRemedy).default("https://galleries.pixieset.com/api/v1"),
  PIXIESET_STUDIO_URL: setting(readBaseUrl, urlRemedy).default("https://studio.pixieset.com/api/v1"),
  PIXIESET_LOGIN_URL: setting(readBaseUrl, urlRemedy).optional(),
  SMTP_URL: hidden(
    (text) => (isUrl(text, ["smtp:", "smtps:"]) ? text : null),
    "use smtp://user:password@host:587 or smtps://user:password@host:465",
  ).optional(),
  EMAIL_FROM: setting(
    readSender,
    "use an address, or a name and an address: Studio <mail@example.com>",
  ).optional(),
  PIXIEHOOK_ALLOWED_NETWORKS: setting(
    readNetworks,
    "use networks like 10.0.0.0/8 or fd00::/8, several separated by commas",
  ).default([]),
  LOG_LEVEL: setting(
    (text) => (logLevels.includes(text) ? text : null),
    `use one of ${logLevels.join(", ")}`,
  ).default("info"),
  LOG_FORMAT: setting(
    (text) => (text === "json" || text === "pretty" ? text : null),
    "use json or pretty",
  ).optional(),
});

/**
 * Reads every setting out of the environment; an empty value counts as unset.
 * `terminal` says whether a person reads the log.
 * Throws `SettingsError` with one sentence for each problem.
 */
export function readConfig(environment: Environment, terminal = false): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = settings.safeParse(given);
  const wrong = parsed.error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) ?? [];
  const problems = [...wrong, ...unknownSettings(given), ...contradictions(given)];
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems);

  const { data } = parsed;
  const http = { port: data.PORT, host: data.HOST };
  return freeze({
    http,
    metricsPort: data.PIXIEHOOK_METRICS_PORT ?? null,
    publicUrl: data.PIXIEHOOK_PUBLIC_URL ?? addressOf(http),
    dataDir: data.PIXIEHOOK_DATA_DIR,
    redis: redisFrom(data),
    secretKeys: data.PIXIEHOOK_SECRET_KEY ?? null,
    apiToken: data.PIXIEHOOK_API_TOKEN ?? null,
    apiRateLimit: data.PIXIEHOOK_API_RATE_LIMIT,
    retentionMs: data.PIXIEHOOK_RETENTION,
    pixieset: {
      galleryUrl: data.PIXIESET_GALLERY_URL,
      studioUrl: data.PIXIESET_STUDIO_URL,
      loginUrl: data.PIXIESET_LOGIN_URL ?? null,
    },
    smtp: data.SMTP_URL && data.EMAIL_FROM ? { url: data.SMTP_URL, from: data.EMAIL_FROM } : null,
    allowedNetworks: data.PIXIEHOOK_ALLOWED_NETWORKS,
    log: { level: data.LOG_LEVEL, format: data.LOG_FORMAT ?? (terminal ? "pretty" : "json") },
  });
}

/** The same settings once the port is known that `PORT=0` left open; a public URL that was set stays. */
export function withPort(config: Config, port: number): Config {
  const http = { ...config.http, port };
  const publicUrl = config.publicUrl === addressOf(config.http) ? addressOf(http) : config.publicUrl;
  return freeze({ ...config, http, publicUrl });
}

/** Keys out of base64 text, separated by commas; null unless every one has 32 bytes. */
export function parseSecretKeys(text: string): readonly Buffer[] | null {
  const keys: Buffer[] = [];
  for (const part of text.split(",").map((each) => each.trim())) {
    if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(part)) return null;
    keys.push(Buffer.from(part, "base64"));
  }
  return keys;
}

/** What is wrong with settings taken together, each of which may be right by itself. */
function contradictions(given: Environment): string[] {
  const problems = redisContradictions(given);
  const external = redisKinds.find((name) => given[name]);
  // A key in a data folder would be another one on every machine that shares this Redis.
  if (external && !given.PIXIEHOOK_SECRET_KEY) {
    problems.push(`PIXIEHOOK_SECRET_KEY is missing, and ${external} needs it: ${keyRemedy}`);
  }
  if (given.SMTP_URL && !given.EMAIL_FROM) {
    problems.push(
      "EMAIL_FROM is missing, and SMTP_URL needs it: set the sender's address, or unset SMTP_URL",
    );
  }
  if (given.EMAIL_FROM && !given.SMTP_URL) {
    problems.push("SMTP_URL is missing, and EMAIL_FROM needs it: set the mail server, or unset EMAIL_FROM");
  }
  return problems;
}

function unknownSettings(given: Environment): string[] {
  const known = Object.keys(settings.shape);
  const unknown = Object.keys(given).filter(
    (name) => /^PIXIE(HOOK|SET)_/.test(name) && !known.includes(name),
  );
  return unknown.map((name) => {
    const meant = nearest(name, known);
    const remedy = meant === null ? "unset it" : `did you mean ${meant}?`;
    return `${name} is not a setting: ${remedy}`;
  });
}

function readBaseUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "") return null;
  return text.replace(/\/+$/, "");
}

function readNetworks(text: string): string[] | null {
  const networks = text.split(",").map((part) => part.trim());
  return networks.every((network) => ipaddr.isValidCIDR(network)) ? networks : null;
}

function readSender(text: string): string | null {
  return /^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(text) ? text : null;
}

function addressOf(http: Config["http"]): string {
  const everywhere = http.host === "0.0.0.0" || http.host === "::";
  const host = everywhere ? "localhost" : http.host.includes(":") ? `[${http.host}]` : http.host;
  return `http://${host}:${http.port}`;
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
