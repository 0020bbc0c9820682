import { budgetOptions, secondsOf, weighBudgets } from "../domain/budget-options.js";
import { forecast } from "../domain/forecast.js";
import { prospectsOf } from "../pipeline/choose.js";
import { iso, type Parts } from "../pipeline/parts.js";
import type { AccountService, ForecastView, SourceView } from "../services/accounts.js";

/** What is polled of an account, how soon its changes are found, and what another budget would make of it. */
export function createOutlook({
  store,
  now,
}: Pick<Parts, "store" | "now">): Pick<AccountService, "sources" | "forecast" | "outlook"> {
  async function look(id: string) {
    const account = await store.accounts.get(id);
    if (!account) return null;
    const [prospects, budget] = await Promise.all([
      prospectsOf(account, store, now()),
      store.budget.state(id, account.polling.requestsPerMinute),
    ]);
    return { account, ...prospects, budget, active: account.session.status === "active" };
  }
  type Look = NonNullable<Awaited<ReturnType<typeof look>>>;

  function sourcesOf(found: Look, nextPolls: ReadonlyMap<string, number>): SourceView[] {
    const { account, plan, states, outlook, budget, active } = found;
    const requestsPerMinute = budget.effectiveRequestsPerMinute;
    const { delayMs } = forecast(plan, { ...outlook.bounds, requestsPerMinute });
    return [...states.values()].map((source): SourceView => {
      const delay = delayMs[plan.positions.get(source.id) ?? -1];
      // By its index it is polled twice its mean delay after the last time, unless somebody asks for it before.
      const last = Date.parse(source.lastPolledAt ?? "");
      const chosen = delay === undefined ? Infinity : Math.max(now(), last + 2 * delay);
      const next = Math.min(chosen, nextPolls.get(source.id) ?? Infinity);
      return {
        ...source,
        nextPollAt:
          active && Number.isFinite(next) ? iso(Math.max(next, Date.parse(account.createdAt))) : null,
        expectedDelaySeconds: active && delay !== undefined ? secondsOf(delay) : null,
      };
    });
  }

  function forecastOf({ account, plan, states, outlook, budget, active }: Look): ForecastView {
    const all = [...states.values()];
    const waiting = all.filter(({ status }) => status === "waiting").length;
    const sources = plan.prospects.length;
    const effective = budget.effectiveRequestsPerMinute;
    const counts = { sources, waiting, appointed: all.length - sources - waiting };
    const rates = {
      requestsPerMinute: account.polling.requestsPerMinute,
      effectiveRequestsPerMinute: effective,
    };
    if (!active || sources === 0) return { ...rates, ...counts, ...nothingKnown };
    const { now: present, ...others } = budgetOptions(plan, outlook.bounds, effective);
    const { requestsPerMinute: _, ...bought } = present;
    return { ...rates, ...counts, ...bought, ...others };
  }

  return {
    async sources(id) {
      const [found, nextPolls] = await Promise.all([look(id), store.sources.nextPolls(id)]);
      return found && sourcesOf(found, nextPolls);
    },
    async forecast(id) {
      const found = await look(id);
      return found && forecastOf(found);
    },
    async outlook(id, budgets = []) {
      const [found, nextPolls] = await Promise.all([look(id), store.sources.nextPolls(id)]);
      if (!found) return null;
      const { plan, outlook, active } = found;
      const isKnown = active && plan.prospects.length > 0;
      return {
        sources: sourcesOf(found, nextPolls),
        forecast: forecastOf(found),
        weighed: isKnown ? weighBudgets(plan, outlook.bounds, budgets) : [],
      };
    },
  };
}

/** Of an account that polls nothing, or has read nothing yet. */
const nothingKnown = {
  usedRequestsPerMinute: null,
  expectedDelaySeconds: null,
  keepsMaxInterval: null,
  requestsPerMinuteForMaxInterval: null,
  byResource: [],
  options: [],
} satisfies Partial<ForecastView>;
