import { type Finding, good, notice, problem, quoted } from "../../domain/finding.js";
import { distrust, settingsOf, trustRemedy } from "../../store/reach.js";
import { oldestServer, type ServerFacts } from "../../store/server.js";
import { amount, size } from "./words.js";

/** The shares of its limit above which memory is worth knowing of, and above which somebody has to act. */
const fullNotice = 0.8;
const fullProblem = 0.95;

/** How Redis is reached: it says which settings are meant. */
export type RedisKind = keyof typeof settingsOf;

/** What is to be said of Redis: of one server, or of the nodes of a cluster. */
export function judgeRedis(servers: readonly ServerFacts[], kind: RedisKind): Finding[] {
  const findings = servers.flatMap((server) => judgeServer(server, kind));
  const used = servers.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  const versions = [...new Set(servers.map(({ version }) => version))].join(" and ");
  const nodes = servers.length === 1 ? "" : ` (${amount(servers.length, "node")})`;
  const isSafe = servers.every(
    ({ eviction, keepsAppendOnlyFile }) => eviction === null && keepsAppendOnlyFile === true,
  );
  const safe = isSafe ? " drops no keys, writes down what it gets, and" : "";
  return [good("redis", `Redis ${versions}${nodes}${safe} uses ${size(used)} of memory.`), ...findings];
}

function judgeServer(server: ServerFacts, kind: RedisKind): Finding[] {
  const name = server.node === null ? "Redis" : `Redis at ${server.node}`;
  const { version, eviction, failedWrite } = server;
  const findings: Finding[] = [];
  if (server.isTooOld) {
    const remedy = `Install Redis ${oldestServer} or later, or Valkey.`;
    findings.push(problem("redis_too_old", `${name} is version ${version}, which is too old.`, remedy));
  }
  if (server.isReplica) {
    const text = `${name} is a replica: it takes no writes.`;
    findings.push(problem("redis_replica", text, `Let ${settingsOf[kind].place} lead to the primary.`));
  }
  if (eviction !== null) {
    const text = `${name} may drop keys when memory is short (maxmemory-policy ${eviction}): events can get lost.`;
    const remedy = "Set maxmemory-policy to noeviction: at once with CONFIG SET, and for good in redis.conf.";
    findings.push(problem("redis_evicts", text, remedy));
  }
  if (server.keepsAppendOnlyFile === false) {
    const text = `${name} keeps no append-only file: a crash of Redis loses minutes of work.`;
    const remedy = "Set appendonly to yes: at once with CONFIG SET, and for good in redis.conf.";
    findings.push(problem("redis_not_persistent", text, remedy));
  }
  if (failedWrite !== null) {
    const text = `${name} could not write its ${failedWrite} to the disk the last time.`;
    const remedy =
      "Make room on its disk, and see in its log what it was: until then it can refuse all writes.";
    findings.push(problem("redis_write_failed", text, remedy));
  }
  return [...findings, ...judgeMemory(server, name)];
}

function judgeMemory({ usedBytes, limitBytes }: ServerFacts, name: string): Finding[] {
  if (limitBytes === null || usedBytes < limitBytes * fullNotice) return [];
  const percent = Math.round((usedBytes / limitBytes) * 100);
  const text = `${name} uses ${size(usedBytes)} of the ${size(limitBytes)} that it may (${percent} %).`;
  const remedy = "Give it more with maxmemory: when it is full it refuses all writes, and nothing goes on.";
  const isUrgent = usedBytes >= limitBytes * fullProblem;
  return [isUrgent ? problem("redis_memory_full", text, remedy) : notice("redis_memory_short", text, remedy)];
}

/** What is to be said when Redis gave no answer. */
export function judgeNoRedis(reason: string, kind: RedisKind): Finding[] {
  const { place, access } = settingsOf[kind];
  if (distrust.test(reason)) {
    const remedy = `${trustRemedy.charAt(0).toUpperCase()}${trustRemedy.slice(1)}.`;
    return [problem("redis_away", `Redis cannot be trusted: ${quoted(reason)}.`, remedy)];
  }
  if (/^(NOAUTH|WRONGPASS|NOPERM)|AUTH/.test(reason)) {
    const form = kind === "url" ? ": redis://user:password@host:6379" : "";
    return [problem("redis_refused", `Redis refused us: ${quoted(reason)}.`, `Check ${access}${form}.`)];
  }
  const remedy =
    kind === "embedded" || kind === "socket"
      ? "It is pixiehook's own: see in the log of the service why it does not run."
      : kind === "url"
        ? "See that the server runs and that REDIS_URL leads to it."
        : `See that the servers run, and that ${place} lead to them.`;
  return [problem("redis_away", `Redis does not answer: ${quoted(reason)}.`, remedy)];
}
