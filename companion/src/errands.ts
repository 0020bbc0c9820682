import { complain } from "./complain.js";
import { readErrand } from "./errand.js";
import { basesOf, isWithin } from "./hosts.js";
import { seconds } from "./length.js";
import { madeFor } from "./made-for.js";
import type { Pairing } from "./memory.js";
import { answerErrand, type ErrandAnswer, takeErrand } from "./protocol.js";
import { countRead } from "./reads.js";
import { look } from "./sight.js";
import type { Errand, State } from "./state.js";
import { load } from "./storage.js";
import { note, noteSilence } from "./tell.js";

/** A server that answers at once with nothing is not asked again at once. */
const pause = seconds(5);
const atOnce = seconds(1);

function rest(length: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, length);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Nothing outside the two hosts is ever asked for, whoever says so. */
async function run(errand: Errand, state: State, signal: AbortSignal): Promise<ErrandAnswer> {
  if (isWithin(errand.url, basesOf(state, madeFor))) return readErrand(errand, signal);
  complain("a page outside Pixieset was asked for, and not read");
  return { failure: "unreachable" };
}

async function serve(pairing: Pairing, errand: Errand, state: State, signal: AbortSignal): Promise<void> {
  const answer = await run(errand, state, signal);
  if (signal.aborted) return;
  await note(pairing, (memory) => ({ ...memory, reads: countRead(memory.reads, Date.now()) }));
  const said = await answerErrand(pairing, errand.id, answer, signal);
  if (said.kind === "ended" || said.kind === "unreachable") await noteSilence(pairing, said);
}

/** Reads for pixiehook while the account is read by the browser, one page after the other. `onNews`: another state. */
export async function runErrands(signal: AbortSignal, onNews: () => void): Promise<void> {
  while (!signal.aborted) {
    await look(await load());
    const { pairing, state, signIn, mayRead, trouble } = await load();
    if (pairing === null || state?.readBy !== "browser" || signIn === null) return;
    if (!mayRead || trouble !== null) return;
    const began = performance.now();
    const said = await takeErrand(pairing, signIn.text, signal);
    if (signal.aborted) return;
    if (said.kind !== "ok") {
      await noteSilence(pairing, said);
      return;
    }
    const told = said.value;
    await note(pairing, (memory) => ({ ...memory, state: told.state, askedAt: Date.now() }));
    if (told.state.session.status !== "active") onNews();
    if (told.errand !== null) await serve(pairing, told.errand, told.state, signal);
    else if (performance.now() - began < atOnce) await rest(pause, signal);
  }
}
