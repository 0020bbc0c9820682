import { once } from "node:events";
import { type SlackCatcher, startSlackCatcher } from "./catchers/slack.js";
import { type SmtpCatcher, startSmtpCatcher } from "./catchers/smtp.js";
import { startWebhookCatcher, type WebhookCatcher } from "./catchers/webhook.js";
import { createSimulator, type Simulator, type SimulatorOptions } from "./simulator.js";
import type { OracleEntry } from "./world.js";

/** Options of the studio, and who is told what happens. */
export interface SimulationOptions extends SimulatorOptions {
  /** Told in a line what happens and what is caught. */
  readonly log?: (line: string) => void;
}

/** The studio and everything that can be sent to. */
export interface Simulation {
  readonly simulator: Simulator;
  readonly webhooks: WebhookCatcher;
  readonly slack: SlackCatcher;
  readonly mail: SmtpCatcher;
  close(): Promise<void>;
}

/** Starts the simulated studio and the three catchers; with a port given, on that one and the next three. */
export async function startSimulation(options: SimulationOptions = {}): Promise<Simulation> {
  const { port = 0, host = "127.0.0.1", log = () => undefined } = options;
  const started: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    started.push(one);
    return one;
  };
  const close = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.close()));
  };
  const at = (offset: number) => ({ host, port: port === 0 ? 0 : port + offset });
  try {
    const simulator = keep(
      await createSimulator({
        ...options,
        onAct: (entry) => {
          log(`studio   ${tell(entry)}`);
          options.onAct?.(entry);
        },
      }),
    );
    const webhooks = keep(
      await startWebhookCatcher({
        ...at(1),
        onReceived: ({ verdict, path, json }) => log(`webhook  ${path} ${typeOf(json)} signature ${verdict}`),
      }),
    );
    const slack = keep(
      await startSlackCatcher({
        ...at(2),
        onReceived: ({ answer, message }) => log(`slack    ${answer}: ${message?.text ?? ""}`),
      }),
    );
    const mail = keep(
      await startSmtpCatcher({
        ...at(3),
        onReceived: ({ to, mail }) => log(`mail     to ${to.join(", ")}: ${mail.subject ?? "(no subject)"}`),
      }),
    );
    return { simulator, webhooks, slack, mail, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The `simulator` command: starts everything, says how to use it, and ends when `signal` aborts. */
export async function runSimulator(
  options: SimulatorOptions & { readonly log: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const { log, signal } = options;
  if (signal.aborted) return;
  const simulation = await startSimulation({ life: true, ...options });
  for (const line of greeting(simulation)) log(line);
  if (!signal.aborted) await once(signal, "abort");
  await simulation.close();
}

function greeting({ simulator, webhooks, slack, mail }: Simulation): string[] {
  const { controlUrl } = simulator;
  const { collections, favorites, life } = simulator.state();
  const curl = (path: string, body: string): string =>
    `  curl -X POST ${controlUrl}${path} -H 'content-type: application/json' -d '${body}'`;
  return [
    "",
    `A simulated Pixieset studio is open: ${collections} collections, ${favorites} favorites.`,
    life.running ? `Its clients are busy (speed ${life.speed}).` : "Nothing happens by itself.",
    "",
    "Settings for pixiehook:",
    `  PIXIESET_GALLERY_URL=${simulator.galleryUrl}`,
    `  PIXIESET_STUDIO_URL=${simulator.studioUrl}`,
    `  PIXIESET_LOGIN_URL=${simulator.loginUrl}`,
    `  SMTP_URL=${mail.url}`,
    "  EMAIL_FROM=pixiehook@example.com",
    "  PIXIEHOOK_ALLOWED_NETWORKS=127.0.0.0/8",
    "",
    "Cookies to paste:",
    `  ${simulator.cookies}`,
    `Or log in as ${simulator.credentials.email} with ${simulator.credentials.password}`,
    `In a browser: ${simulator.signInUrl}`,
    "",
    "Catchers:",
    `  webhooks  ${webhooks.url}/any/path      what came: ${webhooks.url}/control/received`,
    `  Slack     ${slack.webhookUrl}      what came: ${slack.url}/control/received`,
    `  mail      ${mail.url}`,
    "",
    `Make things happen (${controlUrl} lists everything):`,
    curl("/favorites", '{"client":"jane@example.com","count":12}'),
    curl("/downloads", '{"kind":"gallery","parts":3}'),
    curl("/invoices/pay", "{}"),
    curl("/session/expire", "{}"),
    curl("/faults", '{"kind":"429","path":"favorites","count":3,"retryAfterSeconds":20}'),
    curl("/life", '{"speed":20}'),
    "",
  ];
}

function tell({ kind, sequence: _sequence, at: _at, ...details }: OracleEntry): string {
  const told = Object.entries(details).filter(([, value]) => value !== null);
  return [kind, ...told.map(([name, value]) => `${name}=${value}`)].join(" ");
}

function typeOf(json: unknown): string {
  const type = typeof json === "object" && json !== null && "type" in json ? json.type : null;
  return typeof type === "string" ? type : "(no type)";
}
