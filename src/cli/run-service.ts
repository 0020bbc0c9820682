import { type Role, startWorkers } from "../../workers/index.js";
import { type Config, withPort } from "../config.js";
import { type Context, createContext, type Overrides } from "../context.js";
import { type HttpServer, listen } from "./http.js";

/** How long work that is under way may take after SIGTERM, ms. */
const drainMs = 6_500;

/** A running service. */
export interface Service {
  readonly context: Context;
  close(): Promise<void>;
}

/** Starts the roles in this process, or nothing at all. */
export async function startService(
  settings: Config,
  roles: readonly Role[],
  overrides: Overrides = {},
): Promise<Service> {
  const { metricsPort } = settings;
  const isApi = roles.includes("api");
  const port = isApi ? settings.http.port : metricsPort;
  const http = port === null ? null : await listen({ ...settings.http, port });
  let context: Context | null = null;
  try {
    context = await createContext(http && isApi ? withPort(settings, http.port) : settings, overrides);
    await startWorkers(context, roles);
    http?.use(isApi ? context.api.fetch : forMachines(context));
    if (http && !isApi) context.log.info({ port: http.port }, "metrics are served");
    return { context, close: closer(context, http) };
  } catch (error) {
    await http?.close(0);
    await context?.close(0);
    throw error;
  }
}

/** What machines ask of a process, and nothing else of the API. */
const machinePaths = new Set(["/healthz", "/readyz", "/metrics"]);

function forMachines({ api }: Context): typeof api.fetch {
  return (request, ...rest) =>
    machinePaths.has(new URL(request.url).pathname)
      ? api.fetch(request, ...rest)
      : new Response("Only /healthz, /readyz and /metrics are served here.\n", { status: 404 });
}

function closer(context: Context, http: HttpServer | null): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = async () => {
    // The two go side by side: an open event stream ends when the context begins to close.
    const drained = context.close(drainMs);
    await Promise.all([http?.close(drainMs), drained]);
  };
  return () => {
    closed ??= close();
    return closed;
  };
}
