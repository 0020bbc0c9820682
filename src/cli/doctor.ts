import type { Config } from "../config.js";
import type { AddCommand } from "./command.js";
import { type AccountFacts, judgeAccount } from "./doctor/account.js";
import { type AccountAnswer, answers, type SubscriptionAnswer } from "./doctor/answers.js";
import { type Finding, good, notice, problem, quoted, type Section } from "./doctor/finding.js";
import { examineHere } from "./doctor/here.js";
import { needsOf } from "./doctor/needs.js";
import { printReport } from "./doctor/print.js";
import { judgeSubscriptions } from "./doctor/subscriptions.js";
import { type Client, createClient, UnansweredError } from "./remote/client.js";
import { addressesOf, findService, plainAddress } from "./remote/find.js";
import { type RemoteOptions, withRemote } from "./remote/reach.js";
import { type FoundToken, findToken, judgeNode, judgeSettings, readAddress } from "./remote/settings.js";
import type { Terminal } from "./terminal.js";

export interface DoctorOptions extends RemoteOptions {
  readonly json: boolean;
}

const latestDeliveries = 10;
/** Questions that are asked at once. */
const abreast = 8;

/**
 * `pixiehook doctor`: what is wrong and what to do, asked of a running service; where none runs, of what it needs to
 * start. Changes nothing. Answers whether nothing needs a person.
 */
async function doctor(
  options: DoctorOptions,
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<boolean> {
  const { config, findings } = judgeSettings(environment);
  const own = config ?? readAddress(environment);
  const sections: Section[] = [
    { title: "Settings", account: null, findings: [judgeNode(process.versions.node), ...findings] },
    ...(await examine(options, config, own)),
  ];
  const all = sections.flatMap((section) => section.findings);
  const ok = all.every(({ level }) => level !== "problem");
  if (options.json) terminal.write(JSON.stringify({ ok, sections }, null, 2));
  else printReport(sections, terminal);
  return ok;
}

/** `config`: the settings of the service, if they can be used; `own`: what of them says where it is. */
async function examine(
  { url, token }: DoctorOptions,
  config: Config | null,
  own: Config | null,
): Promise<Section[]> {
  const found = await findService(url === undefined ? addressesOf(own) : [plainAddress(url)]);
  const service = (findings: readonly Finding[], address?: string): Section => {
    const title = address === undefined ? "Service" : `Service at ${address}`;
    return { title, account: null, findings };
  };
  if (found.address === null) {
    const local = url === undefined && config ? [await examineHere(config)] : [];
    return [service([found.finding]), ...local];
  }
  const { address } = found;
  const access = await findToken(token ?? null, own, url !== undefined);
  const client = createClient(address, access.token);
  const findings = [found.finding];
  try {
    findings.push(...(await judgeReadiness(client)));
    if (access.token === null) return [service([...findings, noToken(access)], address)];
    const needs = await examineNeeds(client);
    const accounts = await client.list("/v1/accounts", answers.account);
    if (accounts.length === 0)
      findings.push(
        notice("accounts_none", "No account is watched yet.", `Add one: ${address}/accounts/new`),
      );
    const sections: Section[] = [];
    for (const account of accounts) {
      const { id, name } = account;
      const told = await judgeApart(() => examineAccount(client, account, address), access);
      if (told) sections.push({ title: name, account: id, findings: told });
    }
    // What is set here says something of the service only if it was found by that.
    const email = needs === null && url === undefined && config ? config.smtp !== null : null;
    sections.push(await examineSubscriptions(client, address, email));
    return [service(findings, address), ...(needs ?? []), ...sections];
  } catch (error) {
    if (!(error instanceof UnansweredError)) throw error;
    return [service([...findings, judgeFailure(error, access)], address)];
  }
}

async function judgeReadiness(client: Client): Promise<Finding[]> {
  const { ok, problems } = await client.get("/readyz", answers.readiness);
  if (ok) return [good("service_ready", "It is ready: Redis answers, and the workers keep up.")];
  const remedy = "Everything goes on by itself when this is mended.";
  return problems.map((text) => problem("service_not_ready", `${quoted(text)}.`, remedy));
}

/** What the service needs, as it found it; null where it is of a release that does not look. */
async function examineNeeds(client: Client): Promise<Section[] | null> {
  try {
    const { now, checks } = await client.get("/v1/diagnostics", answers.diagnosis);
    return [needsOf(checks, Date.parse(now) - Date.now())];
  } catch (error) {
    if (error instanceof UnansweredError && error.status === 404) return null;
    throw error;
  }
}

function noToken({ from }: FoundToken): Finding {
  const remedy =
    "Give it with PIXIEHOOK_API_TOKEN or --token, or run this without --url in the folder that the service was started in.";
  return problem("token_missing", `There is no API token in ${from}.`, remedy);
}

function judgeFailure({ status, message }: UnansweredError, { from }: FoundToken): Finding {
  if (status === 401) {
    const text = `The service does not accept the API token from ${from}.`;
    return problem("token_refused", text, "Give the service's own with PIXIEHOOK_API_TOKEN or --token.");
  }
  const remedy = "Look at its log, and ask again.";
  return problem("service_failed", `The service could not tell more: ${quoted(message)}.`, remedy);
}

/** One account that cannot be looked at hides nothing of the others; null for one that was deleted meanwhile. */
async function judgeApart(
  look: () => Promise<Finding[]>,
  access: FoundToken,
): Promise<readonly Finding[] | null> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UnansweredError) || error.status === null || error.status === 401) throw error;
    return error.status === 404 ? null : [judgeFailure(error, access)];
  }
}

async function examineAccount(client: Client, account: AccountAnswer, address: string): Promise<Finding[]> {
  const path = `/v1/accounts/${account.id}`;
  const sources = (status: string) => client.list(`${path}/sources?status=${status}`, answers.source);
  const [forecast, failing, off, holds] = await Promise.all([
    client.get(`${path}/forecast`, answers.forecast),
    sources("failing"),
    sources("off"),
    client.list(`${path}/holds`, answers.hold),
  ]);
  const facts: AccountFacts = { account, forecast, troubled: [...failing, ...off], holds };
  const page = `${address}/accounts/${account.id}`;
  return judgeAccount(facts, page);
}

async function examineSubscriptions(
  client: Client,
  address: string,
  email: boolean | null,
): Promise<Section> {
  const subscriptions = await client.list("/v1/subscriptions", answers.subscription);
  const look = async (subscription: SubscriptionAnswer) => {
    const path = `/v1/subscriptions/${subscription.id}/deliveries`;
    const deliveries = subscription.enabled
      ? await client.list(path, answers.delivery, latestDeliveries)
      : [];
    return { subscription, deliveries };
  };
  const facts = [];
  for (let from = 0; from < subscriptions.length; from += abreast)
    facts.push(...(await Promise.all(subscriptions.slice(from, from + abreast).map(look))));
  const findings = judgeSubscriptions(facts, address, email);
  return { title: "Subscriptions", account: null, findings };
}

export const addDoctor: AddCommand = (program, { terminal, environment, exitWith }) => {
  withRemote(program.command("doctor"))
    .summary("say what is wrong and what to do")
    .description(
      "ask a running service, or look around where none runs, what is wrong, and say what to do; 1 when something needs you, else 0",
    )
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", "\nExample:\n  pixiehook doctor --url https://hooks.example.com")
    .action(async (options: DoctorOptions) => {
      exitWith((await doctor(options, environment(), terminal)) ? 0 : 1);
    });
};
