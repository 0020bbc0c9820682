import { StartError } from "../errors.js";
import type { Simulation } from "../simulator/run.js";
import type { Narrator } from "./narrator.js";

interface Target {
  readonly baseUrl: string;
  readonly token: string;
  readonly simulation: Simulation;
  readonly tell: Narrator;
}

/** Does over the HTTP API what a person would: adds the account, subscribes three ways, waits for the baseline. */
export async function connectStudio(target: Target): Promise<void> {
  const { simulation, tell } = target;
  const { simulator, webhooks, slack } = simulation;
  const account = await post(target, "/v1/accounts", {
    name: "Smith Studio",
    session: { cookies: simulator.cookies },
    polling: { requestsPerMinute: 300, minIntervalSeconds: 1 },
    timezone: "Europe/London",
  });
  const subscribe = (events: string[], channel: object, digest: object | null) =>
    post(target, "/v1/subscriptions", { account: account.id, events, channel, digest });
  const hook = await subscribe(["download.*"], { type: "webhook", url: `${webhooks.url}/downloads` }, null);
  webhooks.setSecret(String(hook.secret));
  const burst = { quiet: "2s", max: "10s" };
  await subscribe(["favorite.*"], { type: "slack", url: slack.webhookUrl }, burst);
  await subscribe(["invoice.paid"], { type: "email", to: ["anna@smith-studio.example"] }, null);
  tell.line("Watching    downloads by webhook, favorites by Slack, paid invoices by email");

  const polled = await post(target, `/v1/accounts/${account.id}/poll?wait=true`, undefined);
  tell.line(`Baseline    ${polled.polled} lists read; what was there before makes no noise`);
  tell.blank();
}

async function post(
  { baseUrl, token }: Target,
  path: string,
  body: object | undefined,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${baseUrl}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new StartError(`POST ${path} was answered with ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}
