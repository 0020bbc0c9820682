import type { Json } from "../../support/service.js";
import type { World } from "./world.js";

/** Ids of what a furnished service has. */
export interface Found {
  readonly account: string;
  /** A browser that is paired with it. */
  readonly companion: string;
  /** An account that has no session yet, and no browser. */
  readonly newcomer: string;
  /** A webhook that gets everything. */
  readonly subscription: string;
  /** A webhook whose receiver answers with errors. */
  readonly failing: string;
  readonly slack: string;
  readonly email: string;
  /** One that was sent, and one that failed. */
  readonly delivered: string;
  readonly failed: string;
  /** An API token that may only read: its id, and the token itself. */
  readonly reader: { readonly id: string; readonly token: string };
  /** A favourite. */
  readonly event: string;
  /** The path that a mail gives to be without more of them. */
  readonly unsubscribe: string;
}

/** Pairs a browser with an account, as its companion would; the id of the pairing. */
export async function pairBrowser(world: World, account: string, browser: string): Promise<string> {
  const { code } = await world.api("POST", `/v1/accounts/${account}/pairings`);
  return exchange(world, code, browser);
}

/** Gives a pairing code for a token, as the companion does; the id of the pairing. */
export async function exchange(world: World, code: string, browser: string): Promise<string> {
  const answer = await fetch(`${world.service.url}/companion/v1/pair`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code, browser }),
  });
  if (answer.status !== 201) throw new Error(`not paired: ${answer.status} ${await answer.text()}`);
  const { companion } = (await answer.json()) as { companion: string };
  return companion;
}

/** Puts one of everything into a service: what works, what fails, what waits, and what is held back. */
export async function furnish(world: World): Promise<Found> {
  const { simulator, webhooks, slack, mail } = world.simulation;
  const account = await world.connect({ floodThreshold: 20 });
  const subscribe = async (description: string, events: string[], channel: Json, more: Json = {}) =>
    (await world.api("POST", "/v1/subscriptions", { description, events, channel, ...more })).id;
  const hook = (path: string) => ({ type: "webhook", url: `${webhooks.url}${path}` });
  webhooks.answer({ status: 500, body: "no database", path: "/broken", times: Number.POSITIVE_INFINITY });

  const subscription = await subscribe("Studio CRM", ["*"], hook("/hook"));
  const failing = await subscribe("Album printer", ["favorite.*"], hook("/broken"), {
    retry: { delays: ["1h"] },
  });
  const slackId = await subscribe(
    "Team on Slack",
    ["favorite.*"],
    { type: "slack", url: slack.webhookUrl },
    { digest: null },
  );
  const email = await subscribe("", ["invoice.*"], { type: "email", to: ["ana@smith.example"] });

  simulator.addFavorites({ client: "jane@example.com", count: 3, note: "For the wall, please" });
  simulator.addDownloads({ kind: "gallery", client: "jane@example.com" });
  simulator.payInvoice();
  await world.poll(account);
  simulator.addFavorites({ client: "sam@example.com", count: 25 });
  await world.poll(account);
  await world.api("POST", `/v1/subscriptions/${subscription}/test`);
  const [{ headers }] = await Promise.all([
    mail.waitFor(() => true, 10_000),
    webhooks.waitFor(({ path }) => path === "/hook", 10_000),
    webhooks.waitFor(({ path }) => path === "/broken", 10_000),
    slack.waitFor(() => true, 10_000),
  ]);
  const favorites = await world.api("GET", "/v1/events?type=favorite.added&order=asc&limit=1");
  const [, unsubscribe = ""] = /^<https?:\/\/[^/]*([^>]*)>/.exec(headers["list-unsubscribe"] ?? "") ?? [];
  const deliveryOf = async (id: string): Promise<string> =>
    (await world.api("GET", `/v1/subscriptions/${id}/deliveries?limit=1`)).data[0].id;
  return {
    account,
    companion: await pairBrowser(world, account, "Chromium on Linux"),
    newcomer: (await world.api("POST", "/v1/accounts", { name: "Harbour Portraits" })).id,
    subscription,
    failing,
    slack: slackId,
    email,
    delivered: await deliveryOf(subscription),
    failed: await deliveryOf(failing),
    reader: await world.api("POST", "/v1/tokens", { name: "Assistant", scope: "read" }),
    event: favorites.data[0].id,
    unsubscribe,
  };
}
