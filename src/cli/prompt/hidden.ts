import { StringDecoder } from "node:string_decoder";
import { UsageError } from "../../errors.js";
import type { Keyboard } from "../terminal.js";
import { createTyped, type Typed } from "./typed.js";

/** A paste that goes on comes without such a pause, ms. */
const quietMs = 60;
const mostCharacters = 1_048_576;
const [pasteOn, pasteOff] = ["\u001b[?2004h", "\u001b[?2004l"];

interface Hidden {
  readonly question: string;
  /** Whether that is all, once Enter was the last key. Ctrl+D ends it anyhow. */
  readonly isWhole: (typed: Pick<Typed, "text" | "hasPaste">) => boolean;
  readonly signal: AbortSignal;
}

/** Asks for something and shows nothing of what is typed. The terminal is as it was afterwards, however this ends. */
export async function askHidden(keyboard: Keyboard, { question, isWhole, signal }: Hidden): Promise<string> {
  signal.throwIfAborted();
  const restore = hide(keyboard);
  try {
    keyboard.write(question);
    return await read(keyboard, isWhole, signal);
  } finally {
    keyboard.write("\n");
    restore();
  }
}

/** Takes the echo away until the answer is called; at the latest as the process ends. */
function hide({ input, write, isCapable }: Keyboard): () => void {
  const restore = () => {
    process.removeListener("exit", restore);
    input.setRawMode(false);
    if (isCapable) write(pasteOff);
    input.pause();
  };
  process.once("exit", restore);
  input.setRawMode(true);
  if (isCapable) write(pasteOn);
  return restore;
}

function read({ input, interrupt }: Keyboard, isWhole: Hidden["isWhole"], signal: AbortSignal) {
  const decoder = new StringDecoder("utf8");
  const typed = createTyped();
  return new Promise<string>((done, failed) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      input.off("data", take).off("end", end);
      signal.removeEventListener("abort", stop);
      act();
    };
    const end = () => settle(() => done(typed.text));
    const stop = () => settle(() => failed(signal.reason));
    const take = (chunk: Buffer) => {
      clearTimeout(timer);
      typed.add(decoder.write(chunk));
      if (typed.text.length > mostCharacters) {
        settle(() => failed(new UsageError("that is more than 1 MiB, and no cookies are that long")));
      } else if (typed.asked === "interrupt") interrupt();
      else if (typed.asked === "end") end();
      else if (typed.asked === "enter") {
        timer = setTimeout(() => {
          if (isWhole(typed)) end();
        }, quietMs);
      }
    };
    input.on("data", take).on("end", end);
    signal.addEventListener("abort", stop);
    input.resume();
  });
}
