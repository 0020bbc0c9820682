import { budgetSteps } from "../domain/budget-options.js";
import { thawEvent } from "../domain/event.js";
import type { Hold } from "../domain/hold.js";
import type { Services } from "../services.js";
import type { DashboardContext } from "./options.js";
import type { AccountPageView } from "./pages/account.js";
import { type HeldFlood, openHolds, typesIn } from "./parts/held-back.js";
import { activityStretches } from "./parts/source-activity.js";
import { groupSources, pageOfGroups } from "./source-groups.js";

/** Floods that are looked into, and events of each that are shown. */
const lookedInto = 5;
const shownExamples = 5;

/** What of the address says what is shown. */
export interface Wanted {
  /** Part of a collection's name. */
  readonly name: string;
  readonly page: number;
}

/** What that takes. */
interface Looking extends Pick<DashboardContext, "describe"> {
  readonly services: Pick<Services, "events">;
}

/** Some of what is in a flood: the newest events of its list that were there when it was noted. */
export async function lookInto(hold: Hold, { services, describe }: Looking): Promise<HeldFlood> {
  const { data } = await services.events.list({
    account: hold.account,
    types: typesIn(hold),
    collection: hold.collection?.id ?? null,
    client: null,
    since: null,
    until: hold.createdAt,
    matched: null,
    order: "desc",
    limit: shownExamples,
    after: null,
  });
  const events = data.map(thawEvent);
  return { hold, examples: events.map((event) => ({ id: event.id, sentence: describe(event) })) };
}

/** Reads all that the page of an account shows; null when there is no such account. */
export async function readAccountPage(
  id: string,
  wanted: Wanted,
  context: DashboardContext,
): Promise<Omit<AccountPageView, "sessionProblem" | "form"> | null> {
  const { accounts, activity, companions } = context.services;
  const account = await accounts.get(id);
  if (!account) return null;
  const [outlook, holds, counted, paired] = await Promise.all([
    accounts.outlook(id, budgetSteps(account.polling.requestsPerMinute)),
    accounts.holds(id),
    activity.bySource(id, activityStretches),
    companions.list(id),
  ]);
  if (!outlook || !holds || !paired) return null;
  const groups = groupSources(outlook.sources);
  const floods = await Promise.all(
    openHolds(holds).map((hold, index) =>
      index < lookedInto ? lookInto(hold, context) : { hold, examples: [] },
    ),
  );
  const now = context.now();
  const sources = {
    account: id,
    found: pageOfGroups(groups, wanted.name, wanted.page),
    sources: outlook.sources,
    collections: groups.filter(({ collection }) => collection !== null).length,
    wanted: wanted.name,
    activity: counted,
    now,
  };
  return { account, companions: paired, outlook, floods, sources, now };
}
