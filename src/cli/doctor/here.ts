import { connect as connectTo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createProber } from "../../channels/probe.js";
import type { Config } from "../../config.js";
import { messageOf } from "../../errors.js";
import { createLog } from "../../log.js";
import { judgeClocks } from "../../operations/diagnostics/clocks.js";
import { judgeFolder, lookAtFolder } from "../../operations/diagnostics/folder.js";
import { judgeMail } from "../../operations/diagnostics/mail.js";
import { judgeNoRedis, judgeRedis } from "../../operations/diagnostics/redis.js";
import { findServer, oldestVersion, searchFolders } from "../../store/embedded/find.js";
import { findManager } from "../../store/embedded/install.js";
import { ownerOf } from "../../store/embedded/mark.js";
import { connect, disconnect, type RedisClient, type RedisTarget, reasonOf } from "../../store/redis.js";
import { readServerClock, readServers } from "../../store/server.js";
import { type Finding, good, notice, problem, type Section } from "./finding.js";

/** For each look, ms. */
const patienceMs = 5_000;

/** What a service with these settings would find when it starts here. Only looks: it makes no file and no folder. */
export async function examineHere(config: Config): Promise<Section> {
  const looks = [
    lookAtPort(config.http),
    config.redis.kind === "embedded" ? lookForServer(config.dataDir) : lookAtRedis(config.redis),
    lookAtMail(config),
  ];
  const findings = (await Promise.all(looks)).flat();
  return { title: "What it needs to start", account: null, findings };
}

/** Nobody is to listen where the service would. */
async function lookAtPort({ host, port }: Config["http"]): Promise<Finding[]> {
  if (port === 0) return [];
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const socket = connectTo({ host: reachable, port });
  const taken = await new Promise<boolean>((done) => {
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.setTimeout(patienceMs, () => done(false));
  });
  socket.destroy();
  if (!taken) return [good("port", `The port ${port} is free.`)];
  const text = `Another program listens on port ${port}.`;
  return [problem("port_taken", text, "Stop it, or set PORT to a free one.")];
}

async function lookAtRedis(target: RedisTarget): Promise<Finding[]> {
  const { kind } = target;
  let client: RedisClient;
  try {
    client = connect(target, "prompt", createLog({ level: "silent", format: "json" }));
  } catch (error) {
    const remedy = "Correct this setting, or leave it out: the service does not start with it.";
    return [problem("redis_settings", messageOf(error), remedy)];
  }
  let reason = `no answer within ${patienceMs / 1_000} s`;
  client.on("error", (error) => {
    reason = reasonOf(error);
  });
  const ready = new Promise<boolean>((done) => {
    client.once("ready", () => done(true));
    client.once("error", () => done(false));
    setTimeout(done, patienceMs, false).unref();
  });
  try {
    if (!(await ready)) return judgeNoRedis(reason, kind);
    const facts = Promise.all([readServers(client), readServerClock(client, Date.now)]);
    const told = await Promise.race([facts, sleep(patienceMs, null, { ref: false })]);
    if (told === null) return judgeNoRedis(reason, kind);
    const [servers, redis] = told;
    const clocks = judgeClocks({ redis, processes: [], now: Date.now() });
    return [...judgeRedis(servers, kind), ...clocks.filter(({ level }) => level !== "good")];
  } catch (error) {
    return judgeNoRedis(reasonOf(error), kind);
  } finally {
    await disconnect(client);
  }
}

/** What an embedded Redis needs: a program, and a folder that nobody else has. */
async function lookForServer(dataDir: string): Promise<Finding[]> {
  const [program, folder] = await Promise.all([judgeProgram(), lookAtFolder(dataDir)]);
  const owner = folder.exists && folder.writable ? ownerOf(join(dataDir, "lock")) : null;
  if (owner !== null) {
    const text = `The data folder ${dataDir} is in use by process ${owner}, which does not answer where the settings say.`;
    const remedy = "Say with --url where it is; or end that process, if it hangs.";
    return [program, problem("data_in_use", text, remedy)];
  }
  if (!folder.exists)
    return [
      program,
      notice("data_none", `There is no data folder ${dataDir} yet: the first start makes it.`),
    ];
  return [program, ...judgeFolder(folder, 0)];
}

async function judgeProgram(): Promise<Finding> {
  const folders = searchFolders();
  const found = await findServer(folders);
  if (found.kind === "found")
    return good("redis_server", `Redis ${found.version} is installed (${found.path}).`);
  const manager = await findManager(folders);
  const elsewhere = "or set REDIS_URL to a server that runs elsewhere.";
  if (found.kind === "too_old") {
    const text = `${found.path} is version ${found.version}, and Redis ${oldestVersion} or newer is needed.`;
    return problem("redis_too_old", text, `Install a newer one, ${elsewhere}`);
  }
  const text = "No Redis server is installed here.";
  if (manager === null) return problem("redis_missing", text, `Install redis-server, ${elsewhere}`);
  const byItself = `The first start installs it with ${manager.tool} where that needs no password; else run \`${manager.command}\`, ${elsewhere}`;
  return notice("redis_missing", text, byItself);
}

async function lookAtMail({ allowedNetworks, smtp }: Config): Promise<Finding[]> {
  const prober = createProber({ allowedNetworks, smtp, timeoutMs: patienceMs });
  try {
    return judgeMail(await prober.mailServer(), 0);
  } finally {
    prober.close();
  }
}
