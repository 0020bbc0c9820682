import { randomBytes } from "node:crypto";
import { type EventType, findEventType } from "../domain/catalog.js";
import { hashOf } from "../domain/ids.js";
import { makeSamples, whyNever } from "../domain/sample.js";
import type { Subscription } from "../domain/subscription.js";
import { announceMs, iso, type Parts } from "../pipeline/parts.js";
import type { SampleInput, SampleService } from "../services/events.js";
import type { Refusal } from "../services/shared.js";
import { whileDisabled } from "./refusals.js";

const refused = (code: Refusal["code"], detail: string): Refusal => ({ kind: "refused", code, detail });

/** Samples on the path of all events: stated, fanned out to those that were chosen, delivered and logged. */
export function createSampleService(parts: Parts): SampleService {
  const { store, now, wakeUps, log } = parts;

  /** The subscriptions of these ids, or why one of them cannot get a sample. */
  async function chosenOf(
    ids: readonly string[],
    entry: EventType,
    account: string | null,
  ): Promise<{ readonly kind: "chosen"; readonly subscriptions: Subscription[] } | Refusal> {
    const subscriptions: Subscription[] = [];
    for (const id of new Set(ids)) {
      const subscription = await store.subscriptions.get(id);
      if (!subscription) {
        const detail = `There is no subscription ${JSON.stringify(id)}: GET /v1/subscriptions lists them.`;
        return refused("subscription_not_found", detail);
      }
      if (!subscription.enabled) return whileDisabled(id);
      const never = whyNever(subscription, entry);
      if (never !== null) return refused("not_wanted", never);
      if (account !== null && subscription.account !== null && subscription.account !== account) {
        const detail = `${id} wants events of ${subscription.account} only, and not of ${account}.`;
        return refused("not_wanted", detail);
      }
      subscriptions.push(subscription);
    }
    return { kind: "chosen", subscriptions };
  }

  /** The account that was there first. */
  async function oldestAccount(): Promise<string | null> {
    const accounts = await Promise.all((await store.accounts.ids()).map((id) => store.accounts.get(id)));
    const known = accounts.filter((account) => account !== null);
    return known.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))[0]?.id ?? null;
  }

  /** States samples in the stream of one account. Answers their ids; null when the account is gone. */
  async function state(
    account: string,
    entry: EventType,
    subscriptions: readonly Subscription[],
    { count, nonce }: { count: number; nonce: string },
  ): Promise<string[] | null> {
    const known = await store.accounts.get(account);
    if (!known) return null;
    const scopes = (await store.sources.list(account)).map(({ scope }) => scope);
    const names = scopes.flatMap((scope) => (scope?.name != null ? [[scope.id, scope.name] as const] : []));
    const setting = { account: known, now: iso(now()), nonce, collections: new Map(names) };
    const samples = makeSamples(entry, subscriptions, count, setting);
    await store.due.announce("fan-out", account, now() + announceMs);
    await store.events.append(account, samples);
    await wakeUps.wake("fan-out", account);
    for (const { id, onlyFor } of samples)
      log.info({ account, event: id, type: entry.type, subscriptions: onlyFor }, "sample stated");
    return samples.map(({ id }) => id);
  }

  return {
    async trigger(type, input) {
      const entry = findEventType(type);
      if (!entry) return null;
      if (input.account !== null && !(await store.accounts.get(input.account))) {
        const detail = `There is no account ${JSON.stringify(input.account)}: GET /v1/accounts lists them.`;
        return refused("account_not_found", detail);
      }
      const chosen = await chosenOf(input.subscriptions, entry, input.account);
      if (chosen.kind === "refused") return chosen;
      const { subscriptions } = chosen;
      const home =
        input.account ??
        subscriptions.find(({ account }) => account !== null)?.account ??
        (await oldestAccount());
      if (home === null) {
        const detail =
          "An event belongs to an account, and there is none: connect one with POST /v1/accounts.";
        return refused("account_missing", detail);
      }
      const byAccount = new Map<string, Subscription[]>(subscriptions.length === 0 ? [[home, []]] : []);
      for (const each of subscriptions) {
        const account = each.account ?? home;
        byAccount.set(account, [...(byAccount.get(account) ?? []), each]);
      }
      const nonce = nonceOf(input, now());
      const events: string[] = [];
      for (const [account, some] of byAccount)
        events.push(...((await state(account, entry, some, { count: input.count, nonce })) ?? []));
      return { kind: "triggered", events, subscriptions: subscriptions.map(({ id }) => id) };
    },
  };
}

/**
 * What the ids of samples are made from. A key of the caller's, within a day, names the same samples: asked again after
 * an answer that was lost, they are not stated twice. Answers are kept by their keys for a day as well.
 */
function nonceOf({ key }: SampleInput, now: number): string {
  return key === null ? randomBytes(16).toString("hex") : hashOf([key, iso(now).slice(0, 10)]);
}
