import { expect, test } from "vitest";
import type { Finding } from "../../../src/domain/finding.js";
import { judgeClockHere, judgeClocks } from "../../../src/operations/diagnostics/clocks.js";
import { judgeFolder } from "../../../src/operations/diagnostics/folder.js";
import { judgeMail } from "../../../src/operations/diagnostics/mail.js";
import { judgeReceivers } from "../../../src/operations/diagnostics/receivers.js";
import { judgeNoRedis, judgeRedis } from "../../../src/operations/diagnostics/redis.js";
import { size, time } from "../../../src/operations/diagnostics/words.js";
import { judgeWorkers } from "../../../src/operations/diagnostics/workers.js";
import { readInfo } from "../../../src/store/server.js";

const codes = (findings: readonly Finding[]) => findings.map(({ level, code }) => `${level} ${code}`);
const well = "redis_version:7.2.4\r\nrole:master\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n";
const redis = (more = "") => judgeRedis([readInfo(`${well}used_memory:950\r\n${more}`)], "url");

/** Whatever is wrong, it is said what to do. */
function expectRemedies(findings: readonly Finding[]) {
  for (const { level, text, remedy } of findings) {
    expect(text).toMatch(/^[A-Z\dh].*\.$/);
    if (level !== "good") expect(remedy, text).toMatch(/.{20,}/);
  }
}

test.each([
  ["", []],
  ["redis_version:6.0.16", ["problem redis_too_old"]],
  ["redis_version:6.2.0", []],
  ["maxmemory_policy:allkeys-lru", ["problem redis_evicts"]],
  ["aof_enabled:0", ["problem redis_not_persistent"]],
  ["aof_last_write_status:err", ["problem redis_write_failed"]],
  ["aof_last_bgrewrite_status:err", ["problem redis_write_failed"]],
  ["rdb_last_bgsave_status:err", ["problem redis_write_failed"]],
  ["role:slave", ["problem redis_replica"]],
  ["maxmemory:1200", []],
  ["maxmemory:1100", ["notice redis_memory_short"]],
  ["maxmemory:1000", ["problem redis_memory_full"]],
])("Redis that says %j", (more, expected) => {
  const [summary, ...findings] = redis(more);
  expect(summary).toMatchObject({ level: "good", code: "redis" });
  expect(codes(findings)).toEqual(expected);
  expectRemedies(findings);
  const isSafe = !/aof_enabled|policy/.test(more);
  expect(summary?.text.includes("writes down what it gets")).toBe(isSafe);
});

test("of a cluster each node is judged, and named", () => {
  const bad = readInfo(`${well}aof_enabled:0`, "10.0.0.2:6379");
  const [summary, finding] = judgeRedis([readInfo(well, "10.0.0.1:6379"), bad], "cluster");
  expect(summary?.text).toBe("Redis 7.2.4 (2 nodes) uses 0 B of memory.");
  expect(finding?.text).toContain("Redis at 10.0.0.2:6379 keeps no append-only file");
});

test("Redis that does not answer, or refuses us", () => {
  expect(codes(judgeNoRedis("connect ECONNREFUSED", "url"))).toEqual(["problem redis_away"]);
  expect(codes(judgeNoRedis("NOAUTH Authentication required.", "url"))).toEqual(["problem redis_refused"]);
});

test.each([
  ["url", /REDIS_URL/, /REDIS_CLUSTER|REDIS_SENTINEL|REDIS_PASSWORD/],
  ["cluster", /REDIS_CLUSTER_NODES|REDIS_PASSWORD/, /REDIS_URL|REDIS_SENTINEL/],
  ["sentinel", /REDIS_SENTINELS|REDIS_PASSWORD/, /REDIS_URL|REDIS_CLUSTER/],
] as const)("the settings that reach Redis are named, and no others: %s", (kind, named, others) => {
  const findings = [
    ...judgeNoRedis("connect ECONNREFUSED", kind),
    ...judgeNoRedis("WRONGPASS invalid username-password pair", kind),
    ...judgeRedis([readInfo(`${well}role:slave`)], kind).filter(({ level }) => level === "problem"),
  ];
  expect(findings).toHaveLength(3);
  for (const { remedy } of findings) {
    expect(remedy).toMatch(named);
    expect(remedy).not.toMatch(others);
  }
  const [distrusted] = judgeNoRedis("self-signed certificate", kind);
  expect(distrusted?.text).toContain("cannot be trusted: self-signed certificate");
  expect(distrusted?.remedy).toContain("REDIS_TLS_CA");
});

test("clocks: a second is no matter, a minute is; the nearer cause is told and not its echo", () => {
  const now = 1_000_000_000_000;
  const process = (redisAheadMs: number, upstream: number | null = null, age = 0) => ({
    id: String(redisAheadMs),
    roles: ["poll"],
    redisAheadMs,
    upstream: upstream === null ? null : { aheadMs: upstream, at: now - age },
  });
  const judge = (aheadMs: number, processes = [process(0)], exactMs = 1) =>
    judgeClocks({ redis: { aheadMs, exactMs }, processes, now });
  expect(codes(judge(900))).toEqual(["good clock"]);
  expect(judge(5_000).map(({ text }) => text)).toEqual(["The service's clock is 5 s behind that of Redis."]);
  expect(codes(judge(-40_000))).toEqual(["problem clock_redis"]);
  expect(judge(-40_000)[0]?.text).toContain("40 s ahead of");
  // A slow answer says little of a clock.
  expect(codes(judge(2_500, [process(0)], 2_400))).toEqual(["good clock"]);
  expect(codes(judge(0, [process(0), process(-3_000)]))).toEqual(["notice clock_process"]);
  expect(codes(judge(3_000, [process(3_000)]))).toEqual(["notice clock_redis"]);
  expect(codes(judge(0, [process(0, -180_000)]))).toEqual(["problem clock_upstream"]);
  expect(codes(judge(0, [process(0, -180_000, 7_200_000)]))).toEqual(["good clock"]);
  expect(codes(judge(0, [process(0, 12_000, 50), process(0, 500, 10)]))).toEqual(["good clock"]);
  expectRemedies([...judge(5_000), ...judge(0, [process(0, 12_000)])]);
  expect(codes(judgeClockHere(-15_000))).toEqual(["notice clock_here"]);
  expect(judgeClockHere(4_000)).toEqual([]);
});

test("workers: missing, late, and mailboxes that nobody empties", () => {
  const all = {
    id: "1",
    roles: ["api", "poll", "fan-out", "deliver", "clock"],
    redisAheadMs: 0,
    upstream: null,
  };
  const well = { processes: [all], queues: {}, clockLagMs: 900, overdueMs: 30_000 };
  expect(judgeWorkers(well)).toMatchObject([{ text: "All parts run, in 1 process, and are in time." }]);
  const late = { deliver: { waiting: 3, oldestMs: 90_001 }, poll: { waiting: 1, oldestMs: 10 } };
  const judged = judgeWorkers({ ...well, queues: late, clockLagMs: 70_000, overdueMs: 400_000 });
  expect(codes(judged)).toEqual(["problem clock_late", "problem workers_late", "problem delivery_overdue"]);
  expectRemedies(judged);
  const missing = judgeWorkers({
    ...well,
    processes: [{ ...all, roles: ["api", "poll", "fan-out"] }],
    queues: late,
    clockLagMs: 70_000,
    overdueMs: 400_000,
  });
  // What follows from it is not told once more.
  expect(codes(missing)).toEqual(["problem workers_missing"]);
  expect(missing[0]).toMatchObject({
    text: "No process runs deliver, clock: what they do is not done.",
    remedy: "Start one: pixiehook start --roles deliver,clock.",
  });
});

test("mail: nothing is said where nobody wants any", () => {
  expect(judgeMail(null, 0)).toEqual([]);
  expect(judgeMail(null, 2)[0]?.text).toBe("2 subscriptions want emails, and no mail server is set.");
  for (const at of ["connection", "tls", "login", "answer"] as const) {
    const findings = judgeMail({ kind: "failed", at, reason: "535 no." }, 1);
    expect(codes(findings)).toEqual([`problem mail_${at}`]);
    expect(findings[0]?.text).toMatch(/: 535 no\.$/);
    expectRemedies(findings);
  }
});

test("receivers: one finding each, the worst first, and a bound", () => {
  const now = Date.now();
  const of = (origin: string, reach: Parameters<typeof judgeReceivers>[0][number]["reach"]) => {
    return { origin, subscriptions: 1, reach };
  };
  const ends = (days: number) => ({ kind: "reached" as const, certificateEndsAt: now + days * 86_400_000 });
  const findings = judgeReceivers(
    [
      of("https://soon.example", ends(13)),
      of("https://fine.example", ends(15)),
      of("http://plain.example", { kind: "reached", certificateEndsAt: null }),
      {
        ...of("https://down.example", { kind: "failed", reason: "the connection was refused" }),
        subscriptions: 3,
      },
      of("https://old.example", { kind: "failed", reason: "TLS failed: the certificate has expired" }),
      of("https://in.example", {
        kind: "refused",
        reason: "in.example resolves to 10.0.0.1, a private address",
      }),
    ],
    2,
    now,
  );
  expect(codes(findings)).toEqual([
    "good receivers",
    "problem receiver_unreachable",
    "problem receiver_certificate",
    "problem receiver_refused",
    "notice receiver_certificate_ends",
    "notice receivers_untried",
  ]);
  expect(findings[0]?.text).toBe("3 of 6 receivers can be reached.");
  expect(findings[1]?.text).toBe(
    "https://down.example (3 subscriptions) cannot be reached: the connection was refused.",
  );
  const many = Array.from({ length: 60 }, (_, index) =>
    of(`https://${index}.example`, { kind: "failed", reason: "x" }),
  );
  expect(judgeReceivers(many, 0, now)).toHaveLength(21);
});

test("the data folder: rights, secrets that others can read, and a disk that is nearly full", () => {
  const facts = { path: "/data", exists: true, writable: true, open: [], freeBytes: 50e9 };
  expect(codes(judgeFolder(facts, 1e6))).toEqual(["good data"]);
  expect(judgeFolder({ ...facts, exists: false }, 0)).toEqual([]);
  expect(judgeFolder({ ...facts, writable: false, freeBytes: 1 }, null)).toEqual([]);
  const bad = judgeFolder({ ...facts, writable: false, open: ["secret-key"], freeBytes: 900e6 }, 1e6);
  expect(codes(bad)).toEqual(["problem data_not_writable", "problem data_open", "notice disk_short"]);
  expectRemedies(bad);
  expect(codes(judgeFolder({ ...facts, freeBytes: 40e9 }, 41e9))).toEqual(["problem disk_full"]);
});

test("sizes and times are short", () => {
  expect([0, 999, 1_000, 14_200_000, 3_400_000_000, 8e15].map(size)).toEqual([
    "0 B",
    "999 B",
    "1 kB",
    "14 MB",
    "3.4 GB",
    "8000 TB",
  ]);
  expect([400, -2_340, 45_000, 300_000, 7_200_000, 86_400_000 * 5].map(time)).toEqual([
    "0.4 s",
    "2.3 s",
    "45 s",
    "5 min",
    "2 h",
    "5 days",
  ]);
});
