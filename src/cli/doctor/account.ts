import { count, delaySentence, title } from "../../dashboard/format.js";
import type { ForecastView } from "../../services/accounts.js";
import type { AccountAnswer, HoldAnswer, SourceAnswer } from "./answers.js";
import { type Finding, good, notice, problem, quoted } from "./finding.js";

/** All that is asked about one account. */
export interface AccountFacts {
  readonly account: AccountAnswer;
  readonly forecast: ForecastView;
  /** Those that fail, and those that are off. */
  readonly troubled: readonly SourceAnswer[];
  readonly holds: readonly HoldAnswer[];
}

/** From so many failed polls in a row on somebody should look: the service tells of it then, too. */
const failuresToLook = 3;
const shownNames = 2;
const shownReasons = 6;

/** `page`: the address of the account's page in the dashboard. */
export function judgeAccount({ account, forecast, troubled, holds }: AccountFacts, page: string): Finding[] {
  const session = judgeSession(account, page);
  const waits = judgeBrowser(account, page);
  // Nobody asks Pixieset: what is known of all else is of the time before.
  if (waits) return [session, waits, ...judgeHolds(holds, page)];
  // Without a session nothing is polled: what its sources say is about that, too.
  if (account.session.status !== "active") return [session, ...judgeHolds(holds, page)];
  return [
    session,
    ...judgeSources(troubled),
    ...judgeHolds(holds, page),
    ...judgeBudget(account),
    ...judgeForecast(account, forecast),
  ];
}

function judgeSession({ id, session, readBy }: AccountAnswer, page: string): Finding {
  const { status, user, renewal } = session;
  const name = user?.name ?? user?.email;
  if (status === "active") return good("session_active", name ? `Signed in as ${name}.` : "Signed in.");
  const why = session.reason === null ? "" : ` ${quoted(session.reason)}.`;
  if (status === "expired" && renewal === "credentials") {
    const remedy = "pixiehook signs in again by itself.";
    return notice("session_expired", `The session has ended, and nothing is polled.${why}`, remedy);
  }
  const texts = {
    expired: "The session has ended, and nothing is polled.",
    challenged: "Pixieset wants to see a person, and nothing is polled.",
    unverified: "There is no session, and nothing is polled.",
  };
  if (readBy === "browser") {
    const remedy = "Sign in to Pixieset in the browser that reads this account: it goes on by itself.";
    return problem(`session_${status}`, `${texts[status]}${why}`, remedy);
  }
  const remedy = `Hand fresh cookies over with \`pixiehook connect ${id}\`, or at ${page}#session.`;
  return problem(`session_${status}`, `${texts[status]}${why}`, remedy);
}

/** An account that only a browser reads, while there is none; null while it is read. */
function judgeBrowser({ id, readBy, browser }: AccountAnswer, page: string): Finding | null {
  if (readBy !== "browser" || browser?.status === "connected") return null;
  const back = `Or let the server read again: PATCH /v1/accounts/${id} with {"readBy": "server"}.`;
  if (browser === null) {
    const text = "A browser is to read this account, and none is paired with it: nothing is polled.";
    return problem("browser_missing", text, `Pair one at ${page}. ${back}`);
  }
  const heard = browser.lastHeardAt.replace(/\.\d+Z$/, "Z");
  const text = `It waits for the browser that reads it, last heard of at ${heard}: nothing is polled.`;
  return notice("browser_away", text, `Open that browser: it goes on by itself. ${back}`);
}

/** One finding for each reason, not for each source. */
function judgeSources(troubled: readonly SourceAnswer[]): Finding[] {
  const groups = new Map<string, SourceAnswer[]>();
  for (const source of troubled) {
    // Long numbers are ids: the same trouble of other lists.
    const key = `${source.status} ${(source.reason ?? "").replace(/\d{5,}/g, "…")}`;
    const group = groups.get(key);
    if (group) group.push(source);
    else groups.set(key, [source]);
  }
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  const more = sorted.length - shownReasons;
  const rest = more > 0 ? [notice("sources_more", `And sources with ${count(more, "other reason")}.`)] : [];
  return [...sorted.slice(0, shownReasons).map(judgeGroup), ...rest];
}

function judgeGroup(group: readonly SourceAnswer[]): Finding {
  const [first] = group;
  const why = first?.reason ? `: ${quoted(first.reason)}` : "";
  const are = group.length === 1 ? "is" : "are";
  const text = (state: string) =>
    `${count(group.length, "source")} ${are} ${state} (${namesOf(group)})${why}.`;
  if (first?.status === "off") {
    const remedy = "Nothing to do where that is right: looked at again every six hours.";
    return notice("sources_off", text("off"), remedy);
  }
  const failures = Math.max(...group.map((source) => source.failures));
  if (failures < failuresToLook)
    return notice("sources_failing", text("failing"), "Tried again by itself, soon.");
  const remedy = `Failed ${failures} times in a row, and tried again by itself. Look whether Pixieset shows this in your browser.`;
  return problem("sources_failing", text("failing"), remedy);
}

/** `Favorites of Smith Wedding, Invoices and 3 more`. */
function namesOf(group: readonly SourceAnswer[]): string {
  const names = group.map(({ resource, collection }) =>
    collection ? `${title(resource)} of ${collection.name ?? collection.id}` : title(resource),
  );
  const more = names.length - shownNames;
  return more > 0 ? `${names.slice(0, shownNames).join(", ")} and ${more} more` : names.join(", ");
}

function judgeHolds(holds: readonly HoldAnswer[], page: string): Finding[] {
  const held = holds.filter(({ status }) => status === "held");
  if (held.length === 0) return [];
  const changes = held.reduce((sum, hold) => sum + hold.count, 0);
  const names = [...new Set(held.map(({ resource }) => title(resource).toLowerCase()))].join(", ");
  const text = `${count(changes, "change")} to ${names} came at once and ${changes === 1 ? "is" : "are"} held back.`;
  return [problem("flood_held", text, `Look at them, then let them go or drop them: ${page}#held`)];
}

function judgeBudget({ budget }: AccountAnswer): Finding[] {
  const { requestsPerMinute, effectiveRequestsPerMinute: effective, restingUntil } = budget;
  const findings: Finding[] = [];
  if (restingUntil !== null) {
    const until = restingUntil.replace(/\.\d+Z$/, "Z");
    const remedy = "It goes on by itself.";
    findings.push(
      notice("budget_resting", `No request is made before ${until}: Pixieset asked for a pause.`, remedy),
    );
  }
  if (effective < requestsPerMinute) {
    const text = `Slowed down to ${short(effective)} of ${short(requestsPerMinute)} requests a minute: Pixieset has refused requests, failed to answer them, or set a limit of its own.`;
    const remedy =
      "It comes back by itself within half an hour. If it happens again and again, lower polling.requestsPerMinute.";
    findings.push(notice("budget_slowed", text, remedy));
  }
  return findings;
}

function judgeForecast({ id, polling }: AccountAnswer, forecast: ForecastView): Finding[] {
  const { requestsPerMinute, effectiveRequestsPerMinute, sources, waiting, appointed } = forecast;
  const findings: Finding[] = [];
  if (waiting > 0)
    findings.push(
      notice(
        "sources_waiting",
        `${count(waiting, "source")} ${waiting === 1 ? "was" : "were"} not read yet.`,
      ),
    );
  const sentence = delaySentence(forecast);
  const budget = `${count(sources + waiting + appointed, "source")}, ${short(requestsPerMinute)} requests a minute.`;
  findings.push(sentence === null ? good("sources", budget) : good("delay", `${budget} ${sentence}`));
  const needed = forecast.requestsPerMinuteForMaxInterval;
  if (forecast.keepsMaxInterval === false && needed !== null) {
    const text = `Some sources are left alone for longer than polling.maxIntervalMinutes (${polling.maxIntervalMinutes}).`;
    const remedy =
      effectiveRequestsPerMinute < requestsPerMinute && needed <= requestsPerMinute
        ? "It is kept again when the account is not slowed down any more."
        : `Set polling.requestsPerMinute to ${short(needed)} or more, or a longer polling.maxIntervalMinutes, with PATCH /v1/accounts/${id}.`;
    findings.push(notice("max_interval", text, remedy));
  }
  return findings;
}

/** A number without digits that say nothing. */
function short(number: number): string {
  return String(number >= 100 ? Math.round(number) : Number(number.toPrecision(3)));
}
