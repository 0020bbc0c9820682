import type { Account, SessionState } from "../domain/account.js";
import { otherUser } from "../domain/session.js";
import type { Gate } from "../domain/upstream.js";
import { createGate, listeners } from "../pipeline/gate.js";
import { iso, type Parts } from "../pipeline/parts.js";
import { type Restored, restoreSession } from "../pipeline/session.js";
import type { Refusal } from "../services/shared.js";

/** Longest time (ms) that somebody waits for an answer about a session. */
const probeMs = 45_000;

/**
 * Tries a session out, within the account's budget and in turn with its polls. Where the budget lets nothing through
 * for longer than somebody would wait, that is said at once, and until when.
 */
export async function tryInTurn<T extends { readonly kind: string }>(
  id: string,
  { polling }: Pick<Account, "polling">,
  parts: Parts,
  attempt: (gate: Gate) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  const { store, now } = parts;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), probeMs);
  const stop = { draining: late.signal, abort: late.signal };
  const limits = { until: now() + probeMs, ...listeners(id, parts) };
  const gate = createGate({ id, polling }, "probe", store.budget, { stop, now, ...limits });
  try {
    const tried = await attempt(gate);
    const notBefore = gate.notBefore();
    return tried.kind === "refused" && notBefore !== null ? tooEarly(notBefore) : tried;
  } finally {
    clearTimeout(timer);
    await gate.leave();
  }
}

/**
 * Puts a session in place that was tried, whatever becomes of the account meanwhile; refused when it is of another
 * login, or when `refuses` says so of the account as it is then. Null: no such account.
 */
export async function putInPlace(
  id: string,
  restored: Restored,
  parts: Parts,
  refuses: (account: Account) => Refusal | null = () => null,
): Promise<{ readonly kind: "active"; readonly session: SessionState } | Refusal | null> {
  for (;;) {
    const account = await parts.store.accounts.get(id);
    if (!account) return null;
    const refusal = refuses(account) ?? ofAnother(account, restored.user);
    if (refusal) return refusal;
    const session = await restoreSession(account, restored, parts);
    if (session) return { kind: "active", session };
  }
}

function ofAnother(account: Account, user: SessionState["user"]): Refusal | null {
  const other = otherUser(account.session.user, user);
  if (!other) return null;
  const detail = `This session belongs to ${other.offered}, but this account watches ${other.watched}: add another account for it.`;
  return { kind: "refused", code: "session_of_another", detail };
}

/** What somebody is told who hands over a session while the account may not ask for anything. */
function tooEarly(notBefore: number): Refusal {
  // Up to the second: it may be some milliseconds later than was thought.
  const at = iso(Math.ceil(notBefore / 1_000 + 1) * 1_000).replace(".000Z", "Z");
  const detail = `The session was not tried: this account makes no request before ${at}, because Pixieset asked for a pause or the request budget is used up. Hand it over again then.`;
  return { kind: "refused", code: "upstream_unreachable", detail };
}
