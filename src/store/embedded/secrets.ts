import { randomBytes } from "node:crypto";
import { link, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Config, parseSecretKeys } from "../../config.js";
import { StartError } from "../../errors.js";
import { makeDataDir, notUsable } from "./folders.js";

/** What encrypts at rest, and the first admin token. */
export interface Secrets {
  /** The first encrypts, all decrypt. */
  readonly secretKeys: readonly Buffer[];
  readonly apiToken: string;
  /** Whether the token was made just now, by us: the only time to show it. */
  readonly apiTokenCreated: boolean;
}

/**
 * Takes the secrets from the settings, else from the data folder, where they are made once (mode 0600).
 * Processes that start together end up with the same ones. Throws `StartError` for an unreadable file.
 */
export async function loadSecrets(
  config: Pick<Config, "dataDir" | "secretKeys" | "apiToken">,
): Promise<Secrets> {
  const { dataDir } = config;
  const keyFile = join(dataDir, "secret-key");
  if (config.secretKeys === null && (await isLost(dataDir, keyFile))) {
    throw new StartError(
      `${keyFile} is missing, and what ${dataDir} holds is sealed with it: put its copy back, or set PIXIEHOOK_DATA_DIR to an empty folder and begin anew.`,
    );
  }
  const secretKeys =
    config.secretKeys ??
    parseSecretKeys((await keep(dataDir, keyFile, () => randomBytes(32).toString("base64"))).text);
  if (secretKeys === null) {
    throw new StartError(
      `${keyFile} does not hold base64 of 32 bytes: put its copy back; without it the stored sessions and signing secrets cannot be read.`,
    );
  }
  if (config.apiToken !== null) return { secretKeys, apiToken: config.apiToken, apiTokenCreated: false };

  const tokenFile = join(dataDir, "api-token");
  const token = await keep(dataDir, tokenFile, () => randomBytes(32).toString("base64url"));
  if (!/^[\x21-\x7e]{16,}$/.test(token.text)) {
    throw new StartError(`${tokenFile} does not hold a token: remove it, and a new one is made.`);
  }
  return { secretKeys, apiToken: token.text, apiTokenCreated: token.created };
}

/** Whether there is data that only a key which is gone could open. */
async function isLost(dataDir: string, keyFile: string): Promise<boolean> {
  const log = await readdir(join(dataDir, "redis", "appendonlydir")).catch(() => []);
  return log.length > 0 && (await readIfThere(keyFile)) === null;
}

/** Reads a file, or makes it whole at once: nobody ever reads half of it, and only the first of several counts. */
async function keep(
  dataDir: string,
  file: string,
  make: () => string,
): Promise<{ text: string; created: boolean }> {
  await makeDataDir(dataDir);
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const found = await readIfThere(file);
    if (found !== null) return { text: found, created: false };
    const text = make();
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename, a link never replaces what another process has just made.
    await link(draft, file);
    return { text, created: true };
  } catch (error) {
    const made = isCode(error, "EEXIST") ? await readIfThere(file) : null;
    if (made !== null) return { text: made, created: false };
    throw notUsable(dataDir, error);
  } finally {
    await rm(draft, { force: true });
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
