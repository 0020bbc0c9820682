import { api } from "./api.js";
import { complain } from "./complain.js";
import { seconds } from "./length.js";

/** Work that is never done twice at once. */
export interface Lane {
  /** Begins the work; while it is being done, it is done once more after that. */
  wake(): void;
  /** Ends it, for good where nobody wakes it again; resolves when nothing of it goes on. */
  stop(): Promise<void>;
}

/** Browsers end a background that has been silent for 30 seconds: any question to the browser counts. */
async function keepAlive<Value>(work: Promise<Value>): Promise<Value> {
  const timer = setInterval(() => void api.runtime.getPlatformInfo(), seconds(15));
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

export function oneAtATime(work: (signal: AbortSignal) => Promise<void>): Lane {
  let running: { readonly done: Promise<void>; readonly end: AbortController } | null = null;
  let again = false;
  const run = async (signal: AbortSignal) => {
    do {
      again = false;
      await keepAlive(work(signal));
    } while (again && !signal.aborted);
  };
  const wake = () => {
    again = true;
    if (running !== null) return;
    const end = new AbortController();
    const done = run(end.signal)
      .catch((error: unknown) => {
        // Errors of the browser's own; none of them carries a secret.
        if (!end.signal.aborted) complain(String(error));
      })
      .finally(() => {
        running = null;
        if (again && !end.signal.aborted) wake();
      });
    running = { done, end };
  };
  return {
    wake,
    async stop() {
      running?.end.abort();
      await running?.done;
      again = false;
    },
  };
}
