import type { Account, SessionState } from "../domain/account.js";
import { sourceId } from "../domain/ids.js";
import { stateServiceEvent } from "../domain/statement.js";
import type { StoredJar } from "../store/accounts.js";
import { announceMs, iso, type Parts } from "./parts.js";

const remedies = {
  expired: "Sign in to Pixieset in your browser and hand its cookies over again.",
  challenged:
    "Pixieset asks for a human check: open it in your browser, pass the check, and hand its cookies over.",
};

/** Marks the session as lost and says so once. Polling stops until new cookies come. */
export async function loseSession(
  account: Account,
  status: "expired" | "challenged",
  cause: string,
  parts: Parts,
): Promise<void> {
  const reason = `${cause}. ${remedies[status]}`;
  const to: SessionState = { ...account.session, status, reason, checkedAt: iso(parts.now()) };
  await move(account, { ...to, epoch: account.session.epoch + 1 }, `session.${status}`, parts);
}

/** Puts a probed session in place, says so when one was lost before, and makes the account catch up at once. */
export async function restoreSession(
  account: Account,
  session: { readonly jar: StoredJar; readonly user: SessionState["user"] },
  parts: Parts,
): Promise<SessionState | null> {
  const { store, now } = parts;
  const to: SessionState = {
    status: "active",
    checkedAt: iso(now()),
    user: session.user,
    reason: null,
    epoch: account.session.epoch + 1,
  };
  const lost = account.session.status === "expired" || account.session.status === "challenged";
  await store.due.announce("poll", account.id, now() + announceMs);
  const moved = await move(account, to, lost ? "session.restored" : null, parts, session.jar);
  if (!moved) return null;
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
  type: string | null,
  parts: Parts,
  jar?: StoredJar,
): Promise<boolean> {
  const { store, now, wakeUps } = parts;
  const object = { status: to.status, reason: to.reason, user: to.user };
  const happening = { key: "session", revision: to.epoch, object };
  const events = type ? [stateServiceEvent(account, { ...happening, type }, iso(now()))] : [];
  if (events.length > 0) await store.due.announce("fan-out", account.id, now() + announceMs);
  const outcome = await store.accounts.moveSession(account.id, account.session, to, {
    ...(jar ? { jar } : {}),
    events,
  });
  if (outcome !== "stored") return false;
  for (const event of events) parts.metrics.events.inc({ type: event.type });
  if (events.length > 0) await wakeUps.wake("fan-out", account.id);
  return true;
}
