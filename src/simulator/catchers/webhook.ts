import { setMaxListeners } from "node:events";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { Webhook } from "standardwebhooks";
import { listen } from "../http.js";
import { type Catcher, type CatcherOptions, createInbox } from "./catcher.js";
import { createScript, giveScripted, type ScriptedAnswer } from "./scripted.js";

/** One request that a webhook endpoint got. */
export interface CaughtWebhook {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text. */
  readonly body: string;
  /** The body as JSON, or null. */
  readonly json: unknown;
  /** `unchecked` while no secret is known for the path. */
  readonly verdict: "valid" | "invalid" | "unchecked";
  /** Why it is invalid. */
  readonly reason: string | null;
  /** The status it was answered with; null for a hang or reset. */
  readonly status: number | null;
}

/** A webhook endpoint that keeps what it gets. */
export interface WebhookCatcher extends Catcher<CaughtWebhook> {
  /** Sets the secret (`whsec_…`) to check with, for one path or for all. Several are accepted, for rotation. */
  setSecret(secret: string | readonly string[], path?: string): void;
  /** Answers to give next instead of 204, in order. */
  answer(...answers: readonly ScriptedAnswer[]): void;
  clearAnswers(): void;
}

/** Catches webhooks on every path and checks their Standard Webhooks signatures; answers 204. */
export async function startWebhookCatcher(
  options: CatcherOptions<CaughtWebhook> & { readonly secret?: string } = {},
): Promise<WebhookCatcher> {
  const inbox = createInbox<CaughtWebhook>("webhooks", options.onReceived);
  const script = createScript();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const secrets = new Map<string, readonly string[]>(options.secret ? [["*", [options.secret]]] : []);
  const setSecret: WebhookCatcher["setSecret"] = (secret, path = "*") => {
    secrets.set(path, typeof secret === "string" ? [secret] : secret);
  };

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post("/control/secret", async (context) => {
    const wanted = await context.req.json<{ secret: string; path?: string }>();
    setSecret(wanted.secret, wanted.path);
    return context.json({ set: true });
  });
  app.post("/control/answers", async (context) => {
    script.add(await context.req.json<ScriptedAnswer[]>());
    return context.json({ set: true });
  });
  app.get("/control/received", (context) => context.json({ data: inbox.received }));
  app.all("*", async (context) => {
    const { path, method } = context.req;
    const body = await context.req.text();
    const headers = context.req.header();
    const scripted = script.take(path);
    const status = scripted?.trouble ? null : (scripted?.status ?? (scripted ? 200 : 204));
    const check = verify(secrets.get(path) ?? secrets.get("*"), body, headers);
    const at = new Date().toISOString();
    inbox.add({ at, method, path, headers, body, json: parse(body), ...check, status });
    return scripted ? giveScripted(scripted, context, closing.signal) : context.body(null, 204);
  });

  const server = await listen(app, options.port ?? 0, options.host ?? "127.0.0.1");
  return {
    url: server.url,
    received: inbox.received,
    waitFor: inbox.waitFor,
    setSecret,
    answer: (...answers) => script.add(answers),
    clearAnswers: script.clear,
    async close() {
      inbox.close();
      closing.abort();
      await server.close();
    },
  };
}

function verify(
  secrets: readonly string[] | undefined,
  body: string,
  headers: Record<string, string>,
): Pick<CaughtWebhook, "verdict" | "reason"> {
  if (!secrets) return { verdict: "unchecked", reason: null };
  let reason = "no secret";
  for (const secret of secrets) {
    try {
      new Webhook(secret).verify(body, headers, { jsonParse: false });
      return { verdict: "valid", reason: null };
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  return { verdict: "invalid", reason };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
