import { StartError, UsageError } from "../../errors.js";
import { plain } from "../plain.js";
import { UnansweredError } from "./client.js";

/** Which option says what stands at a place of a request; the longest that a path begins with counts. */
export type OptionNames = Readonly<Record<string, string>>;

/**
 * Waits for an answer of the service. What stands in the way is thrown as a sentence that says what to do: a
 * `UsageError` that names the options where these are wrong, else a `StartError`.
 */
export async function answered<T>(work: Promise<T>, options: OptionNames = {}): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof UnansweredError ? refusalOf(error, options) : error;
  }
}

/** What an unanswered question comes to, for people. */
export function refusalOf(error: UnansweredError, options: OptionNames = {}): StartError | UsageError {
  const { status, message, errors } = error;
  if (status === null) return new StartError(`The service does not answer: ${message}.`);
  if (status === 401)
    return new StartError(
      "The service does not accept the API token: give its own with PIXIEHOOK_API_TOKEN or --token.",
    );
  if (errors.length === 0) return new StartError(asCommands(plain(message)));
  const lines = errors.map(({ path, message: told }) =>
    asCommands(plain(`${optionOf(path, options)}: ${told}`)),
  );
  return new UsageError(lines.join("\n"));
}

/** Which command tells what a route does. */
const commands: Readonly<Record<string, string>> = {
  "GET /v1/event-types": "`pixiehook trigger`",
  "GET /v1/accounts": "`pixiehook doctor`",
  "GET /v1/subscriptions": "`pixiehook doctor`",
};

/** Who is at a terminal has commands, and no routes. */
function asCommands(text: string): string {
  return text.replace(/GET \/v1\/[a-z-]+(?![\w/-])/g, (route) => commands[route] ?? route);
}

function optionOf(path: string, options: OptionNames): string {
  const known = Object.keys(options).filter(
    (place) => /^($|[.[])/.test(path.slice(place.length)) && path.startsWith(place),
  );
  const nearest = known.sort((a, b) => b.length - a.length)[0];
  return (nearest !== undefined && options[nearest]) || path;
}
