import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Config, readConfig } from "../../config.js";
import { SettingsError } from "../../errors.js";
import { type Finding, good, problem } from "../doctor/finding.js";

/** The oldest Node that pixiehook runs on: `engines` in package.json. */
const oldestNode = [20, 18] as const;

export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [least, leastMinor] = oldestNode;
  const isEnough = major > least || (major === least && minor >= leastMinor);
  if (isEnough) return good("node", `Node ${version} is recent enough.`);
  const text = `Node ${version} is too old: pixiehook needs ${oldestNode.join(".")} or later.`;
  return problem("node_too_old", text, "Install a newer Node from https://nodejs.org.");
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings as a service that is started here would take them; null when it would not start. */
export function judgeSettings(environment: Environment): { config: Config | null; findings: Finding[] } {
  try {
    const config = readConfig(environment);
    return { config, findings: [good("settings", "The settings can be used.")] };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const findings = error.problems.map((text) =>
      problem("setting_wrong", `${text}.`, "Put it right in the environment or in .env, and restart."),
    );
    return { config: null, findings };
  }
}

/** What it takes to find the service, even where other settings are wrong; null when one of these is. */
export function readAddress(environment: Environment): Config | null {
  const names = ["PORT", "HOST", "PIXIEHOOK_PUBLIC_URL", "PIXIEHOOK_DATA_DIR", "PIXIEHOOK_API_TOKEN"];
  try {
    return readConfig(Object.fromEntries(names.map((name) => [name, environment[name]])));
  } catch (error) {
    if (error instanceof SettingsError) return null;
    throw error;
  }
}

/** An API token, and where it comes from, for people. */
export interface FoundToken {
  readonly token: string | null;
  readonly from: string;
}

/**
 * Where a service that runs with these settings has its token. Makes no file, unlike the service. `isElsewhere`: it was
 * found by an address that somebody gave; the token of the service here is not for that one.
 */
export async function findToken(
  given: string | null,
  config: Config | null,
  isElsewhere = false,
): Promise<FoundToken> {
  if (given !== null) return { token: usable(given), from: "--token" };
  if (config === null) return { token: null, from: "the settings" };
  if (config.apiToken !== null) return { token: config.apiToken, from: "PIXIEHOOK_API_TOKEN" };
  if (isElsewhere) return { token: null, from: "PIXIEHOOK_API_TOKEN" };
  const file = join(config.dataDir, "api-token");
  const text = await readFile(file, "utf8").catch(() => "");
  const near = relative("", file);
  return { token: usable(text), from: near.startsWith("..") ? file : near };
}

/** A token that can stand in a header; null for anything else, which an error could repeat. */
function usable(text: string): string | null {
  return /^[\x21-\x7e]+$/.test(text.trim()) ? text.trim() : null;
}
