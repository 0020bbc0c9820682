import type { TestProject } from "vitest/node";
import { StartError } from "../../../src/errors.js";
import { searchFolders } from "../../../src/store/embedded/find.js";
import { needChromium } from "./chromium.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The path of the browser. */
    chromium: string;
  }
}

/** Finds or installs a browser before any test runs; without one, nothing runs. */
export async function setup({ provide }: Pick<TestProject, "provide">): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal);
  try {
    const chosen = process.env.CHROMIUM_PATH;
    provide("chromium", await needChromium({ chosen, folders: searchFolders(), signal: stop.signal }));
  } catch (error) {
    if (!(error instanceof StartError) && !stop.signal.aborted) throw error;
    // The sentence alone: a stack trace would hide what is to be done.
    process.stderr.write(`${error instanceof StartError ? error.message : "Stopped."}\n`);
    process.exit(1);
  } finally {
    process.removeListener("SIGINT", onSignal);
  }
}
