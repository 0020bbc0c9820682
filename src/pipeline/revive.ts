import type { Account, Credentials } from "../domain/account.js";
import { afterStep, judgeStep, nextStep } from "../domain/session.js";
import type { Gate, UpstreamFailure } from "../domain/upstream.js";
import { messageOf } from "../errors.js";
import type { Stop } from "../queues/wake-ups.js";
import { createGate, listeners } from "./gate.js";
import { iso, type OpenedSession, type Parts, sliceMs, type UpstreamParts } from "./parts.js";
import { loseSession, refuseCredentials, restoreSession } from "./session.js";

/**
 * The account actor while its session is lost: makes the next step to have it back, if one is due, and answers when
 * (ms) to look again; null when only a person can help. Every step is noted before its first request, in one place
 * for all processes: one that dies in it, or runs beside another, makes no more of them.
 */
export async function reviveSession(
  account: Account,
  parts: Parts & UpstreamParts,
  stop: Stop,
): Promise<number | null> {
  const { store, log, now } = parts;
  const { id, session } = account;
  const before = await store.revivals.get(id);
  const credentials = await usableCredentials(account, parts);
  const step = nextStep(session, before.revival, credentials !== null, now());
  if (!step || step.at > now()) return step?.at ?? null;

  const startedAt = now();
  const revival = afterStep(session, before.revival, step.kind, startedAt);
  const limits = { until: startedAt + sliceMs, ...listeners(id, parts) };
  const gate = createGate(account, "poll", store.budget, { stop, now, ...limits });
  let isOurs: boolean | null = null;
  const claim = async () => {
    isOurs ??= await store.revivals.claim(id, session.epoch, before, revival, step.kind);
    return isOurs;
  };
  const claiming: Gate = {
    signal: gate.signal,
    enter: async () => (await gate.enter()) && (await claim()),
    heard: gate.heard,
  };
  let outcome: Found;
  try {
    outcome = await makeStep(account, credentials, parts, claiming).catch(unmade);
  } finally {
    await gate.leave();
  }
  // Without a jar that can be read no request is made, but the step is over all the same.
  if (outcome.kind !== "aborted") await claim();
  if (!isOurs) return gate.notBefore() ?? now() + 1_000;

  const verdict = judgeStep(step.kind, session, outcome, revival);
  const reason = outcome.kind === "active" ? undefined : outcome.reason;
  const facts = { account: id, step: step.kind, outcome: outcome.kind, reason, verdict: verdict.kind };
  log.info({ ...facts, durationMs: now() - startedAt }, "revive");

  switch (verdict.kind) {
    case "restore":
      if (outcome.kind === "active") {
        const { kind: _, ...found } = outcome;
        await restoreSession(account, { ...found, by: byOf[step.kind] }, parts);
      }
      return now();
    case "challenge":
      await loseSession(account, "challenged", verdict.reason, parts);
      return now();
    case "refuse":
      await refuseCredentials(account, verdict.reason, parts);
      return now();
    case "wait": {
      const checked = { ...session, checkedAt: iso(now()) };
      await store.accounts.moveSession(id, session, checked, { events: [] });
      return nextStep(checked, revival, credentials !== null, now())?.at ?? null;
    }
  }
}

/** A step that breaks, over a stored session that cannot be read perhaps, is over: it does not come again at once. */
function unmade(error: unknown): UpstreamFailure {
  return { kind: "transient", reason: messageOf(error), afterMs: null };
}

/** A session that works: of a login its jar, to be stored; of a probe the stored one. */
type Found =
  | (Pick<OpenedSession, "kind" | "user"> & { readonly jar?: OpenedSession["jar"] })
  | UpstreamFailure;

const byOf = { probe: "probe", login: "credentials" } as const;

/** Logs in, or asks with the stored session. */
function makeStep(
  account: Account,
  credentials: Credentials | null,
  parts: UpstreamParts,
  gate: Gate,
): Promise<Found> {
  if (credentials && parts.login) return parts.login(credentials, gate);
  return parts.upstreamFor(account).probe(gate);
}

/** The credentials to log in with; null when there are none, they cannot be read, or there is no form. */
async function usableCredentials({ id, session, readBy }: Account, parts: Parts & UpstreamParts) {
  const { store, log } = parts;
  // What this server would have of a login is not what the browser reads with.
  if (readBy === "browser") return null;
  if (parts.login === null || session.status !== "expired" || session.renewal !== "credentials") return null;
  try {
    return await store.revivals.credentials(id);
  } catch (error) {
    log.warn({ account: id, reason: messageOf(error) }, "the stored credentials cannot be used");
    return null;
  }
}
