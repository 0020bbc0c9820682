import type { BrowserContext } from "playwright-core";

/** Answers that a test wants to be failures: by path, the status. */
export type Failures = Readonly<Record<string, number>>;

/** What went on in the pages of a context that nobody should have to see. */
export interface Recorder {
  /** One line for each thing that is wrong; empty when all was well. */
  complaints(): readonly string[];
}

const shown = (url: string): string => url.slice(0, 200);

/** Records requests that leave the host, failed answers, errors of pages, and what the console complains of. */
export function record(context: BrowserContext, origin: string, failures: Failures): Recorder {
  const complaints: string[] = [];
  const seen = new Set<string>();
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && new URL(url).origin !== origin)
      complaints.push(`a request left the host: ${request.method()} ${shown(url)}`);
  });
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "no reason";
    // What a page had open when it was left, like its stream of events.
    if (reason !== "net::ERR_ABORTED")
      complaints.push(`a request failed (${reason}): ${request.method()} ${shown(request.url())}`);
  });
  context.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const status = response.status();
    if (status < 400) return;
    if (failures[pathname] === status) seen.add(pathname);
    else complaints.push(`${response.request().method()} ${pathname} was answered with ${status}`);
  });
  context.on("console", (message) => {
    // Failed answers are counted above, where a test may have declared them.
    if (/^Failed to load resource/.test(message.text())) return;
    if (message.type() === "error" || message.type() === "warning")
      complaints.push(`the console has a ${message.type()}: ${message.text()}`);
  });
  context.on("weberror", (error) => {
    complaints.push(`a script failed: ${error.error().message}`);
  });
  return {
    complaints: () => {
      const missing = Object.entries(failures).filter(([path]) => !seen.has(path));
      const unmet = missing.map(([path, status]) => `${path} was never answered with ${status}`);
      return [...complaints, ...unmet];
    },
  };
}
