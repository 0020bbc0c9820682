import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "../errors.js";
import type { Log } from "../log.js";
import { inspectServer, type RedisClient, type RedisTarget, reasonOf } from "./redis.js";

/** How long a Redis that was named in the settings may take to answer, ms. */
const patienceMs = 30_000;

/** How long (ms) until one that went away as it was asked is asked again. */
const askAgainMs = 250;

/** What a server says to whom it does not know. */
const refusal = /WRONGPASS|NOAUTH|NOPERM|DENIED|^ERR |invalid (username-)?password/i;

/** What we say of a server that we do not know. */
export const distrust = /certificate|altname|wrong version number|unsupported protocol/i;

/** The settings that say where Redis is, and who we are to it. */
export const settingsOf: Record<RedisTarget["kind"] | "embedded", { place: string; access: string }> = {
  embedded: { place: "REDIS_URL", access: "user and password in REDIS_URL" },
  url: { place: "REDIS_URL", access: "user and password in REDIS_URL" },
  socket: { place: "REDIS_URL", access: "user and password in REDIS_URL" },
  cluster: { place: "REDIS_CLUSTER_NODES", access: "REDIS_USERNAME and REDIS_PASSWORD" },
  sentinel: {
    place: "REDIS_SENTINELS and REDIS_SENTINEL_NAME",
    access: "REDIS_USERNAME and REDIS_PASSWORD, and those of the sentinels",
  },
};

/** What to do about that. */
export const trustRemedy =
  "check REDIS_TLS_CA, the name or address that is asked, and that the server speaks TLS";

interface Options {
  readonly target: RedisTarget;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Waits until both connections stand and Redis is as it has to be. Throws `StartError` for what is in the way. */
export async function awaitRedis(
  patient: RedisClient,
  prompt: RedisClient,
  { target, log, signal }: Options,
): Promise<void> {
  const { place, access } = settingsOf[target.kind];
  const deadline = new AbortController();
  const end = () => deadline.abort();
  signal.addEventListener("abort", end);
  const late = sleep(patienceMs, null, { signal: deadline.signal }).catch(() => null);
  const refuse = (error: unknown): never => {
    const reason = reasonOf(error);
    if (distrust.test(reason)) throw new StartError(`Redis cannot be trusted (${reason}): ${trustRemedy}.`);
    throw new StartError(`Redis refused us (${reason}): check ${access}.`);
  };
  let last: unknown = null;
  let onError: (error: unknown) => void = () => undefined;
  // Sentinels, a cluster whose nodes all refuse us, and one who is not trusted: they are tried again for ever.
  const refused = new Promise<never>((_, reject) => {
    onError = (error) => {
      last = error;
      if (refusal.test(reasonOf(error)) || distrust.test(reasonOf(error))) reject(error);
    };
  });
  patient.on("error", onError);
  const inspecting = Promise.race([inspect(patient, deadline.signal, onError), refused]).catch(refuse);
  const inspected = await Promise.race([inspecting, late]).finally(() => {
    patient.off("error", onError);
    signal.removeEventListener("abort", end);
    deadline.abort();
  });
  if (signal.aborted) throw new StartError("The start was interrupted.");
  if (!inspected) {
    const said = last === null ? "" : ` (${reasonOf(last)})`;
    // A cluster and sentinels do not tell that a certificate was the reason.
    const trust = "tls" in target && target.tls ? ", speaks TLS, and is known to REDIS_TLS_CA" : "";
    throw new StartError(
      `Redis does not answer${said}: check ${place}, and that the server runs and can be reached${trust}.`,
    );
  }
  for (const warning of inspected.warnings) log.warn(warning);
  if (inspected.fatal.length > 0) throw new StartError(inspected.fatal.join("\n"));
  await ready(prompt, place, signal);
}

/** Asks until there is an answer: a node of a cluster can die as it is asked, and another one takes its place. */
async function inspect(client: RedisClient, signal: AbortSignal, onError: (error: unknown) => void) {
  for (;;) {
    try {
      return await inspectServer(client);
    } catch (error) {
      onError(error);
      if (signal.aborted || refusal.test(reasonOf(error))) throw error;
      await sleep(askAgainMs, null, { signal }).catch(() => undefined);
    }
  }
}

/** A prompt connection refuses commands until it stands; it tries again by itself, whatever befalls it until then. */
async function ready(client: RedisClient, place: string, signal: AbortSignal): Promise<void> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  while (client.status !== "ready") {
    await once(client, "ready", { signal: end }).catch(() => undefined);
    if (signal.aborted) throw new StartError("The start was interrupted.");
    if (end.aborted)
      throw new StartError(`Redis went away at the start: check ${place}, and that the server runs.`);
  }
}
