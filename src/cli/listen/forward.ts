import { setTimeout as sleep } from "node:timers/promises";
import { parseNetworks } from "../../channels/addresses.js";
import { createHttp } from "../../channels/http.js";
import { createSecret, readKey } from "../../channels/sign.js";
import { createWebhookChannel } from "../../channels/webhook.js";
import type { AttemptOutcome } from "../../domain/delivery.js";
import { type Subscription, subscriptionInputSchema } from "../../domain/subscription.js";
import { UsageError } from "../../errors.js";
import type { Tailed } from "./tail.js";

export interface ForwardOptions {
  readonly url: string;
  readonly format: "standard" | "cloudevents";
  /** `whsec_…`. */
  readonly secret: string;
  /** Of the service: it stands in the `user-agent` of its deliveries. */
  readonly version: string;
  /** Whether an event is sent until it is taken. */
  readonly retry: boolean;
}

/** One try: what came of it, and how long it took, ms. */
export interface Forwarded {
  readonly outcome: AttemptOutcome;
  readonly ms: number;
}

export interface Forwarder {
  /** Sends an event as a delivery would; `onTried` hears of each try. Ends early when `signal` aborts. */
  send(tailed: Tailed, signal: AbortSignal, onTried: (tried: Forwarded) => void): Promise<void>;
  close(): Promise<void>;
}

/** The secret that somebody gave, or one of its own. Throws `UsageError` for what is none. */
export function forwardSecret(given: string | undefined): { secret: string; isOwn: boolean } {
  const secret = given?.trim();
  if (!secret) return { secret: createSecret(), isOwn: true };
  if (readKey(secret)?.kind === "whsec") return { secret, isOwn: false };
  throw new UsageError(
    "the secret is not whsec_ and base64: copy it whole to --secret or PIXIEHOOK_WEBHOOK_SECRET, or leave both out",
  );
}

/** Where an address leads is the business of whoever names it: this is their machine. */
const everywhere = ["0.0.0.0/0", "::/0"];
const [shortestMs, longestMs] = [1_000, 30_000];

/** Posts events as deliveries are posted: the same bytes, headers and signature. Throws `UsageError` for a wrong address. */
export function createForwarder({ url, format, secret, version, retry }: ForwardOptions): Forwarder {
  const http = createHttp({ allowed: parseNetworks(everywhere) });
  const refused = http.checkUrl(url);
  if (refused !== null) throw new UsageError(`--forward-to: ${refused}`);
  const channel = createWebhookChannel({ http, version });
  const subscription = receiver(url, format);
  const secrets = { current: secret, previous: [] };

  async function attempt({ event, body }: Tailed, signal: AbortSignal): Promise<Forwarded> {
    const began = performance.now();
    const delivery = { id: event.id, digest: false, closedAt: null };
    const place = { timezone: "UTC", publicUrl: "", at: new Date() };
    const message = { delivery, subscription, secrets, events: [event], bodies: [body], ...place };
    const outcome = await channel.send(message, signal);
    return { outcome, ms: performance.now() - began };
  }

  return {
    async send(tailed, signal, onTried) {
      for (let wait = shortestMs; ; wait = Math.min(2 * wait, longestMs)) {
        const tried = await attempt(tailed, signal);
        if (signal.aborted) return;
        onTried(tried);
        if (!retry || tried.outcome.kind === "delivered") return;
        const asked = tried.outcome.kind === "retry" ? (tried.outcome.afterMs ?? 0) : 0;
        await sleep(Math.max(wait, Math.min(asked, longestMs)), undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
      }
    },
    close: http.close,
  };
}

/** The subscription that there would be for this address. */
function receiver(url: string, format: ForwardOptions["format"]): Subscription {
  const input = subscriptionInputSchema.parse({ events: ["*"], channel: { type: "webhook", url, format } });
  const now = new Date().toISOString();
  const unset = { digest: null, disabledReason: null, publicKey: null };
  return { ...input, ...unset, id: "sub_listen", createdAt: now, updatedAt: now };
}
