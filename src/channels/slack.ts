import type { AttemptOutcome, Channel, Message } from "../domain/delivery.js";
import { concealOutcome, secretsOfUrl } from "./conceal.js";
import type { Http, HttpOutcome } from "./http.js";
import { type Answered, retryLater, retryWhenAsked, shown } from "./outcome.js";
import { clean } from "./render/format.js";
import { renderSlack, slackItems } from "./render/slack.js";
import { tell } from "./render/words.js";

/** Hosts of incoming webhooks. Any other address must be in an allowed network. */
export const slackHosts = ["hooks.slack.com", "hooks.slack-gov.com"] as const;

/** Posts a Block Kit message to an incoming webhook. `http` must know `slackHosts` as its public hosts. */
export function createSlackChannel({ http, version }: { http: Http; version: string }): Channel {
  return {
    async send(message, signal) {
      const { channel } = message.subscription;
      if (channel.type !== "slack") throw new Error(`Slack cannot send to ${channel.type}`);
      const headers = { "content-type": "application/json", "user-agent": `pixiehook/${version}` };
      const outcome = await http.post({ url: channel.url, headers, body: slackBody(message) }, signal);
      return slackOutcome(concealOutcome(outcome, secretsOfUrl(channel.url, "secret")), message.at);
    },
  };
}

function slackBody({ events, timezone, publicUrl }: Message): string {
  return JSON.stringify(renderSlack(tell(events, { timezone, publicUrl, maxItems: slackItems })));
}

/** The table of contract.md, "Slack out". Source: docs.slack.dev, "Handling errors" of incoming webhooks. */
export function slackOutcome(outcome: HttpOutcome, now: Date): AttemptOutcome {
  if (outcome.kind === "refused") return { kind: "blocked", error: `address refused: ${outcome.reason}` };
  if (outcome.kind === "error") return retryLater(outcome.reason);
  const { status } = outcome;
  const error = `Slack answered ${status}${reasonOf(outcome)}`;
  if (status >= 200 && status < 300) {
    if (outcome.body.trim() === "ok") return { kind: "delivered", ...shown(outcome) };
    return retryLater(`${error} instead of “ok”: is this the address of an incoming webhook?`, outcome);
  }
  if (status === 429 || status === 503) return retryWhenAsked(error, outcome, now);
  if (status === 403 || status === 404 || status === 410) return { kind: "gone", error, ...shown(outcome) };
  if (status === 400) return { kind: "failed", error, ...shown(outcome) };
  return retryLater(error, outcome);
}

/** Slack tells why in one word, such as `channel_is_archived`; a page of HTML tells nothing. */
function reasonOf({ body, headers }: Answered): string {
  const isPage = headers["content-type"]?.includes("html") === true || body.trimStart().startsWith("<");
  if (isPage) return " with an HTML page";
  const words = clean(body, 80);
  return words === null || words === "ok" ? "" : `: ${words}`;
}
