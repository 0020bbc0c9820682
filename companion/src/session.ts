import type { Jar } from "./cookies.js";
import { afterHandOver, nextStep, type Verdict } from "./decide.js";
import type { Memory, Pairing } from "./memory.js";
import { askState, handOver, type Said } from "./protocol.js";
import { look } from "./sight.js";
import type { State } from "./state.js";
import { load } from "./storage.js";
import { note, noteSilence } from "./tell.js";

function verdictOf(said: Exclude<Said<State>, { kind: "ended" | "unreachable" }>): Verdict {
  if (said.kind === "ok") return "taken";
  return said.code === "upstream_unreachable" || said.code === "read_by_changed" ? "delayed" : "refused";
}

async function ask(pairing: Pairing, signal: AbortSignal): Promise<Memory> {
  const said = await askState(pairing, signal);
  if (said.kind !== "ok") return noteSilence(pairing, said);
  return note(pairing, (memory) => ({ ...memory, state: said.value, askedAt: Date.now(), trouble: null }));
}

async function offer(
  pairing: Pairing,
  state: State,
  jar: Jar,
  step: { readonly what: "cookies" | "nothing"; readonly offer: string },
  signal: AbortSignal,
): Promise<Memory> {
  const said = await handOver(pairing, step.what === "cookies" ? jar.cookies : null, signal);
  if (said.kind === "ended" || said.kind === "unreachable") return noteSilence(pairing, said);
  const isOther = said.kind === "refused" && said.code === "session_of_another";
  const outcome = {
    verdict: verdictOf(said),
    jar: jar.hash,
    offer: step.offer,
    epoch: state.session.epoch,
    other: isOther ? said.detail : null,
  };
  return note(pairing, (memory) => ({
    ...memory,
    tried: afterHandOver(memory.tried, outcome, Date.now()),
    // A refusal may come of a state that is known no more: it is asked for again.
    ...(said.kind === "ok" ? { state: said.value, askedAt: Date.now() } : { askedAt: null }),
  }));
}

/**
 * Keeps the session in pixiehook as it is in the browser: asks, hands over where that is due, until there is nothing to
 * do. `onReader`: the browser reads, which a hand-over without cookies needs already.
 */
export async function tendSession(signal: AbortSignal, onReader: () => void): Promise<void> {
  while (!signal.aborted) {
    const jar = await look(await load());
    const memory = await load();
    const { pairing, state, trouble } = memory;
    if (pairing === null) return;
    if (state?.readBy === "browser" && trouble === null) onReader();
    const step = nextStep(memory, jar?.hash ?? null, Date.now());
    if (step.do === "rest") return;
    if (step.do === "ask") await ask(pairing, signal);
    else if (state !== null && jar !== null) await offer(pairing, state, jar, step, signal);
  }
}
