import type { AttemptOutcome, Channel, Message } from "../domain/delivery.js";
import type { PixiehookEvent } from "../domain/event.js";
import { isReservedHeader } from "../domain/subscription.js";
import { concealOutcome, secretsOfHeaders, secretsOfUrl } from "./conceal.js";
import type { Http, HttpOutcome, HttpRequest } from "./http.js";
import { retryLater, retryWhenAsked, shown } from "./outcome.js";
import { type PrivateKeys, rememberPrivateKeys, signatureHeader } from "./sign.js";

/** Posts the frozen bytes of events, signed by Standard Webhooks. */
export function createWebhookChannel({ http, version }: { http: Http; version: string }): Channel {
  const privateKeys = rememberPrivateKeys();
  return {
    async send(message, signal) {
      const request = webhookRequest(message, version, privateKeys);
      const outcome = await http.post(request, signal);
      return webhookOutcome(concealOutcome(outcome, secretsOf(message)), message.at);
    },
  };
}

/** What an endpoint knows, or could be sent, that must not stand in what is recorded of its answer. */
function secretsOf({ subscription: { channel }, secrets }: Message): string[] {
  if (channel.type !== "webhook") return [];
  const signing = [secrets.current, ...secrets.previous.map(({ secret }) => secret)];
  const bare = signing.map((secret) => secret.replace(/^whsec_/, ""));
  return [...secretsOfHeaders(channel.headers), ...secretsOfUrl(channel.url, "public"), ...signing, ...bare];
}

/** The request of one attempt. The body is the same text at every attempt. */
export function webhookRequest(message: Message, version: string, privateKeys?: PrivateKeys): HttpRequest {
  const { channel } = message.subscription;
  if (channel.type !== "webhook") throw new Error(`a webhook cannot send to ${channel.type}`);
  const { id, body, contentType } = contentOf(message, channel.format);
  const timestamp = Math.floor(message.at.getTime() / 1_000);
  const options = { asymmetric: channel.asymmetric, at: message.at };
  const headers: Record<string, string> = {
    "content-type": contentType,
    "user-agent": `pixiehook/${version}`,
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatureHeader({ id, timestamp, body }, message.secrets, options, privateKeys),
  };
  const theirs = Object.entries(channel.headers).filter(([name]) => !isReservedHeader(name));
  return { url: channel.url, headers: { ...Object.fromEntries(theirs), ...headers }, body };
}

/**
 * Id and exact text. CloudEvents 1.0 in structured JSON mode names the account as `source` and prefixes types
 * with `pixiehook.`; its `data` is the event's `data`, or the whole events of a digest. A digest is an event and
 * not a batch, which the HTTP binding forbids unless the receiver asked for it.
 */
function contentOf(message: Message, format: "standard" | "cloudevents") {
  const { delivery, events, bodies } = message;
  const [event] = events;
  const [body] = bodies;
  if (event === undefined || body === undefined) throw new Error("a message holds at least one event");
  const id = delivery.digest ? delivery.id : event.id;
  // A digest is closed before it is sent; the last event stands in, so the bytes never depend on the clock.
  const closedAt = delivery.closedAt ?? events.at(-1)?.timestamp ?? event.timestamp;
  const timestamp = delivery.digest ? closedAt : event.timestamp;
  const type = delivery.digest ? "digest" : event.type;
  const digestData = () => `{"events":[${bodies.join(",")}]}`;
  if (format === "cloudevents") {
    const data = delivery.digest ? digestData() : JSON.stringify(event.data);
    const attributes = {
      specversion: "1.0",
      id,
      source: `/accounts/${event.data.account.id}`,
      type: `pixiehook.${type}`,
      time: timestamp,
      datacontenttype: "application/json",
      ...(delivery.digest ? {} : subjectOf(event)),
    };
    const text = `${JSON.stringify(attributes).slice(0, -1)},"data":${data}}`;
    return { id, body: text, contentType: "application/cloudevents+json" };
  }
  const digest = () => `${JSON.stringify({ id, type, timestamp }).slice(0, -1)},"data":${digestData()}}`;
  return { id, body: delivery.digest ? digest() : body, contentType: "application/json" };
}

/** What happened to which object. The attribute may not be empty, and holds no control characters. */
function subjectOf({ data: { object } }: PixiehookEvent): { subject?: string } {
  const { id } = object;
  return typeof id === "string" && /^[\x20-\x7e]+$/.test(id) ? { subject: id } : {};
}

/** The table of contract.md, "Webhooks out". */
export function webhookOutcome(outcome: HttpOutcome, now: Date): AttemptOutcome {
  if (outcome.kind === "refused") return { kind: "blocked", error: `address refused: ${outcome.reason}` };
  if (outcome.kind === "error") return retryLater(outcome.reason);
  const { status } = outcome;
  const error = `the endpoint answered ${status}`;
  if (status >= 200 && status < 300) return { kind: "delivered", ...shown(outcome) };
  if (status === 410) return { kind: "gone", error: `${error} Gone`, ...shown(outcome) };
  if (status === 429 || status === 503) return retryWhenAsked(error, outcome, now);
  if (status >= 300 && status < 400) {
    return retryLater(`${error}: redirects are not followed, set the final URL`, outcome);
  }
  return retryLater(error, outcome);
}
