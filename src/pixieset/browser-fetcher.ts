import { setTimeout as sleep } from "node:timers/promises";
import type { Errand, ErrandAnswer, errandFailures } from "../domain/companion.js";
import type { Answer, Fetcher, NoAnswer } from "./fetcher.js";
import { apiHeaders, hostNames, urlOf } from "./hosts.js";

/** Where pages wait for the browser of one account; see `store/errands.ts`. */
export interface ErrandDesk {
  newId(): string;
  put(errand: Errand, keptMs: number): Promise<void>;
  standing(id: string): Promise<Standing>;
  withdraw(id: string): Promise<void>;
  isAttended(): Promise<boolean>;
  /** Says that no browser is there, whatever one said last. */
  leave(): Promise<void>;
}

type Standing = { readonly kind: "waiting" | "taken" | "over" } | Answered;

interface Answered {
  readonly kind: "answered";
  readonly reader: { readonly companion: string; readonly signIn: string };
  readonly answer: ErrandAnswer;
}

export interface BrowserFetcherOptions {
  readonly galleryUrl: string;
  readonly studioUrl: string;
  readonly desk: ErrandDesk;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long the browser may take for a page, ms. Default 25,000. */
  readonly withinMs?: number;
  /** How long it may take to come for it, ms. Default 10,000. */
  readonly comesWithinMs?: number;
  /** How long the answer may take from the browser to here, ms. Default 5,000. */
  readonly onTheWayMs?: number;
  /** Bodies over this many bytes are not read. Default 20 MB. */
  readonly maxBodyBytes?: number;
}

/** How long (ms) between two looks whether the answer is there: short at first, as most come soon. */
const firstLookMs = 5;
const longestLookMs = 250;

const away = { kind: "aborted", reason: "The browser that reads for this account is not there" } as const;
const stopped = { kind: "aborted", reason: "Told to stop" } as const;

/**
 * The user's browser asks, with its own session: each page is an errand that its companion comes for. Where no browser
 * is there, or it does not come, nothing is concluded and nothing counts as failed; one that took a page and never
 * answered is trouble that passes.
 */
export function createBrowserFetcher(options: BrowserFetcherOptions): Fetcher {
  const { desk, withinMs = 25_000, comesWithinMs = 10_000, onTheWayMs = 5_000 } = options;
  const { maxBodyBytes = 20_000_000 } = options;

  /** Waits for what comes of an errand. */
  async function wait(id: string, name: string, signal: AbortSignal): Promise<Answered | NoAnswer> {
    const late = (): NoAnswer => ({
      kind: "transient",
      reason: `The browser gave no whole answer of ${name} within ${withinMs} ms`,
      afterMs: null,
    });
    const begun = performance.now();
    let takenAt: number | null = null;
    for (let pause = firstLookMs; ; pause = Math.min(pause * 1.5, longestLookMs)) {
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return stopped;
      const standing = await desk.standing(id);
      if (standing.kind === "answered") return standing;
      if (standing.kind === "over") return late();
      const at = performance.now();
      if (standing.kind === "taken") takenAt ??= at;
      if (takenAt === null && at - begun > comesWithinMs) {
        await desk.leave();
        return away;
      }
      if (takenAt !== null && at - takenAt > withinMs + onTheWayMs) return late();
    }
  }

  return {
    galleryUrl: options.galleryUrl,
    studioUrl: options.studioUrl,
    isShared: true,
    now: options.now,
    async begin() {
      let reader: string | null = null;
      return {
        // Only the answer tells whether somebody is signed in there.
        knows: () => true,
        session: () => reader ?? "",
        async get({ host, path, conditions, signal }) {
          if (signal.aborted) return stopped;
          if (!(await desk.isAttended())) return away;
          const id = desk.newId();
          const headers = { ...apiHeaders, ...conditions };
          const { href: url } = urlOf(options, host, path);
          await desk.put(
            { id, url, headers, withinMs, maxBodyBytes },
            comesWithinMs + withinMs + 2 * onTheWayMs,
          );
          const name = hostNames[host];
          const came = await wait(id, name, signal).finally(() => desk.withdraw(id));
          if (came.kind !== "answered") return came;
          const by = `${came.reader.companion} ${came.reader.signIn}`;
          reader ??= by;
          if (reader === by) return judged(came.answer, name, { withinMs, maxBodyBytes });
          const reason = "Another browser, or another sign-in, came in between: it is all read anew";
          return { kind: "transient", reason, afterMs: null };
        },
      };
    },
  };
}

/** What the browser says, in the words of the server's own requests. */
function judged(
  answer: ErrandAnswer,
  name: string,
  { withinMs, maxBodyBytes }: { withinMs: number; maxBodyBytes: number },
): Answer | NoAnswer {
  if ("failure" in answer) {
    const failures: Record<(typeof errandFailures)[number], NoAnswer> = {
      unreachable: { kind: "transient", reason: `${name} gave no answer to the browser`, afterMs: null },
      too_slow: {
        kind: "transient",
        reason: `${name} gave no whole answer to the browser within ${withinMs} ms`,
        afterMs: null,
      },
      too_large: { kind: "shape_changed", reason: `${name} answered with over ${maxBodyBytes} bytes` },
    };
    return failures[answer.failure];
  }
  const headers = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { kind: "answer", status: answer.status, headers: Object.fromEntries(headers), body: answer.body };
}
