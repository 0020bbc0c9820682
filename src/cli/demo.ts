import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { roles } from "../../workers/index.js";
import { type Config, readConfig } from "../config.js";
import { thawEvent } from "../domain/event.js";
import { messageOf, StartError } from "../errors.js";
import type { Simulation } from "../simulator/run.js";
import { startSimulation } from "../simulator/run.js";
import { port } from "./arguments.js";
import type { AddCommand } from "./command.js";
import { connectStudio } from "./demo-client.js";
import { type Narrator, narrate } from "./narrator.js";
import { type Service, startService } from "./run-service.js";
import type { Terminal } from "./terminal.js";

interface DemoOptions {
  /** End as soon as each channel has delivered a detected change. */
  readonly once: boolean;
  /** Of the dashboard; 3000 or any free one unless told. */
  readonly port?: number;
}

const deadlineMs = 60_000;

/** `pixiehook demo`: the whole program at work on a simulated studio, with catchers for what it sends. */
async function demo(options: DemoOptions, terminal: Terminal): Promise<void> {
  const tell = narrate(terminal);
  const dataDir = await mkdtemp(join(tmpdir(), "pixiehook-demo-"));
  let simulation: Simulation | undefined;
  let service: Service | undefined;
  try {
    simulation = await startSimulation({ life: false, ...tell.simulation });
    const { studio } = simulation.simulator;
    tell.nameCollections((id) => studio.collections.get(Number(id))?.name ?? null);
    service = await startOn(simulation, dataDir, options);
    await show(simulation, service, options, terminal, tell);
  } finally {
    await service?.close();
    await simulation?.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The service, with settings that lead to the simulation and nowhere else. */
async function startOn(
  simulation: Simulation,
  dataDir: string,
  { once: brief, port: wanted }: DemoOptions,
): Promise<Service> {
  const { simulator, mail } = simulation;
  const settings = (at: number): Config =>
    readConfig({
      PORT: String(at),
      PIXIEHOOK_DATA_DIR: dataDir,
      PIXIESET_GALLERY_URL: simulator.galleryUrl,
      PIXIESET_STUDIO_URL: simulator.studioUrl,
      SMTP_URL: mail.url,
      EMAIL_FROM: "pixiehook <alerts@smith-studio.example>",
      PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
      LOG_LEVEL: "warn",
    });
  try {
    return await startService(settings(wanted ?? (brief ? 0 : 3000)), roles);
  } catch (error) {
    if (wanted !== undefined || !(error instanceof StartError) || !messageOf(error).includes("PORT"))
      throw error;
    return startService(settings(0), roles);
  }
}

async function show(
  simulation: Simulation,
  service: Service,
  options: DemoOptions,
  terminal: Terminal,
  tell: Narrator,
): Promise<void> {
  const { context } = service;
  const { publicUrl } = context.config;
  tell.heading("A simulated photo studio, watched by pixiehook");
  tell.line(`Dashboard   ${publicUrl}`);
  tell.line(`API token   ${context.apiToken}`);
  const { signInUrl, credentials, controlUrl } = simulation.simulator;
  tell.line(
    `Pixieset    ${signInUrl} (simulated: log in as ${credentials.email} with ${credentials.password})`,
  );
  tell.line(
    `Companion   npm run companion -- --for ${new URL(signInUrl).origin} (more in docs/companion.md)`,
  );
  tell.line(`Make things happen yourself: ${controlUrl} lists how`);
  tell.blank();
  await connectStudio({ baseUrl: publicUrl, token: context.apiToken, simulation, tell });

  const watching = new AbortController();
  const tail = (async () => {
    for await (const event of context.services.events.follow(null, watching.signal))
      tell.detected(thawEvent(event.body));
  })();
  const delivered = firstOfEachChannel(simulation);
  act(simulation);
  try {
    if (options.once) {
      await summarize(delivered, terminal, tell);
      return;
    }
    simulation.simulator.life.start();
    tell.line("The studio goes on living. Stop with Ctrl+C.");
    if (!terminal.signal.aborted) await once(terminal.signal, "abort");
  } finally {
    watching.abort();
    await tail;
  }
}

/** What clients do first, so that there is something to see at once. */
function act({ simulator }: Simulation): void {
  simulator.addFavorites({ count: 3 });
  simulator.addDownloads();
  simulator.payInvoice();
}

/** Resolves, for each channel, with whether a detected change came through it in time. */
function firstOfEachChannel({ webhooks, slack, mail }: Simulation): Promise<Record<string, boolean>> {
  const came = (arrival: Promise<unknown>) =>
    arrival.then(
      () => true,
      () => false,
    );
  const hasType = (json: unknown, type: string) =>
    typeof json === "object" && json !== null && "type" in json && json.type === type;
  const channels = {
    webhook: webhooks.waitFor(
      ({ json, verdict }) => verdict === "valid" && hasType(json, "download.created"),
      deadlineMs,
    ),
    slack: slack.waitFor(
      ({ accepted, message }) => accepted && /favorited/i.test(message?.text ?? ""),
      deadlineMs,
    ),
    email: mail.waitFor(({ mail: { subject } }) => /paid/i.test(subject ?? ""), deadlineMs),
  };
  const entries = Object.entries(channels).map(
    async ([name, arrival]) => [name, await came(arrival)] as const,
  );
  return Promise.all(entries).then(Object.fromEntries);
}

async function summarize(
  delivered: Promise<Record<string, boolean>>,
  terminal: Terminal,
  tell: Narrator,
): Promise<void> {
  const interrupted = new Promise<null>((stop) =>
    terminal.signal.addEventListener("abort", () => stop(null), { once: true }),
  );
  const result = await Promise.race([delivered, interrupted]);
  if (result === null) throw new StartError("The demo was interrupted.");
  // Let the last lines come out before the summary.
  await sleep(300);
  const missing = Object.entries(result).filter(([, came]) => !came);
  tell.blank();
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(", ");
    throw new StartError(`Nothing was delivered by ${names} within ${deadlineMs / 1_000} s.`);
  }
  tell.heading("Each channel delivered a change that was detected by polling");
  tell.line("✓ webhook   a download, signed and verified");
  tell.line("✓ Slack     a client's favorites");
  tell.line("✓ email     a paid invoice");
}

export const addDemo: AddCommand = (program, { terminal }) => {
  program
    .command("demo")
    .summary("show everything at work on a simulated studio")
    .description("show everything at work on a simulated studio")
    .option("--once", "end with a summary once each channel has delivered a detected change", false)
    .option("--port <number>", "port of the dashboard; 0 for any free one", port)
    .addHelpText("after", "\nExample:\n  pixiehook demo --once")
    .action((options: DemoOptions) => demo(options, terminal));
};
