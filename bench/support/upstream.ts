import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { GalleryChange } from "./gallery.js";

export type UpstreamOrder =
  | {
      readonly kind: "open";
      /** Collection ids are numbers that count up from this one. */
      readonly first: number;
      readonly galleries: number;
      readonly rows: number;
      readonly perPage: number;
    }
  | { readonly kind: "change"; readonly collection: string; readonly change: GalleryChange };

export type UpstreamAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "listening"; readonly port: number };

/** A studio served by another process. Its answers are ready when a promise of this resolves. */
export interface BenchUpstream {
  /** Base of both APIs. */
  readonly url: string;
  /** Adds collections, each with so many favorites on pages of `perPage`. */
  open(order: Omit<Extract<UpstreamOrder, { kind: "open" }>, "kind">): Promise<void>;
  change(collection: string, change: GalleryChange): Promise<void>;
  close(): Promise<void>;
}

export async function startUpstream(): Promise<BenchUpstream> {
  const child = fork(fileURLToPath(new URL("./upstream-process.js", import.meta.url)), { execArgv: [] });
  const first = await nextAnswer(child);
  if (first.kind !== "listening") throw new Error("The upstream did not say where it listens");
  const order = async (what: UpstreamOrder) => {
    const answered = nextAnswer(child);
    child.send(what);
    await answered;
  };
  return {
    url: `http://127.0.0.1:${first.port}/api/v1`,
    open: (what) => order({ kind: "open", ...what }),
    change: (collection, change) => order({ kind: "change", collection, change }),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

/** The next thing that the process says. Rejects when it ends instead. */
function nextAnswer(child: ChildProcess): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error("The upstream's process ended by itself"));
    child.once("exit", ended);
    child.once("message", (message: UpstreamAnswer) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}
