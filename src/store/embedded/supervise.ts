import { setTimeout as delay } from "node:timers/promises";
import { messageOf, StartError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Server } from "./server.js";

export interface SupervisionOptions {
  readonly log: Log;
  /** Called when the server died and another one answers. */
  readonly onRestart?: (pid: number) => void;
  /** Called once, when the server keeps dying and is given up. */
  readonly onFailed?: (error: StartError) => void;
  /** How often a server that keeps dying is started again before it is given up. Default 10. */
  readonly restartsPerMinute?: number;
}

type Launch = (signal: AbortSignal) => Promise<Server>;

/** Keeps a server running: starts it again when it ends, with growing pauses, until it is given up or closed. */
export function supervise(first: Server, launch: Launch, options: SupervisionOptions) {
  const { log, restartsPerMinute = 10 } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let server = first;
  let restarts: number[] = [];

  async function watch(): Promise<void> {
    for (;;) {
      const words = await server.ended;
      if (signal.aborted) return;
      log.error({ pid: server.pid, reason: words }, "Redis ended by itself: starting it again");
      server = await restart(words);
      log.info({ pid: server.pid }, "Redis runs again");
      options.onRestart?.(server.pid);
    }
  }

  async function restart(words: string): Promise<Server> {
    for (let reason = words; ; ) {
      restarts = restarts.filter((at) => at > Date.now() - 60_000);
      if (restarts.length >= restartsPerMinute) {
        throw new StartError(
          `Redis ended ${restarts.length + 1} times within a minute and is given up; it said: ${reason}`,
        );
      }
      // At once the first time, since its clients wait; then ever later, since something is wrong.
      const pause = restarts.length === 0 ? 0 : Math.min(5_000, 50 * 2 ** restarts.length);
      await delay(pause, null, { signal });
      restarts.push(Date.now());
      try {
        return await launch(signal);
      } catch (error) {
        signal.throwIfAborted();
        reason = messageOf(error);
        log.error({ reason }, "Redis did not start again");
      }
    }
  }

  const watched = watch().catch((error: unknown) => {
    if (signal.aborted) return;
    const failure = error instanceof StartError ? error : new StartError(messageOf(error));
    log.fatal({ reason: failure.message }, "Redis is given up");
    options.onFailed?.(failure);
  });

  const close = async () => {
    closing.abort();
    await server.stop();
    await watched;
    // A restart may have come in between.
    await server.stop();
  };
  return { server: () => server, close };
}
