import { randomBytes } from "node:crypto";
import type { Account, Credentials, SessionState, SessionStatus } from "../domain/account.js";
import type { FrozenEvent } from "../domain/event.js";
import { idFromBytes } from "../domain/ids.js";
import type { ResourceName } from "../domain/record.js";
import type { SourceState, SourceStatus } from "../domain/source.js";
import type { Page, PageRequest } from "../services/shared.js";
import { forgetPairings } from "./companions.js";
import { eventArguments } from "./events.js";
import { forgetAnswers } from "./idempotency.js";
import { accountKeys, account as keys, shared } from "./keys.js";
import { pageOfIds } from "./page.js";
import type { RedisClient } from "./redis.js";
import { sealCredentials } from "./revivals.js";
import type { RunScript } from "./scripts.js";
import type { Vault } from "./secrets.js";
import { readSource } from "./source-text.js";

type Settings = Omit<Account, "session">;

/** What was last watched, to tell a collection that is new from one that was not asked for before. */
export interface Watched {
  readonly resources: readonly ResourceName[];
  readonly collections: Account["collections"];
  /** Ticket of the look: what was polled before it is taken into account. */
  readonly ticket: number;
  /** What the sources were last brought in line with; null while that is under way, or was cut off. */
  readonly basis?: string | null;
}

/** The session's cookies: the jar as JSON text, and the user agent of the browser that they came from. */
export interface StoredJar {
  readonly cookies: string;
  readonly userAgent: string | null;
}

export interface AccountStore {
  /** An id for an account to be: work for it can be announced before it is written. */
  newId(): string;
  create(
    id: string,
    settings: Omit<Settings, "id" | "createdAt" | "readBy">,
    session: SessionState,
    jar: StoredJar | null,
    credentials?: Credentials | null,
  ): Promise<Account>;
  get(id: string): Promise<Account | null>;
  list(page: PageRequest): Promise<Page<Account>>;
  ids(): Promise<string[]>;
  /** Those whose deletion has begun and not ended, of all that are older than `time` (ms). */
  ended(time: number): Promise<string[]>;
  /** Changes settings; null when there is no such account. */
  update(id: string, change: (settings: Settings) => Settings): Promise<Account | null>;
  /** Whether there is such an account, and it is not being deleted. Takes less than reading it. */
  exists(id: string): Promise<boolean>;
  /** Begins to delete an account: from here on no worker can write for it. False when there is none. */
  end(id: string): Promise<boolean>;
  /** Removes the account from the index and deletes every key it has. */
  remove(id: string): Promise<boolean>;
  jar(id: string): Promise<{ readonly stored: StoredJar; readonly epoch: number } | null>;
  /** Stores a renewed jar of the session `epoch`; does nothing when another session came in between. */
  refreshJar(id: string, jar: StoredJar, epoch: number): Promise<void>;
  /**
   * Moves the session from the state that was read to another one, with the events that say so. Credentials: new ones,
   * null to forget them, left out to leave them.
   */
  moveSession(
    id: string,
    from: SessionState,
    to: SessionState,
    options: { jar?: StoredJar; credentials?: Credentials | null; events: readonly FrozenEvent[] },
  ): Promise<"stored" | "conflict" | "missing">;
  watched(id: string): Promise<Watched | null>;
  /** False when a newer worker has taken over. */
  setWatched(id: string, fence: string, watched: Watched): Promise<boolean>;
  /** A new fencing token: every older one is refused from now on. Null when there is no such account. */
  takeFence(id: string): Promise<string | null>;
  /** A number that is higher than all before. */
  takeTicket(id: string): Promise<number>;
  /** A ticket, and a note that only polls with a higher one will do. */
  askForPoll(id: string): Promise<number>;
  totals(id: string): Promise<{ polled: number; changed: number; events: number }>;
  /** The account in numbers; null when there is no such account. */
  summary(id: string): Promise<AccountSummary | null>;
}

export interface AccountSummary {
  readonly session: SessionStatus;
  readonly requestsPerMinute: number;
  readonly sources: Readonly<Record<SourceStatus, number>>;
  /** Floods that wait for a person. */
  readonly held: number;
  readonly usedLastMinute: number;
  /** When some source was last read, ISO 8601; null while none was. */
  readonly lastPolledAt: string | null;
  /** Of the sources that fail, the one that did most often in a row. */
  readonly worst: SourceState | null;
}

type Stored = Omit<SessionState, "renewal">;

/** A session as it is written: who renews it is a field of its own, which scripts set. */
function written({ renewal: _, ...session }: SessionState): string {
  return JSON.stringify(session satisfies Stored);
}

function readSession(session: string, renewal: string | null | undefined): SessionState {
  return { ...(JSON.parse(session) as Stored), renewal: renewal ? "credentials" : "cookies" };
}

/** Settings of earlier releases do not say who reads: the server did. */
function readSettings(text: string): Settings {
  const settings = JSON.parse(text) as Omit<Settings, "readBy"> & Partial<Settings>;
  return { ...settings, readBy: settings.readBy ?? "server" };
}

function parse(record: Record<string, string>): Account | null {
  if (!record.settings || !record.session) return null;
  return {
    ...readSettings(record.settings),
    session: readSession(record.session, record.renewal),
  };
}

/** What the session of an account is sealed for. */
export const jarPurpose = (id: string) => `jar:${id}`;

export function createAccountStore(client: RedisClient, run: RunScript, vault: Vault): AccountStore {
  const seal = (id: string, jar: StoredJar) => vault.seal(JSON.stringify(jar), jarPurpose(id));

  async function get(id: string): Promise<Account | null> {
    return parse(await client.hgetall(keys.record(id)));
  }

  return {
    get,
    newId: () => idFromBytes("acc", randomBytes(16)),
    async create(id, input, session, jar, credentials = null) {
      const settings: Settings = { ...input, id, readBy: "server", createdAt: new Date().toISOString() };
      // In the index first: an account that polls must be seen, so that it can be deleted.
      await client.zadd(shared.accounts, String(Date.parse(settings.createdAt)), id);
      if (jar) await client.set(keys.jar(id), seal(id, jar));
      if (credentials) await client.set(keys.credentials(id), sealCredentials(vault, id, credentials));
      await client.hset(keys.record(id), {
        settings: JSON.stringify(settings),
        rate: String(settings.polling.requestsPerMinute),
        session: written(session),
        epoch: String(session.epoch),
        ...(credentials ? { renewal: "credentials" } : {}),
      });
      return { ...settings, session: { ...session, renewal: credentials ? "credentials" : "cookies" } };
    },
    async list(page) {
      const ids = await pageOfIds(client, shared.accounts, page);
      const accounts = await Promise.all(ids.data.map(get));
      return { data: accounts.filter((account) => account !== null), next: ids.next };
    },
    async ids() {
      return client.zrange(shared.accounts, "0", "-1");
    },
    async ended(time) {
      const ids = await client.zrangebyscore(shared.accounts, "-inf", `(${time}`);
      const found = await Promise.all(ids.map((id) => client.exists(keys.record(id))));
      return ids.filter((_, index) => found[index] === 0);
    },
    async update(id, change) {
      for (;;) {
        const fields = await client.hmget(keys.record(id), "settings", "session", "renewal");
        const [settings, session, renewal] = fields;
        if (!settings || !session) return null;
        const changed = change(readSettings(settings));
        // The rate stands apart from the settings as well, where whoever waits for the budget reads it each time.
        const rate = String(changed.polling.requestsPerMinute);
        const done = await run(
          "replace-field",
          [keys.record(id)],
          ["settings", settings, JSON.stringify(changed), "rate", rate],
        );
        if (done === 1) return { ...changed, session: readSession(session, renewal) };
      }
    },
    exists: async (id) => (await client.exists(keys.record(id))) === 1,
    async end(id) {
      if ((await client.zscore(shared.accounts, id)) === null) return false;
      await client.del(keys.fence(id), keys.record(id));
      return true;
    },
    async remove(id) {
      // The fence goes first: no worker can write for the account from here on. The index goes last, so that a
      // deletion that was cut off can be asked for again.
      await client.del(keys.fence(id), keys.record(id));
      await forgetAnswers(client, id);
      await forgetPairings(client, id);
      const sources = await client.hkeys(keys.sources(id));
      const boxes = await client.zrange(keys.cards(id), "0", "-1", "WITHSCORES");
      const numbers = boxes.filter((_, index) => index % 2 === 1).map(Number);
      await client.unlink(...accountKeys(id, sources, numbers));
      return (await client.zrem(shared.accounts, id)) > 0;
    },
    async jar(id) {
      // The epoch first: should the session change in between, a jar is taken for older than it is, never for newer.
      const epoch = await client.hget(keys.record(id), "epoch");
      const sealed = await client.get(keys.jar(id));
      if (!sealed || epoch === null) return null;
      return { stored: JSON.parse(vault.open(sealed, jarPurpose(id))) as StoredJar, epoch: Number(epoch) };
    },
    async refreshJar(id, jar, epoch) {
      await run("refresh-jar", [keys.record(id), keys.jar(id)], [epoch, seal(id, jar)]);
    },
    async moveSession(id, from, to, { jar, credentials, events }) {
      const sealed = credentials ? sealCredentials(vault, id, credentials) : "";
      const reply = await run(
        "session",
        [
          keys.record(id),
          keys.jar(id),
          keys.events(id),
          keys.eventIds(id),
          keys.credentials(id),
          keys.cards(id),
        ],
        [
          from.epoch,
          written(to),
          to.epoch,
          jar ? seal(id, jar) : "",
          credentials === null ? "-" : sealed,
          events.length,
          ...eventArguments(events),
        ],
      );
      return reply as "stored" | "conflict" | "missing";
    },
    async watched(id) {
      const text = await client.hget(keys.record(id), "watched");
      return text ? (JSON.parse(text) as Watched) : null;
    },
    async setWatched(id, fence, watched) {
      const keysOf = [keys.fence(id), keys.record(id)];
      return (await run("set-field", keysOf, [fence, "watched", JSON.stringify(watched)])) === "committed";
    },
    async takeFence(id) {
      const token = Number(await run("take-number", [keys.record(id), keys.fence(id)], []));
      return token === 0 ? null : String(token);
    },
    async takeTicket(id) {
      return Number(await run("take-number", [keys.record(id), keys.tickets(id)], []));
    },
    async askForPoll(id) {
      const of = [keys.record(id), keys.tickets(id), keys.totals(id)];
      return Number(await run("take-number", of, ["asked"]));
    },
    async summary(id) {
      const of = [keys.record, keys.sources, keys.holds, keys.requests].map((key) => key(id));
      const reply = (await run("account-summary", of, [])) as (string | number)[];
      const [session, rate, ...counts] = reply;
      if (session === undefined) return null;
      const [waiting = 0, active = 0, failing = 0, off = 0, held = 0, usedLastMinute = 0, readAt = 0] =
        counts.map(Number);
      const [source, text] = counts.slice(-2).map(String);
      return {
        session: session as SessionStatus,
        requestsPerMinute: Number(rate),
        sources: { waiting, active, failing, off },
        held,
        usedLastMinute,
        lastPolledAt: readAt === 0 ? null : new Date(readAt).toISOString(),
        worst: source && text ? readSource(id, source, text).state : null,
      };
    },
    async totals(id) {
      const [polled, changed, events] = await client.hmget(keys.totals(id), "polled", "changed", "events");
      return { polled: Number(polled ?? 0), changed: Number(changed ?? 0), events: Number(events ?? 0) };
    },
  };
}
