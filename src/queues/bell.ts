import { Cluster, type Redis } from "ioredis";

/**
 * What an awake actor listens to, so that work for it need not take the way through a queue. That it is rung is never
 * needed for the work to be done: the queue and the due-set see to that, a moment later.
 */
export interface Bell {
  /** Waits until it rings, at most `ms`. Rings since the last wait count. True when it rang. */
  wait(ms: number): Promise<boolean>;
  ring(): void;
  /** Ends a wait that is under way, and nothing else: something that the actor itself began is done. */
  nudge(): void;
  /** Stops listening. True when it has rung since the last wait: there is more to do. */
  close(): boolean;
}

export function createBell(onClose: () => void = () => undefined): Bell {
  let rung = false;
  let wakeUp: (() => void) | null = null;
  return {
    async wait(ms) {
      if (!rung && ms > 0) {
        await new Promise<void>((done) => {
          const timer = setTimeout(done, ms);
          wakeUp = () => {
            clearTimeout(timer);
            done();
          };
        });
        wakeUp = null;
      }
      const heard = rung;
      rung = false;
      return heard;
    },
    ring() {
      rung = true;
      wakeUp?.();
    },
    nudge: () => wakeUp?.(),
    close() {
      onClose();
      const heard = rung;
      rung = false;
      return heard;
    },
  };
}

/** The bells of a process. */
export interface Bells {
  open(actor: string): Bell;
  /** False when nobody listens. */
  ring(actor: string): boolean;
}

export function createBells(): Bells {
  const listening = new Map<string, Bell>();
  return {
    open(actor) {
      // Another one for the same actor may be open by then: that of a worker which lost its lock.
      const bell = createBell(() => void (listening.get(actor) === bell && listening.delete(actor)));
      listening.set(actor, bell);
      return bell;
    },
    ring(actor) {
      const bell = listening.get(actor);
      bell?.ring();
      return bell !== undefined;
    },
  };
}

/** Carries rings to other processes over Redis: whoever is awake there hears them at once. */
export interface BellLine {
  tell(actors: readonly string[]): Promise<void>;
  /** From here on, rings from other processes reach the bells of this one. */
  listen(): void;
  close(): void;
}

export function createBellLine(connection: Redis | Cluster, channel: string, bells: Bells): BellLine {
  let subscriber: Redis | Cluster | null = null;
  return {
    async tell(actors) {
      if (actors.length > 0) await connection.publish(channel, actors.join(" "));
    },
    listen() {
      if (subscriber) return;
      // One call for each: their parameters differ, so the union of both cannot be called.
      const line = connection instanceof Cluster ? connection.duplicate() : connection.duplicate();
      subscriber = line;
      // It comes back by itself, and subscribes again; until then the queue carries all.
      line.on("error", () => undefined);
      line.on("message", (_channel: string, text: string) => {
        for (const actor of text.split(" ")) bells.ring(actor);
      });
      line.subscribe(channel).catch(() => undefined);
    },
    close: () => subscriber?.disconnect(),
  };
}
