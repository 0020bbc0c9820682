import { setTimeout as sleep } from "node:timers/promises";
import type { Account, AccountInput, SessionInput, SessionState } from "../domain/account.js";
import type { HandedCookie } from "../domain/companion.js";
import type { Hold } from "../domain/hold.js";
import { sourceId } from "../domain/ids.js";
import type { Gate } from "../domain/upstream.js";
import { removeAccount } from "../pipeline/delete.js";
import { announceMs, iso, type OpenedSession, type Parts } from "../pipeline/parts.js";
import type { AccountService, AccountView, PollReport, PollTicket } from "../services/accounts.js";
import type { Refusal } from "../services/shared.js";
import { viewBrowser } from "./browser.js";
import { createOutlook } from "./outlook.js";
import { putInPlace, tryInTurn } from "./session-trial.js";

/** Turns what a person pasted, or credentials, into a session that the upstream has accepted. */
export interface SessionOpener {
  open(input: SessionInput, gate: Gate): Promise<OpenedSession | Refusal>;
  /** The same with cookies of a companion, and the User-Agent of its browser. */
  openHanded(
    cookies: readonly HandedCookie[],
    userAgent: string | null,
    gate: Gate,
  ): Promise<OpenedSession | Refusal>;
}

const unpaired =
  "No browser is paired with this account: pair one on the account's page, or with POST /v1/accounts/{id}/pairings, and then let it read.";

const noBrowser =
  "A browser reads for this account, and none that is paired with it is open: open it, or let the server read.";

const unverified: SessionState = {
  status: "unverified",
  checkedAt: null,
  user: null,
  reason: "No session yet: hand over the cookies of a browser that is signed in to Pixieset.",
  epoch: 1,
  renewal: "cookies",
};

export function createAccountService(parts: Parts, sessions: SessionOpener): AccountService {
  const { store, now, wakeUps } = parts;

  async function wake(id: string): Promise<void> {
    await store.due.announce("poll", id, now());
    await wakeUps.wake("poll", id);
  }

  async function view(account: Account): Promise<AccountView> {
    const { requestsPerMinute } = account.polling;
    const { restingMs, ...budget } = await store.budget.state(account.id, requestsPerMinute);
    const restingUntil = restingMs > 0 ? iso(now() + restingMs) : null;
    const browser = await viewBrowser(account, await store.companions.list(account.id), parts);
    return { ...account, budget: { ...budget, restingUntil }, browser };
  }

  async function create(input: AccountInput) {
    const { session: handed, ...settings } = input;
    const id = store.accounts.newId();
    if (!handed) {
      const account = await view(await store.accounts.create(id, settings, unverified, null));
      return { kind: "created" as const, account };
    }
    const opened = await tryInTurn(id, settings, parts, (gate) => sessions.open(handed, gate));
    if (opened.kind === "refused") return opened;
    const session: SessionState = {
      status: "active",
      checkedAt: iso(now()),
      user: opened.user,
      reason: null,
      epoch: 1,
      renewal: "cookies",
    };
    await store.due.announce("poll", id, now() + announceMs);
    const account = await store.accounts.create(id, settings, session, opened.jar, credentialsIn(handed));
    await wakeUps.wake("poll", id);
    return { kind: "created" as const, account: await view(account) };
  }

  return {
    ...createOutlook(parts),
    create,
    async get(id) {
      const account = await store.accounts.get(id);
      return account && view(account);
    },
    async list(page) {
      const { data, next } = await store.accounts.list(page);
      return { data: await Promise.all(data.map(view)), next };
    },
    async update(id, { credentials, ...patch }) {
      if (patch.readBy === "browser" && (await store.companions.list(id)).length === 0) {
        if (!(await store.accounts.exists(id))) return null;
        return { kind: "refused", code: "companion_missing", detail: unpaired };
      }
      if (!(await store.accounts.exists(id))) return null;
      if (credentials === null) await store.revivals.forget(id);
      // It may sleep for want of a browser, and would sleep on if this process died between the two.
      await store.due.announce("poll", id, now() + announceMs);
      const account = await store.accounts.update(id, (settings) => ({
        ...settings,
        ...defined(patch),
        polling: { ...settings.polling, ...defined(patch.polling ?? {}) },
      }));
      if (!account) return null;
      await wake(id);
      return view(account);
    },
    remove: (id) => removeAccount(id, parts),
    async renewSession(id, input) {
      const account = await store.accounts.get(id);
      if (!account) return null;
      const opened = await tryInTurn(id, account, parts, (gate) => sessions.open(input, gate));
      if (opened.kind === "refused") return opened;
      const credentials = credentialsIn(input);
      const { jar, user } = opened;
      const restored = credentials
        ? ({ by: "credentials", jar, user, credentials } as const)
        : ({ by: "cookies", jar, user } as const);
      const placed = await putInPlace(id, restored, parts);
      // Whoever pasted them is told in words alone.
      const isOther = placed?.kind === "refused" && placed.code === "session_of_another";
      return isOther ? { ...placed, code: "session_rejected" } : placed;
    },
    async requestPoll(id) {
      const account = await store.accounts.get(id);
      if (!account) return null;
      const refusal = await inactive(account);
      if (refusal) return refusal;
      const { changed, events } = await store.accounts.totals(id);
      const number = await store.accounts.askForPoll(id);
      const listing = sourceId(id, "collections", null);
      const others = (await store.sources.list(id))
        .map((source) => source.id)
        .filter((source) => source !== listing);
      await store.sources.hurry(id, [listing], others, now());
      await wake(id);
      return { kind: "queued", sources: Math.max(1, others.length + 1), ticket: { number, changed, events } };
    },
    async waitForPoll(id, ticket, signal) {
      while (!signal.aborted) {
        const account = await store.accounts.get(id);
        if (!account) return null;
        const stopped = await inactive(account);
        if (stopped || (await isPolled(id, ticket.number))) return report(id, ticket, stopped);
        await sleep(100, undefined, { signal }).catch(() => undefined);
      }
      return null;
    },
    async holds(id) {
      return (await store.accounts.get(id)) ? store.holds.list(id) : null;
    },
    async resolveHold(id, holdId, decision) {
      const hold = await store.holds.get(id, holdId);
      if (!hold) return null;
      const resolved: Hold =
        decision === "release"
          ? { ...hold, status: "releasing" }
          : { ...hold, status: "discarded", resolvedAt: iso(now()) };
      await store.due.announce("fan-out", id, now() + announceMs);
      if (hold.status !== "held" || !(await store.holds.replace(hold, resolved))) {
        const decided = hold.status === "discarded" ? "dropped" : "let go";
        return { kind: "refused", code: "hold_resolved", detail: `This flood was ${decided} already.` };
      }
      await wakeUps.wake("fan-out", id);
      return resolved;
    },
  };

  /**
   * Whether everything was polled since: the listing, then a look at which sources there are, then each of them.
   * Asked in the opposite order, so that nothing can slip in between.
   */
  async function isPolled(id: string, ticket: number): Promise<boolean> {
    const listed = await store.sources.lastTicket(id, sourceId(id, "collections", null));
    const watched = await store.accounts.watched(id);
    if ((watched?.ticket ?? 0) <= Math.max(ticket, listed ?? 0)) return false;
    return (await store.sources.waiting(id, ticket)) === 0;
  }

  /** Why an account does not poll at all, or null when it does. */
  async function inactive({ id, readBy, session }: Account): Promise<Refusal | null> {
    if (session.status !== "active") {
      const detail = session.reason ?? "The session is not active: renew it first.";
      return { kind: "refused", code: "session_inactive", detail };
    }
    if (readBy === "server" || (await store.errands.isAttended(id))) return null;
    return { kind: "refused", code: "browser_away", detail: noBrowser };
  }

  async function report(id: string, ticket: PollTicket, stopped: Refusal | null): Promise<PollReport> {
    const [after, sources, polled] = await Promise.all([
      store.accounts.totals(id),
      store.sources.list(id),
      store.sources.polledSince(id, ticket.number),
    ]);
    const done = new Set(polled);
    const failed = sources
      .filter((source) => (done.has(source.id) ? source.failures > 0 && source.reason : stopped))
      .map((source) => ({
        source: source.id,
        reason: done.has(source.id)
          ? (source.reason ?? "the poll failed")
          : (stopped?.detail ?? "not polled"),
      }));
    return {
      kind: "done",
      polled: polled.length,
      changed: after.changed - ticket.changed,
      events: after.events - ticket.events,
      failed,
    };
  }
}

/** The credentials in what was handed over: whoever hands them over opts in to renewal by them. */
function credentialsIn(input: SessionInput) {
  return "password" in input ? input : null;
}

/** The members of a patch that are there. */
function defined<T extends object>(patch: T): { [K in keyof T]?: NonNullable<T[K]> | Extract<T[K], null> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as never;
}
