import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { type Simulation, startSimulation } from "../../src/simulator/run.js";
import type { OpenApiDocument } from "../api/support/conformity.js";
import { startTestRedis } from "../support/redis.js";
import { type Json, temporaryFolder } from "../support/service.js";
import { leakIn, type Secrets } from "./oracle.js";
import type { Targets } from "./requests.js";

/** What a service uses, after its garbage was collected. */
export interface Measure {
  readonly heapBytes: number;
  readonly handles: number;
  readonly redisKeys: number;
  readonly redisBytes: number;
}

/** A service with one of everything, and a way to look into it. */
export interface FuzzWorld {
  readonly document: OpenApiDocument;
  readonly port: number;
  readonly targets: Targets;
  readonly secrets: Secrets;
  /** Lines of the log that should not be there. */
  readonly complaints: readonly string[];
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
  /** Brings back to life what requests have switched off. */
  mend(): Promise<void>;
  measure(): Promise<Measure>;
  close(): Promise<void>;
}

const main = new URL("../../bin/pixiehook.js", import.meta.url).pathname;
const probe = new URL("probe.mjs", import.meta.url).pathname;
const secretKey = Buffer.alloc(32, 7).toString("base64");
const token = "the-token-of-this-fuzz-run-alone";

/** Puts one of everything into a service and answers with the ids, by prefix. */
async function furnish(call: FuzzWorld["call"], { simulator, webhooks }: Simulation) {
  const { body: account } = await call("POST", "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: simulator.cookies },
    resources: ["favorites"],
    polling: { requestsPerMinute: 6_000, minIntervalSeconds: 3_600 },
    floodThreshold: 5,
  });
  const { body: subscription } = await call("POST", "/v1/subscriptions", {
    events: ["*"],
    channel: { type: "webhook", url: `${webhooks.url}/hook` },
  });
  for (const count of [0, 3, 8]) {
    if (count > 0) simulator.addFavorites({ count });
    await call("POST", `/v1/accounts/${account.id}/poll?wait=true`);
  }
  const list = async (path: string): Promise<string[]> =>
    (await call("GET", path)).body.data.map(({ id }: Json) => id);
  const { body: replay } = await call("POST", `/v1/subscriptions/${subscription.id}/replay`, {
    since: "2020-01-01",
    only: "all",
  });
  const ids = {
    acc: [account.id],
    sub: [subscription.id],
    evt: (await list("/v1/events?limit=5")).slice(0, 5),
    dlv: await list(`/v1/subscriptions/${subscription.id}/deliveries?limit=5`),
    hold: await list(`/v1/accounts/${account.id}/holds`),
    src: await list(`/v1/accounts/${account.id}/sources`),
    rpl: [replay.id],
  };
  return { ids, secret: String(subscription.secret) };
}

/** Starts a service as a user runs it, with a probe in it, a simulated studio to watch, and nothing else in reach. */
export async function startFuzzWorld(): Promise<FuzzWorld> {
  const open: (() => Promise<unknown>)[] = [];
  const redis = await startTestRedis();
  open.push(() => redis.close());
  const studio = await startSimulation({ seed: 9, collections: 1 });
  open.push(() => studio.close());
  const folder = await temporaryFolder();
  open.push(folder.dispose);
  const child = spawn(process.execPath, ["--expose-gc", "--import", probe, main, "start"], {
    env: {
      PATH: process.env.PATH ?? "",
      LOG_FORMAT: "json",
      PORT: "0",
      PIXIEHOOK_DATA_DIR: folder.path,
      REDIS_URL: redis.url,
      PIXIEHOOK_SECRET_KEY: secretKey,
      PIXIEHOOK_API_TOKEN: token,
      PIXIEHOOK_API_RATE_LIMIT: "0",
      PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
      PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
      SMTP_URL: studio.mail.url,
      EMAIL_FROM: "pixiehook <alerts@example.com>",
      PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.1/32",
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  open.push(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });

  const secrets = { never: [token, secretKey, studio.simulator.cookies] };
  const complaints: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the service ended with ${code}`)));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        const found = /Dashboard {2}(\S+)/.exec(line)?.[1];
        if (found) resolve(found);
        const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0);
        if (level >= 50 || /"status":5\d\d/.test(line) || (!found && leakIn(line, { never: secrets.never })))
          complaints.push(line.slice(0, 2_000));
      });
    }
  });
  const call: FuzzWorld["call"] = async (method, path, body) => {
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
  const { ids, secret } = await furnish(call, studio);
  secrets.never.push(secret);
  const webhookUrl = `${studio.webhooks.url}/hook`;
  const client = new Redis(redis.socketPath);
  open.push(async () => client.disconnect());
  const { host, port } = new URL(address);

  return {
    document: (await call("GET", "/openapi.json")).body,
    port: Number(port),
    targets: { host, token, ids, webhookUrl, slackUrl: studio.slack.webhookUrl },
    secrets,
    complaints,
    call,
    async mend() {
      const channel = { type: "webhook", url: webhookUrl };
      await call("PATCH", `/v1/subscriptions/${ids.sub[0]}`, { enabled: true, paused: false, channel });
    },
    async measure() {
      const told = once(child, "message");
      child.send("measure");
      const [{ heapBytes, handles }] = (await told) as [Pick<Measure, "heapBytes" | "handles">];
      const memory = await client.info("memory");
      const redisBytes = Number(/used_memory:(\d+)/.exec(memory)?.[1]);
      // Answers are kept for a day under the idempotency keys that were sent: these are meant to be there.
      const keys = (await client.keys("*")).filter((key) => !key.startsWith("pixiehook:{idempotency:"));
      return { heapBytes, handles, redisKeys: keys.length, redisBytes };
    },
    async close() {
      for (const one of open.reverse()) await one();
    },
  };
}
