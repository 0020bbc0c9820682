/** What every catcher is: something that listens and remembers what came. */
export interface Catcher<Item> {
  readonly url: string;
  /** Oldest first, bounded. */
  readonly received: readonly Item[];
  /** The first item, past or future, that fits; rejects after `timeoutMs` (5,000 unless told). */
  waitFor(fits: (item: Item) => boolean, timeoutMs?: number): Promise<Item>;
  close(): Promise<void>;
}

/** What has come so far, and who waits for more. */
export interface Inbox<Item> {
  readonly received: readonly Item[];
  add(item: Item): void;
  waitFor: Catcher<Item>["waitFor"];
  /** Rejects everyone who still waits. */
  close(): void;
}

const kept = 5000;

/** The memory of a catcher. */
export function createInbox<Item>(what: string, onReceived?: (item: Item) => void): Inbox<Item> {
  const received: Item[] = [];
  const waiting = new Set<{ check(item: Item): void; end(reason: string): void }>();
  return {
    received,
    add(item) {
      received.push(item);
      if (received.length > kept) received.splice(0, received.length - kept);
      onReceived?.(item);
      for (const waiter of [...waiting]) waiter.check(item);
    },
    waitFor(fits, timeoutMs = 5000) {
      const past = received.find(fits);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          clearTimeout(timer);
          waiting.delete(waiter);
        };
        const waiter = {
          check(item: Item) {
            if (!fits(item)) return;
            leave();
            resolve(item);
          },
          end(reason: string) {
            leave();
            reject(new Error(`${reason}; ${received.length} ${what} came, none that fits`));
          },
        };
        const timer = setTimeout(() => waiter.end(`no ${what} within ${timeoutMs} ms`), timeoutMs);
        waiting.add(waiter);
      });
    },
    close() {
      for (const waiter of [...waiting]) waiter.end("the catcher closed");
    },
  };
}

/** Where to listen, and who is told. */
export interface CatcherOptions<Item> {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Told of everything that comes, as it comes. */
  readonly onReceived?: (item: Item) => void;
}
