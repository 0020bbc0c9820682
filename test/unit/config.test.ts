import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig, withPort } from "../../src/config.js";
import { SettingsError } from "../../src/errors.js";
import { redisShape } from "../../src/settings/redis.js";

const key = Buffer.alloc(32, 7).toString("base64");

const everySetting = {
  PORT: "0",
  HOST: "::",
  PIXIEHOOK_METRICS_PORT: "9464",
  PIXIEHOOK_PUBLIC_URL: "https://hooks.example.com/",
  PIXIEHOOK_DATA_DIR: "/var/lib/pixiehook",
  REDIS_URL: "unix:///run/redis.sock",
  PIXIEHOOK_SECRET_KEY: `${key}, ${Buffer.alloc(32, 8).toString("base64")}`,
  PIXIEHOOK_API_TOKEN: "0123456789abcdef",
  PIXIEHOOK_API_RATE_LIMIT: "60",
  PIXIEHOOK_RETENTION: "12h",
  PIXIESET_GALLERY_URL: "http://127.0.0.1:4010/g/api/v1//",
  PIXIESET_STUDIO_URL: "http://127.0.0.1:4010/s/api/v1",
  PIXIESET_LOGIN_URL: "http://127.0.0.1:4010/login",
  SMTP_URL: "smtp://u:p@localhost:2525",
  EMAIL_FROM: "Studio <studio@example.com>",
  PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8, ::1/128",
  LOG_LEVEL: "debug",
  LOG_FORMAT: "json",
};

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("readConfig", () => {
  it("has a default for everything", () => {
    expect(readConfig({})).toEqual({
      http: { port: 3000, host: "127.0.0.1" },
      metricsPort: null,
      publicUrl: "http://127.0.0.1:3000",
      dataDir: resolve("data"),
      redis: { kind: "embedded" },
      secretKeys: null,
      apiToken: null,
      apiRateLimit: 1_200,
      retentionMs: 30 * 86_400_000,
      pixieset: {
        galleryUrl: "https://galleries.pixieset.com/api/v1",
        studioUrl: "https://studio.pixieset.com/api/v1",
        loginUrl: null,
      },
      smtp: null,
      allowedNetworks: [],
      log: { level: "info", format: "json" },
    });
  });

  it("reads every setting", () => {
    const config = readConfig(everySetting);
    expect(config).toMatchObject({
      http: { port: 0, host: "::" },
      metricsPort: 9464,
      publicUrl: "https://hooks.example.com",
      dataDir: "/var/lib/pixiehook",
      redis: { kind: "url", url: "unix:///run/redis.sock", tls: null },
      apiToken: "0123456789abcdef",
      apiRateLimit: 60,
      pixieset: { galleryUrl: "http://127.0.0.1:4010/g/api/v1", loginUrl: "http://127.0.0.1:4010/login" },
      smtp: { url: "smtp://u:p@localhost:2525", from: "Studio <studio@example.com>" },
      allowedNetworks: ["127.0.0.0/8", "::1/128"],
      log: { level: "debug", format: "json" },
    });
    expect(config.secretKeys?.map((each) => each[0])).toEqual([7, 8]);
  });

  it("reads the nodes of a cluster", () => {
    const config = readConfig({
      REDIS_CLUSTER_NODES: "a.example.com:7000,[::1]:7001",
      PIXIEHOOK_SECRET_KEY: key,
    });
    const nodes = [
      { host: "a.example.com", port: 7000 },
      { host: "::1", port: 7001 },
    ];
    expect(config.redis).toEqual({ kind: "cluster", nodes, username: null, password: null, tls: null });
  });

  it("reads where sentinels are, who is let in by whom, and how it is encrypted", () => {
    const given = {
      REDIS_SENTINELS: "s1:26379, s2:26379",
      REDIS_USERNAME: "pixiehook",
      REDIS_PASSWORD: "data",
      REDIS_SENTINEL_PASSWORD: "watch",
      REDIS_TLS: "true",
      REDIS_TLS_CA: "/etc/ca.pem",
      PIXIEHOOK_SECRET_KEY: key,
    };
    const found = {
      kind: "sentinel",
      sentinels: [
        { host: "s1", port: 26379 },
        { host: "s2", port: 26379 },
      ],
      name: "mymaster",
      sentinelUsername: null,
      sentinelPassword: "watch",
      username: "pixiehook",
      password: "data",
      tls: { caFile: "/etc/ca.pem" },
    };
    expect(readConfig(given).redis).toEqual(found);
    expect(readConfig({ ...given, REDIS_SENTINEL_NAME: "studio" }).redis).toEqual({
      ...found,
      name: "studio",
    });
    expect(readConfig({ ...given, REDIS_TLS: "no", REDIS_TLS_CA: "" }).redis).toEqual({
      ...found,
      tls: null,
    });
  });

  it("trusts an authority of one's own for an encrypted address, and needs none", () => {
    const given = { REDIS_URL: "rediss://a:6379", PIXIEHOOK_SECRET_KEY: key };
    expect(readConfig(given).redis).toEqual({ kind: "url", url: given.REDIS_URL, tls: { caFile: null } });
    expect(readConfig({ ...given, REDIS_TLS: "true", REDIS_TLS_CA: "/etc/ca.pem" }).redis).toEqual({
      kind: "url",
      url: given.REDIS_URL,
      tls: { caFile: "/etc/ca.pem" },
    });
  });

  it("never leaves a connection unencrypted of which something else was said", () => {
    const given = { REDIS_URL: "redis://a:6379", PIXIEHOOK_SECRET_KEY: key };
    expect(problemsOf({ ...given, REDIS_TLS: "true" })).toEqual([
      "REDIS_TLS is true, and REDIS_URL is not encrypted: begin it with rediss://",
    ]);
    const notEncrypted =
      "REDIS_TLS_CA is set, and the connection is not encrypted: set REDIS_TLS=true, or begin REDIS_URL with rediss://";
    expect(problemsOf({ ...given, REDIS_TLS_CA: "/etc/ca.pem" })).toEqual([notEncrypted]);
    const cluster = { ...given, REDIS_URL: "", REDIS_CLUSTER_NODES: "a:1", REDIS_TLS_CA: "/etc/ca.pem" };
    expect(problemsOf(cluster)).toEqual([notEncrypted]);
    expect(problemsOf({ ...cluster, REDIS_TLS: "true" })).toEqual([]);
  });

  it("leaves a password alone that stands beside a whole address", () => {
    const given = { REDIS_URL: "redis://:a@b:6379", REDIS_PASSWORD: "a", PIXIEHOOK_SECRET_KEY: key };
    expect(readConfig(given).redis).toEqual({ kind: "url", url: given.REDIS_URL, tls: null });
  });

  it("takes an empty value as unset", () => {
    expect(readConfig({ PORT: "", REDIS_URL: " ", SMTP_URL: "" })).toEqual(readConfig({}));
  });

  it("is frozen all the way down", () => {
    const config = readConfig({ PIXIEHOOK_SECRET_KEY: key });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.pixieset)).toBe(true);
    expect(Object.isFrozen(config.secretKeys)).toBe(true);
  });

  it("logs prettily on a terminal unless told otherwise", () => {
    expect(readConfig({}, true).log.format).toBe("pretty");
    expect(readConfig({ LOG_FORMAT: "json" }, true).log.format).toBe("json");
  });

  it("names each problem once, with its remedy", () => {
    expect(problemsOf({ PORT: "abc", LOG_LEVEL: "loud", EMAIL_FROM: "me@example.com" })).toEqual([
      'PORT is "abc": use a number from 0 to 65535',
      'LOG_LEVEL is "loud": use one of trace, debug, info, warn, error, fatal, silent',
      "SMTP_URL is missing, and EMAIL_FROM needs it: set the mail server, or unset EMAIL_FROM",
    ]);
  });

  it.each([
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["HOST", "a host"],
    ["PIXIEHOOK_PUBLIC_URL", "hooks.example.com"],
    ["PIXIESET_GALLERY_URL", "ftp://example.com"],
    ["PIXIESET_STUDIO_URL", "https://example.com/?a=1"],
    ["REDIS_CLUSTER_NODES", "a:7000,b"],
    ["REDIS_SENTINELS", "a"],
    ["REDIS_TLS", "perhaps"],
    ["PIXIEHOOK_ALLOWED_NETWORKS", "10.0.0.1"],
    ["PIXIEHOOK_API_RATE_LIMIT", "many"],
    ["PIXIEHOOK_RETENTION", "30"],
    ["PIXIEHOOK_RETENTION", "59s"],
    ["PIXIEHOOK_RETENTION", "3651d"],
    ["PIXIEHOOK_ALLOWED_NETWORKS", "10.0.0.0/33"],
    ["LOG_FORMAT", "xml"],
  ])("refuses %s=%s", (name, value) => {
    const problems = problemsOf({ [name]: value, PIXIEHOOK_SECRET_KEY: key });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name} is "${value}": use `);
  });

  it.each([
    ["REDIS_URL", "http://:hunter2@localhost"],
    ["PIXIEHOOK_SECRET_KEY", "hunter2"],
    ["PIXIEHOOK_API_TOKEN", "hunter2"],
    ["SMTP_URL", "mail://u:hunter2@localhost"],
    ["REDIS_CLUSTER_NODES", "ana:hunter2@localhost:6379,localhost:6380"],
    ["REDIS_SENTINELS", ":hunter2@localhost:26379"],
  ])("never repeats the value of %s", (name, value) => {
    const environment = { PIXIEHOOK_SECRET_KEY: key, EMAIL_FROM: "", [name]: value };
    const problems = problemsOf(environment).filter((problem) => problem.startsWith(name));
    expect(problems).toHaveLength(1);
    expect(problemsOf(environment).join()).not.toContain("hunter2");
  });

  it("wants a key when Redis is shared", () => {
    expect(problemsOf({ REDIS_URL: "redis://localhost:6379" })).toEqual([
      expect.stringMatching(/^PIXIEHOOK_SECRET_KEY is missing, and REDIS_URL needs it: /),
    ]);
  });

  it("wants one Redis", () => {
    const environment = { REDIS_URL: "redis://a", REDIS_CLUSTER_NODES: "a:1", PIXIEHOOK_SECRET_KEY: key };
    expect(problemsOf(environment)).toEqual([
      "REDIS_URL and REDIS_CLUSTER_NODES are both set: keep one of them",
    ]);
    expect(problemsOf({ ...environment, REDIS_SENTINELS: "a:1" })).toEqual([
      "REDIS_URL and REDIS_CLUSTER_NODES and REDIS_SENTINELS are all set: keep one of them",
    ]);
  });

  it("knows a misspelt setting, and leaves other programs' variables alone", () => {
    expect(problemsOf({ PIXIEHOOK_PUBLC_URL: "x", PIXIESET_ANYTHING_AT_ALL: "x", NODE_ENV: "test" })).toEqual(
      [
        "PIXIEHOOK_PUBLC_URL is not a setting: did you mean PIXIEHOOK_PUBLIC_URL?",
        "PIXIESET_ANYTHING_AT_ALL is not a setting: unset it",
      ],
    );
  });
});

describe("withPort", () => {
  it("moves the public address along unless it was set", () => {
    expect(withPort(readConfig({ PORT: "0" }), 4321).publicUrl).toBe("http://127.0.0.1:4321");
    expect(withPort(readConfig({ PORT: "0", HOST: "0.0.0.0" }), 4321).publicUrl).toBe(
      "http://localhost:4321",
    );
    const set = readConfig({ PORT: "0", PIXIEHOOK_PUBLIC_URL: "https://h.example.com" });
    expect(withPort(set, 4321)).toMatchObject({ http: { port: 4321 }, publicUrl: "https://h.example.com" });
  });
});

it("is shown whole in .env.example", async () => {
  const lines = (await readFile(".env.example", "utf8")).split("\n");
  const given = lines.flatMap((line) => [...line.matchAll(/^#?([A-Z][A-Z_]+)=(.*)$/g)]);
  expect(given.map((match) => match[1]).sort()).toEqual(
    [...Object.keys(everySetting), ...Object.keys(redisShape).filter((name) => name !== "REDIS_URL")].sort(),
  );
  const active = lines.flatMap((line) => [...line.matchAll(/^([A-Z_]+)=(.*)$/g)]);
  expect(problemsOf(Object.fromEntries(active.map((match) => [match[1], match[2]])))).toEqual([]);
  // The examples are good ones, but for the three that exclude each other.
  const examples = Object.fromEntries(given.map((match) => [match[1], match[2]]));
  const one = { ...examples, REDIS_URL: "", PIXIEHOOK_SECRET_KEY: key };
  expect(problemsOf({ ...one, REDIS_SENTINELS: "" })).toEqual([]);
  expect(problemsOf({ ...one, REDIS_CLUSTER_NODES: "" })).toEqual([]);
});
