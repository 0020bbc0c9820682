import { createHash, randomBytes } from "node:crypto";
import {
  type Companion,
  companionToken,
  isConnected,
  pairingCode,
  pairingMs,
  readPairingCode,
} from "../domain/companion.js";
import { idFromBytes } from "../domain/ids.js";
import { messageOf } from "../errors.js";
import { iso, type Parts, type UpstreamParts } from "../pipeline/parts.js";
import type { UpstreamHosts } from "../pixieset/cookies.js";
import type { CompanionEntry, CompanionService, CompanionState } from "../services/companions.js";
import type { Refusal } from "../services/shared.js";
import type { SessionOpener } from "./accounts.js";
import { createErrandDesk } from "./companion-errands.js";
import { createHandOver } from "./companion-session.js";
import { createFailedLogins } from "./failed-logins.js";

/** What companions work with beside the parts of every actor. */
export interface CompanionParts extends Pick<UpstreamParts, "upstreamFor"> {
  readonly sessions: Pick<SessionOpener, "openHanded">;
  readonly hosts: UpstreamHosts;
  /** Where people reach this program, without a trailing slash. */
  readonly publicUrl: string;
}

/** Requests that a companion may make in a minute. */
const perMinute = 600;
/** How often (ms) it is written down at most that a companion was heard of. */
const heardEveryMs = 30_000;

const unknownCode: Refusal = {
  kind: "refused",
  code: "pairing_unknown",
  detail:
    "This code is not good: it was mistyped, used already, or is older than ten minutes. Make a new one on the account's page in pixiehook.",
};

const digestOf = (text: string) => createHash("sha256").update(text).digest("base64url");

/** Browsers that are paired with accounts, and what they hand over and are asked for. */
export function createCompanionService(parts: Parts, outside: CompanionParts): CompanionService {
  const { store, now, log } = parts;
  const { companions } = store;
  const { hosts, publicUrl } = outside;
  // Apart: a browser that asks on and on with a token that has ended must not stand in the way of its new code.
  const wrongCodes = createFailedLogins(now);
  const wrongTokens = createFailedLogins(now);

  async function state({ account: id }: Pick<CompanionEntry, "account">): Promise<CompanionState | null> {
    const account = await store.accounts.get(id);
    if (!account) return null;
    const { status, reason, epoch } = account.session;
    return {
      account: { id, name: account.name },
      session: { status, reason, epoch },
      readBy: account.readBy,
      hosts: { gallery: hosts.galleryUrl, studio: hosts.studioUrl },
      signInUrl: `${new URL(hosts.galleryUrl).origin}/`,
    };
  }

  async function isPaired({ account, companion }: CompanionEntry): Promise<boolean> {
    return (await companions.list(account)).some(({ id }) => id === companion.id);
  }

  async function exchange(code: string | null, browser: string) {
    const account = code === null ? null : await companions.takePairing(code);
    if (account === null) return unknownCode;
    const at = iso(now());
    const companion: Companion = {
      id: idFromBytes("cmp", randomBytes(16)),
      browser,
      createdAt: at,
      lastHeardAt: at,
    };
    const token = companionToken(account, randomBytes(32).toString("base64url"));
    const isAdded = await companions.add(account, companion, token);
    const told = isAdded ? await state({ account }) : null;
    if (!told) return unknownCode;
    log.info({ account, companion: companion.id }, "companion paired");
    return { kind: "paired" as const, companion, token, state: told };
  }

  function noteHeard({ account, companion }: CompanionEntry, token: string): void {
    if (Math.abs(now() - Date.parse(companion.lastHeardAt)) < heardEveryMs) return;
    // Not waited for: a store that is slow must not be slow twice.
    void companions.noteHeard(account, token, iso(now())).catch((error: unknown) => {
      log.debug({ account, reason: messageOf(error) }, "it was not noted that a companion was heard of");
    });
  }

  return {
    state,
    ...createHandOver(parts, { ...outside, state, isPaired }),
    ...createErrandDesk(parts, { state, isPaired }),
    async pairing(account) {
      if (!(await store.accounts.exists(account))) return null;
      const code = pairingCode(randomBytes(16));
      const expiresAt = iso(now() + pairingMs);
      await companions.addPairing(code, account, pairingMs);
      // Deleted meanwhile: the code would outlive it.
      if (!(await store.accounts.exists(account))) {
        await companions.takePairing(code);
        return null;
      }
      return { code, link: `${publicUrl}/companion#${code}`, expiresAt };
    },
    async list(account) {
      if (!(await store.accounts.exists(account))) return null;
      const all = await companions.list(account);
      return all.map((companion) => ({ ...companion, connected: isConnected(companion, now()) }));
    },
    async remove(account, companion) {
      const isRemoved = await companions.remove(account, companion);
      if (isRemoved) log.info({ account, companion }, "companion removed");
      return isRemoved;
    },
    async pair(text, browser, address) {
      const code = readPairingCode(text);
      const attempt = wrongCodes.begin(address, digestOf(code ?? text));
      if ("retryAfterSeconds" in attempt) return { kind: "limited", by: "failures", ...attempt };
      let paired: Awaited<ReturnType<typeof exchange>> | null = null;
      try {
        paired = await exchange(code, browser);
      } finally {
        // A store that is away has not called the code wrong.
        if (paired?.kind === "refused") attempt.fail();
        else attempt.forgive();
      }
      return paired;
    },
    async enter(token, address) {
      const attempt = wrongTokens.begin(address, digestOf(token));
      if ("retryAfterSeconds" in attempt) return { kind: "limited", by: "failures", ...attempt };
      let entry: CompanionEntry | null | undefined;
      try {
        entry = await companions.find(token);
      } finally {
        if (entry === null) attempt.fail();
        else attempt.forgive();
      }
      if (!entry) return { kind: "unknown" };
      attempt.recognise();
      const name = `companion:${entry.companion.id}`;
      const { granted, waitMs } = await store.rates.take(name, perMinute / 60, perMinute, 1, true);
      if (granted === 0) {
        const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
        return { kind: "limited", by: "requests", retryAfterSeconds };
      }
      noteHeard(entry, token);
      return { kind: "entered", entry };
    },
  };
}
