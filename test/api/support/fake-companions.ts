import { randomBytes } from "node:crypto";
import {
  type Companion,
  companionToken,
  type Errand,
  isConnected,
  pairingCode,
  readPairingCode,
} from "../../../src/domain/companion.js";
import { idFromBytes } from "../../../src/domain/ids.js";
import type { AccountView } from "../../../src/services/accounts.js";
import type {
  CompanionEntry,
  CompanionLimit,
  CompanionService,
  CompanionState,
} from "../../../src/services/companions.js";
import type { Refusal } from "../../../src/services/shared.js";
import { at } from "./fixtures.js";

/** What the fake holds of browsers. */
export interface FakeCompanions {
  /** Code → account. */
  readonly pairings: Map<string, string>;
  readonly byToken: Map<string, CompanionEntry>;
  /** Told to whoever comes in or pairs, while it is set. */
  limited: CompanionLimit | null;
  /** Given to whoever asks for one. */
  errand: Errand | null;
}

interface Calls {
  call<T>(name: string, work: () => T): Promise<T | Refusal>;
  plain<T>(name: string, work: () => T): Promise<T>;
}

/** Companions over plain maps. */
export function createFakeCompanions(
  of: { readonly accounts: Map<string, AccountView>; readonly companions: FakeCompanions },
  { call, plain }: Calls,
): CompanionService {
  const stateOf = (id: string): CompanionState | null => {
    const account = of.accounts.get(id);
    if (!account) return null;
    const { status, reason, epoch } = account.session;
    return {
      account: { id, name: account.name },
      session: { status, reason, epoch },
      readBy: account.readBy,
      hosts: {
        gallery: "https://galleries.pixieset.com/api/v1",
        studio: "https://studio.pixieset.com/api/v1",
      },
      signInUrl: "https://galleries.pixieset.com/",
    };
  };
  const entries = () => [...of.companions.byToken];

  return {
    pairing: (account) =>
      plain("companions.pairing", () => {
        if (!of.accounts.has(account)) return null;
        const code = pairingCode(randomBytes(16));
        of.companions.pairings.set(code, account);
        return { code, link: `http://pixiehook.test/companion#${code}`, expiresAt: at(600) };
      }),
    list: (account) =>
      plain("companions.list", () => {
        if (!of.accounts.has(account)) return null;
        const all = entries().filter(([, entry]) => entry.account === account);
        return all.reverse().map(([, { companion }]) => ({
          ...companion,
          connected: isConnected(companion, Date.parse(at(5))),
        }));
      }),
    remove: (account, companion) =>
      plain("companions.remove", () => {
        const found = entries().find(
          ([, entry]) => entry.account === account && entry.companion.id === companion,
        );
        return found !== undefined && of.companions.byToken.delete(found[0]);
      }),
    pair: (text, browser) =>
      call("companions.pair", () => {
        if (of.companions.limited) return of.companions.limited;
        const code = readPairingCode(text) ?? "";
        const account = of.companions.pairings.get(code);
        const state = account === undefined ? null : stateOf(account);
        of.companions.pairings.delete(code);
        if (account === undefined || !state) {
          const detail = "This code is not good: make a new one.";
          return { kind: "refused", code: "pairing_unknown", detail } as const;
        }
        const id = idFromBytes("cmp", randomBytes(10));
        const companion: Companion = { id, browser, createdAt: at(0), lastHeardAt: at(0) };
        const token = companionToken(account, randomBytes(32).toString("base64url"));
        of.companions.byToken.set(token, { account, companion });
        return { kind: "paired" as const, companion, token, state };
      }),
    enter: (token) =>
      plain("companions.enter", () => {
        if (of.companions.limited) return of.companions.limited;
        const entry = of.companions.byToken.get(token);
        return entry ? { kind: "entered" as const, entry } : { kind: "unknown" as const };
      }),
    state: ({ account }) => plain("companions.state", () => stateOf(account)),
    handOver: ({ account }) =>
      call("companions.handOver", () => {
        const before = of.accounts.get(account);
        if (!before) return null;
        const session = { ...before.session, status: "active", reason: null } as const;
        of.accounts.set(account, { ...before, session });
        return stateOf(account);
      }),
    takeErrand: ({ account }) =>
      plain("companions.takeErrand", () => {
        const state = stateOf(account);
        return state && { state, errand: of.companions.errand };
      }),
    answerErrand: (_entry, id) =>
      plain("companions.answerErrand", () => {
        if (of.companions.errand?.id !== id) return false;
        of.companions.errand = null;
        return true;
      }),
  };
}
