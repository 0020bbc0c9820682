import type { Account, Credentials, SessionState } from "../domain/account.js";
import { sourceId } from "../domain/ids.js";
import { stateServiceEvent } from "../domain/statement.js";
import type { StoredJar } from "../store/accounts.js";
import { announceMs, iso, type Parts } from "./parts.js";

const remedies = {
  expired: "Sign in to Pixieset in your browser and hand its cookies over again.",
  renewed: "pixiehook signs in again by itself; cookies that you hand over are taken too.",
  challenged:
    "Pixieset asks for a human check: open it in your browser, pass the check, and hand its cookies over.",
  refused: "They are forgotten: hand over the right ones, or cookies from your browser.",
  signIn: "Sign in to Pixieset in a browser that is paired: its companion does the rest.",
  check: "Pixieset asks for a human check: open it in the browser and pass it; its companion does the rest.",
  letRead:
    "Pixieset asks for a human check: pass it in your browser. Where it asks again and again, let the browser read.",
};

/** What a person is to do about a lost session. */
async function remedyFor(account: Account, status: "expired" | "challenged", parts: Parts): Promise<string> {
  const isPaired = (await parts.store.companions.list(account.id)).length > 0;
  if (status === "expired" && account.session.renewal === "credentials" && account.readBy === "server")
    return remedies.renewed;
  if (!isPaired) return remedies[status];
  if (status === "expired") return remedies.signIn;
  return account.readBy === "browser" ? remedies.check : remedies.letRead;
}

/** Marks the session as lost and says so once. Polling stops until it is restored; see `revive.ts`. */
export async function loseSession(
  account: Account,
  status: "expired" | "challenged",
  cause: string,
  parts: Parts,
): Promise<void> {
  const reason = `${cause}. ${await remedyFor(account, status, parts)}`;
  const to: SessionState = { ...account.session, status, reason, checkedAt: iso(parts.now()) };
  // An expired session is tried to be had back: the account has to be looked at again.
  if (status === "expired") await parts.store.due.announce("poll", account.id, parts.now() + announceMs);
  await move(account, { ...to, epoch: account.session.epoch + 1 }, { type: `session.${status}` }, parts);
}

/** Forgets credentials that Pixieset does not take. The loss itself was told already. */
export async function refuseCredentials(account: Account, cause: string, parts: Parts): Promise<void> {
  const { session } = account;
  const reason = `${cause}. ${remedies.refused}`;
  const to: SessionState = { ...session, reason, checkedAt: iso(parts.now()), epoch: session.epoch + 1 };
  await move(account, { ...to, renewal: "cookies" }, null, parts, { credentials: null });
}

/** What makes a session active: a jar and its user, or a probe of the stored one; credentials when they are new. */
export interface Restored {
  readonly by: "cookies" | "credentials" | "companion" | "probe";
  readonly jar?: StoredJar;
  readonly user: SessionState["user"];
  readonly credentials?: Credentials;
}

/** Puts a probed session in place, says so when one was lost before, and makes the account catch up at once. */
export async function restoreSession(
  account: Account,
  { by, user, ...stored }: Restored,
  parts: Parts,
): Promise<SessionState | null> {
  const { store, now } = parts;
  const to: SessionState = {
    status: "active",
    checkedAt: iso(now()),
    // A probe that does not say whose the session is takes nothing from what is known.
    user: user ?? account.session.user,
    reason: null,
    epoch: account.session.epoch + 1,
    renewal: stored.credentials ? "credentials" : account.session.renewal,
  };
  const lost = account.session.status === "expired" || account.session.status === "challenged";
  await store.due.announce("poll", account.id, now() + announceMs);
  const moved = await move(account, to, lost ? { type: "session.restored", by } : null, parts, stored);
  if (!moved) return null;
  // A session that takes the place of a good one changes nothing of what is seen.
  if (by === "companion" && account.session.status === "active") return to;
  // Everything is looked at anew: what was refused to the old session may be open to this one.
  const sources = (await store.sources.list(account.id)).map(({ id }) => id);
  const listing = sourceId(account.id, "collections", null);
  await store.sources.hurry(account.id, [listing], sources, now());
  await parts.wakeUps.wake("poll", account.id);
  return to;
}

async function move(
  account: Account,
  to: SessionState,
  told: { readonly type: string; readonly by?: Restored["by"] } | null,
  parts: Parts,
  stored: { readonly jar?: StoredJar; readonly credentials?: Credentials | null } = {},
): Promise<boolean> {
  const { store, now, wakeUps } = parts;
  const object = { status: to.status, reason: to.reason, user: to.user, by: told?.by ?? null };
  const happening = { key: "session", revision: to.epoch, object };
  const events = told ? [stateServiceEvent(account, { ...happening, type: told.type }, iso(now()))] : [];
  if (events.length > 0) await store.due.announce("fan-out", account.id, now() + announceMs);
  const outcome = await store.accounts.moveSession(account.id, account.session, to, {
    ...stored,
    events,
  });
  if (outcome !== "stored") return false;
  for (const event of events) parts.metrics.events.inc({ type: event.type });
  if (events.length > 0) await wakeUps.wake("fan-out", account.id);
  return true;
}
