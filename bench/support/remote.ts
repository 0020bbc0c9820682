import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a process can be asked to do: functions of one argument each. */
type Calls<T> = { readonly [K in keyof T]: (argument: never) => Promise<unknown> };

interface Question {
  readonly number: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Reply {
  readonly number: number;
  readonly value?: unknown;
  /** Why there is no value. */
  readonly failure?: string;
}

/** A process of ours that is asked things, several at a time if need be. */
export interface Remote<T> {
  readonly calls: T;
  close(): Promise<void>;
}

/**
 * Starts a file beside this one in a process of its own and waits until it serves. What was asked fails when the
 * process ends, and when `signal` aborts.
 */
export async function startRemote<T extends Calls<T>>(
  file: string,
  options: { readonly signal: AbortSignal; readonly env?: Readonly<Record<string, string | undefined>> },
): Promise<Remote<T>> {
  const { signal, env = {} } = options;
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    execArgv: [],
    // What it logs, nobody reads; what ends it, somebody should.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
    env: { PATH: process.env.PATH, ...env },
  });
  const open = new Map<number, { settle(reply: Reply): void; fail(error: unknown): void }>();
  const failAll = (error: unknown) => {
    for (const { fail } of open.values()) fail(error);
    open.clear();
  };
  const stop = () => failAll(signal.reason);
  signal.addEventListener("abort", stop);
  child.on("exit", () => {
    signal.removeEventListener("abort", stop);
    failAll(new Error(`${file} ended by itself`));
  });
  child.on("message", (reply: Reply) => {
    open.get(reply.number)?.settle(reply);
    open.delete(reply.number);
  });
  const awaitReply = (number: number) =>
    new Promise<unknown>((resolve, reject) => {
      const settle = ({ value, failure }: Reply) =>
        failure === undefined ? resolve(value) : reject(new Error(`${file}: ${failure}`));
      open.set(number, { settle, fail: reject });
    });
  let asked = 0;
  const ask = async (name: string, argument: unknown) => {
    signal.throwIfAborted();
    const question: Question = { number: ++asked, name, argument };
    const answered = awaitReply(question.number);
    child.send(question);
    return answered;
  };
  const close = () => end(child);
  // Number 0 is said once it serves.
  await awaitReply(0).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const calls = new Proxy({} as T, {
    // Whatever has a `then` would be waited for.
    get: (_none, name) => (name === "then" ? undefined : (argument: unknown) => ask(String(name), argument)),
  });
  return { calls, close };
}

/** Lets a process end by itself, as it does when nobody listens to it any more. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}

/** The other side: answers what is asked until whoever started this process is gone, then closes and ends. */
export function serve<T extends Calls<T>>(
  calls: T,
  close: () => Promise<void> = async () => undefined,
): void {
  const reply = (what: Reply) => void process.send?.(what);
  const functions = new Map<string, (argument: unknown) => Promise<unknown>>(Object.entries(calls));
  // Ctrl-C reaches the whole process group: whoever started us says when to end.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => void close().finally(() => process.exit()));
  process.on("message", ({ number, name, argument }: Question) => {
    Promise.resolve(functions.get(name)?.(argument)).then(
      (value) => reply({ number, value }),
      (error: unknown) => reply({ number, failure: String(error) }),
    );
  });
  reply({ number: 0 });
}
