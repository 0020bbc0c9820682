import { randomBytes } from "node:crypto";
import { findEventType } from "../../../src/domain/catalog.js";
import type { Delivery } from "../../../src/domain/delivery.js";
import { type FrozenEvent, thawEvent } from "../../../src/domain/event.js";
import { good, problem } from "../../../src/domain/finding.js";
import type { Hold } from "../../../src/domain/hold.js";
import { accountOf, idFromBytes, replayId } from "../../../src/domain/ids.js";
import { mailboxLevel, mailboxState } from "../../../src/domain/mailbox.js";
import { type ReceiverState, receiverOf } from "../../../src/domain/receiver.js";
import { newReplay, type Replay } from "../../../src/domain/replay.js";
import { makeSamples } from "../../../src/domain/sample.js";
import { defaultDigest, type Subscription, wantsEvent } from "../../../src/domain/subscription.js";
import { firstToken, type Token } from "../../../src/domain/token.js";
import type { AccountView, ForecastView, PollReport, SourceView } from "../../../src/services/accounts.js";
import type { Resealing } from "../../../src/services/seals.js";
import type { Refusal } from "../../../src/services/shared.js";
import type { Check, SystemView } from "../../../src/services/system.js";
import type { Services } from "../../../src/services.js";
import { createFakeCompanions, type FakeCompanions } from "./fake-companions.js";
import { matches, page } from "./fake-lists.js";
import {
  accountId,
  at,
  makeAccount,
  makeForecast,
  makeOption,
  makeSubscription,
  makeSystem,
  outlineOf,
} from "./fixtures.js";

/** What the fake holds. Tests read and change it; `refuse` and `fail` bend the next calls. */
interface FakeState {
  readonly accounts: Map<string, AccountView>;
  readonly sources: Map<string, SourceView[]>;
  readonly forecasts: Map<string, ForecastView>;
  readonly subscriptions: Map<string, Subscription>;
  /** What mailboxes hold and how their receivers are; nothing, and well, unless told. */
  readonly mailboxes: Map<string, { waiting: number; due: number; receiver?: Partial<ReceiverState> }>;
  readonly deliveries: Map<string, Delivery>;
  /** In the order of their beginnings. */
  readonly replays: Replay[];
  /** How many subscriptions wanted an event, where that was noted. */
  readonly matched: Map<string, number>;
  readonly holds: Map<string, Hold>;
  /** By their texts. */
  readonly tokens: Map<string, Token>;
  readonly companions: FakeCompanions;
  readonly events: FrozenEvent[];
  /** By the ids of sources. */
  activity: Record<string, number[]>;
  /** The recipient that each token names. */
  readonly unsubscribeTokens: Map<string, string>;
  /** Answers of the calls named so, instead of what they would do. */
  refuse: Partial<Record<string, Refusal>>;
  /** Thrown by every call while set. */
  fail: unknown;
  report: PollReport | Refusal | null;
  ready: { ok: boolean; problems: string[] };
  check: Check;
  system: SystemView;
  /** What sealing anew comes to, by where it begins; nothing unless told. */
  readonly resealings: { readonly after: string | null; readonly answer: Resealing }[];
  calls: string[];
}

const nothingSealed: Resealing = { checked: 0, sealed: 0, lost: [], next: null };

/** Services over plain maps, with the same answers as the real ones. `emit` commits an event. */
export function createFakeServices() {
  const followers = new Set<() => void>();
  const state: FakeState = {
    accounts: new Map(),
    sources: new Map(),
    forecasts: new Map(),
    subscriptions: new Map(),
    mailboxes: new Map(),
    deliveries: new Map(),
    replays: [],
    matched: new Map(),
    holds: new Map(),
    tokens: new Map(),
    companions: { pairings: new Map(), byToken: new Map(), limited: null, errand: null },
    events: [],
    activity: {},
    unsubscribeTokens: new Map(),
    refuse: {},
    fail: null,
    report: { kind: "done", polled: 2, changed: 1, events: 3, failed: [] },
    ready: { ok: true, problems: [] },
    check: { area: "mail", ...problem("mail_login", "It refuses the login.", "Mend SMTP_URL.") },
    system: makeSystem(),
    resealings: [],
    calls: [],
  };
  const call = <T>(name: string, work: () => T): Promise<T | Refusal> => {
    state.calls.push(name);
    if (state.fail !== null) return Promise.reject(state.fail);
    const refusal = state.refuse[name];
    return Promise.resolve().then(() => refusal ?? work());
  };
  // For calls whose answer cannot be a refusal.
  const plain = <T>(name: string, work: () => T): Promise<T> => call(name, work) as Promise<T>;

  /** Events from this one on, as they come. */
  async function* from(first: number, signal: AbortSignal) {
    if (state.fail !== null) throw state.fail;
    let index = first;
    while (!signal.aborted) {
      const event = state.events[index];
      if (event) {
        index++;
        yield event;
        continue;
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          followers.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        followers.add(wake);
        signal.addEventListener("abort", wake);
      });
    }
  }

  /** All of it in the last stretch. */
  const tally = (events: readonly FrozenEvent[]): Record<string, number[]> => {
    const counts: Record<string, number[]> = {};
    for (const { type } of events) {
      const object = type.slice(0, type.indexOf("."));
      counts[object] = [(counts[object]?.[0] ?? 0) + 1];
    }
    return counts;
  };

  const services: Services = {
    accounts: {
      create: (input) =>
        call("accounts.create", () => {
          const { session, ...settings } = input;
          const fresh = makeAccount({ ...settings, id: idFromBytes("acc", randomBytes(10)) });
          const waiting = {
            status: "unverified",
            checkedAt: null,
            user: null,
            epoch: 0,
            renewal: "cookies",
          } as const;
          const account = session
            ? fresh
            : { ...fresh, session: { ...waiting, reason: "No session was given yet." } };
          state.accounts.set(account.id, account);
          return { kind: "created" as const, account };
        }),
      get: (id) => plain("accounts.get", () => state.accounts.get(id) ?? null),
      list: (request) =>
        plain("accounts.list", () => page([...state.accounts.values()], (account) => account.id, request)),
      update: (id, { credentials, ...patch }) =>
        plain("accounts.update", () => {
          const account = state.accounts.get(id);
          if (!account) return null;
          const polling = { ...account.polling, ...patch.polling };
          const renewal = credentials === null ? "cookies" : account.session.renewal;
          const session = { ...account.session, renewal };
          const updated = { ...account, ...patch, polling, session } as AccountView;
          state.accounts.set(id, updated);
          return updated;
        }),
      remove: (id) => plain("accounts.remove", () => state.accounts.delete(id)),
      renewSession: (id, input) =>
        call("accounts.renewSession", () => {
          const account = state.accounts.get(id);
          if (!account) return null;
          const renewal = "password" in input ? "credentials" : account.session.renewal;
          const session = { ...makeAccount().session, renewal } as const;
          state.accounts.set(id, { ...account, session });
          return { kind: "active" as const, session };
        }),
      requestPoll: (id) =>
        call("accounts.requestPoll", () =>
          state.accounts.has(id)
            ? { kind: "queued" as const, sources: 2, ticket: { number: 7, changed: 0, events: 0 } }
            : null,
        ),
      waitForPoll: (_id, _ticket, signal) => {
        if (state.report) return Promise.resolve(state.report);
        return new Promise((resolve) => {
          if (signal.aborted) return resolve(null);
          signal.addEventListener("abort", () => resolve(null), { once: true });
        });
      },
      sources: (id) =>
        plain("accounts.sources", () => (state.accounts.has(id) ? (state.sources.get(id) ?? []) : null)),
      forecast: (id) =>
        plain("accounts.forecast", () =>
          state.accounts.has(id) ? (state.forecasts.get(id) ?? makeForecast()) : null,
        ),
      outlook: (id, budgets = []) =>
        plain("accounts.outlook", () => {
          if (!state.accounts.has(id)) return null;
          const forecast = state.forecasts.get(id) ?? makeForecast();
          const isKnown = forecast.expectedDelaySeconds !== null;
          const weighed = isKnown ? budgets.map((budget) => makeOption(budget, 7_500 / budget)) : [];
          return { sources: state.sources.get(id) ?? [], forecast, weighed };
        }),
      holds: (id) =>
        plain("accounts.holds", () =>
          state.accounts.has(id) ? [...state.holds.values()].filter(({ account }) => account === id) : null,
        ),
      resolveHold: (id, holdId, decision) =>
        call("accounts.resolveHold", () => {
          const hold = state.holds.get(holdId);
          if (hold?.account !== id) return null;
          const status = decision === "release" ? "releasing" : "discarded";
          const resolved: Hold = { ...hold, status, resolvedAt: at(5) };
          state.holds.set(holdId, resolved);
          return resolved;
        }),
    },
    companions: createFakeCompanions(state, { call, plain }),
    activity: {
      byObject: (account, wanted) =>
        plain("activity.byObject", () => ({
          from: at(-wanted.slots * wanted.slotSeconds),
          ...wanted,
          counts: tally(state.events.filter(({ id }) => account === null || accountOf(id) === account)),
        })),
      bySource: (_account, wanted) =>
        plain("activity.bySource", () => ({
          from: at(-wanted.slots * wanted.slotSeconds),
          ...wanted,
          counts: state.activity,
        })),
    },
    overview: {
      accounts: () =>
        plain("overview.accounts", () =>
          [...state.accounts.values()].map((account) => {
            const sources = state.sources.get(account.id) ?? [];
            const holds = [...state.holds.values()];
            const paired = [...state.companions.byToken.values()].filter(
              (each) => each.account === account.id,
            );
            const companions = paired.map(({ companion }) => companion);
            return outlineOf(account, sources, holds, companions);
          }),
        ),
      expectedDelay: (id) =>
        plain(
          "overview.expectedDelay",
          () => (state.forecasts.get(id) ?? makeForecast()).expectedDelaySeconds,
        ),
      subscriptions: async () =>
        Promise.all(
          [...state.subscriptions.values()].map(async (subscription) => {
            const mailbox = await services.subscriptions.mailbox(subscription);
            const level =
              subscription.disabledReason === null
                ? mailboxLevel(mailbox, Date.parse(at(5)))
                : ("problem" as const);
            return { subscription, level, isFailing: mailbox.failingSince !== null };
          }),
        ),
    },
    events: {
      list: (query) =>
        plain("events.list", () => {
          const wanted = (id: string) => {
            const matched = state.matched.get(id);
            return query.matched === null || (matched !== undefined && matched > 0 === query.matched);
          };
          const found = state.events.filter(
            (event) => wanted(event.id) && matches(query, thawEvent(event.body)),
          );
          if (query.order === "desc") found.reverse();
          const { data, next } = page(found, (event) => event.id, query);
          return { data: data.map((event) => event.body), next };
        }),
      get: (id) => plain("events.get", () => state.events.find((event) => event.id === id)?.body ?? null),
      getMany: (ids) =>
        plain("events.getMany", () =>
          ids.map((id) => state.events.find((event) => event.id === id)?.body ?? null),
        ),
      deliveries: (id) =>
        plain("events.deliveries", () =>
          state.events.some((event) => event.id === id)
            ? [...state.deliveries.values()].filter(({ events }) => events.includes(id))
            : null,
        ),
      matched: (ids) => plain("events.matched", () => ids.map((id) => state.matched.get(id) ?? null)),
      follow(lastEventId, signal) {
        let index = state.events.length;
        if (lastEventId !== null) index = state.events.findIndex((event) => event.id === lastEventId) + 1;
        const how = lastEventId === null ? "live" : index === 0 ? "lost" : "resumed";
        return { begun: Promise.resolve(how), [Symbol.asyncIterator]: () => from(index, signal) };
      },
    },
    subscriptions: {
      create: (input) =>
        call("subscriptions.create", () => {
          const { digest = defaultDigest(input.channel.type), ...rest } = input;
          const subscription = makeSubscription({
            ...rest,
            digest,
            id: idFromBytes("sub", randomBytes(10)),
          });
          state.subscriptions.set(subscription.id, subscription);
          return { kind: "created" as const, subscription, secret: "whsec_c2VjcmV0LW9mLXRoZS1mYWtl" };
        }),
      get: (id) => plain("subscriptions.get", () => state.subscriptions.get(id) ?? null),
      list: (request) =>
        plain("subscriptions.list", () =>
          page([...state.subscriptions.values()], (entry) => entry.id, request),
        ),
      mailbox: (subscription) =>
        plain("subscriptions.mailbox", () => {
          const { receiver, ...size } = state.mailboxes.get(subscription.id) ?? { waiting: 0, due: 0 };
          const known = { ...receiverOf(null, subscription.channel), ...receiver };
          return mailboxState(subscription, size, known, Date.parse(at(5)));
        }),
      update: (id, patch) =>
        call("subscriptions.update", () => {
          const before = state.subscriptions.get(id);
          if (!before) return null;
          const limits = { ...before.limits, ...patch.limits };
          const subscription = { ...before, ...patch, limits, updatedAt: at(5) } as Subscription;
          state.subscriptions.set(id, subscription);
          return { kind: "updated" as const, subscription };
        }),
      unsubscribe: (id, token) =>
        plain("subscriptions.unsubscribe", () => {
          const subscription = state.subscriptions.get(id);
          const recipient = state.unsubscribeTokens.get(token);
          if (!subscription || recipient === undefined) return null;
          const { channel } = subscription;
          if (channel.type === "email") {
            const to = channel.to.filter((address) => address !== recipient);
            const left = to.length > 0 ? { channel: { ...channel, to } } : { enabled: false };
            state.subscriptions.set(id, { ...subscription, ...left });
          }
          return { recipient };
        }),
      remove: (id) => plain("subscriptions.remove", () => state.subscriptions.delete(id)),
      test: (id) =>
        plain("subscriptions.test", () =>
          state.subscriptions.has(id)
            ? { at: at(0), durationMs: 31, outcome: "delivered" as const, status: 200 }
            : null,
        ),
      rotateSecret: (id, graceSeconds) =>
        plain("subscriptions.rotateSecret", () =>
          state.subscriptions.has(id)
            ? { secret: "whsec_bmV3LXNlY3JldA==", previousValidUntil: at(graceSeconds) }
            : null,
        ),
      preview: (input) =>
        plain("subscriptions.preview", () => {
          const subscription = { ...input, id: "sub_preview" };
          const found = state.events.filter((event) => wantsEvent(subscription, thawEvent(event.body)));
          return found.map((event) => event.body).reverse();
        }),
      deliveries: (id, request) =>
        plain("subscriptions.deliveries", () => {
          if (!state.subscriptions.has(id)) return null;
          const found = [...state.deliveries.values()].filter(
            (delivery) =>
              delivery.subscription === id && (request.status === null || delivery.status === request.status),
          );
          return page(found, (delivery) => delivery.id, request);
        }),
      finished: (id, limit) =>
        plain("subscriptions.finished", () =>
          [...state.deliveries.values()]
            .filter(({ subscription, status }) => subscription === id && status !== "pending")
            .slice(0, limit),
        ),
    },
    deliveries: {
      get: (id) => plain("deliveries.get", () => state.deliveries.get(id) ?? null),
      redeliver: (id) =>
        call("deliveries.redeliver", () => {
          const delivery = state.deliveries.get(id);
          if (!delivery) return null;
          const again: Delivery = { ...delivery, status: "pending", nextAttemptAt: at(1) };
          state.deliveries.set(id, again);
          return again;
        }),
    },
    replays: {
      begin: (id, input) =>
        call("replays.begin", () => {
          if (!state.subscriptions.has(id)) return null;
          const named = {
            id: replayId(id, `${state.replays.length}`),
            subscription: id,
            now: at(5),
            lastMade: 0,
          };
          const replay = { ...newReplay(input, named), count: 3 };
          state.replays.push(replay);
          return { kind: "begun" as const, replay };
        }),
      list: (id) =>
        plain("replays.list", () =>
          state.subscriptions.has(id)
            ? state.replays.filter(({ subscription }) => subscription === id).reverse()
            : null,
        ),
      get: (subscription, id) =>
        plain(
          "replays.get",
          () => state.replays.find((each) => each.id === id && each.subscription === subscription) ?? null,
        ),
      cancel: (subscription, id) =>
        call("replays.cancel", () => {
          const index = state.replays.findIndex(
            (each) => each.id === id && each.subscription === subscription,
          );
          const replay = state.replays[index];
          if (!replay) return null;
          const ended: Replay = { ...replay, status: "cancelled", finishedAt: at(6) };
          state.replays[index] = ended;
          return ended;
        }),
    },
    samples: {
      trigger: (type, { account, subscriptions, count, key }) =>
        call("samples.trigger", () => {
          const entry = findEventType(type);
          if (!entry) return null;
          const chosen = subscriptions.flatMap((id) => state.subscriptions.get(id) ?? []);
          const owner = { id: account ?? accountId, name: "Smith Studio" };
          const nonce = key ?? `${state.events.length}`;
          const samples = makeSamples(entry, chosen, count, { account: owner, now: at(5), nonce });
          for (const sample of samples) emit(sample);
          return {
            kind: "triggered" as const,
            events: samples.map(({ id }) => id),
            subscriptions: chosen.map(({ id }) => id),
          };
        }),
    },
    tokens: {
      create: (input) =>
        plain("tokens.create", () => {
          const secret = `pxh_${randomBytes(32).toString("base64url")}`;
          const id = idFromBytes("tok", randomBytes(10));
          const token = { ...input, id, hint: secret.slice(-4), createdAt: at(0), lastUsedAt: null };
          state.tokens.set(secret, token);
          return { token, secret };
        }),
      list: (request) =>
        plain("tokens.list", () =>
          page([...[...state.tokens.values()].reverse(), firstToken], (token) => token.id, request),
        ),
      get: (id) =>
        plain("tokens.get", () => [...state.tokens.values()].find((token) => token.id === id) ?? null),
      remove: (id) =>
        call("tokens.remove", () => {
          const found = [...state.tokens].find(([, token]) => token.id === id);
          if (!found) return null;
          state.tokens.delete(found[0]);
          return { kind: "removed" as const };
        }),
      // Not calls: every request makes them.
      find: async (text) => {
        if (state.fail !== null) throw state.fail;
        return state.tokens.get(text) ?? null;
      },
      noteUse: async () => undefined,
    },
    seals: {
      reseal: (after) =>
        plain(
          "seals.reseal",
          () => state.resealings.find((each) => each.after === after)?.answer ?? nothingSealed,
        ),
    },
    diagnostics: {
      run: () =>
        plain("diagnostics.run", () => ({
          checkedAt: at(0),
          checks: [{ area: "clock" as const, ...good("clock", "The clocks agree.") }, state.check],
        })),
      now: () => Date.parse(at(5)),
    },
    system: { read: () => plain("system.read", () => state.system) },
    health: {
      ready: () => plain("health.ready", () => state.ready),
      metrics: () =>
        plain("health.metrics", () => "# TYPE pixiehook_events_total counter\npixiehook_events_total 3\n"),
    },
  };

  const emit = (event: FrozenEvent): void => {
    state.events.push(event);
    for (const wake of [...followers]) wake();
  };
  return { services, state, emit, following: () => followers.size };
}

export type FakeServices = ReturnType<typeof createFakeServices>;
