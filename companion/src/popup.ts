import { api } from "./api.js";
import { signInPage } from "./hosts.js";
import { readLink } from "./link.js";
import { madeFor } from "./made-for.js";
import type { Memory } from "./memory.js";
import type { Message } from "./messages.js";
import { neededOrigins } from "./sight.js";
import { load } from "./storage.js";
import { type View, viewOf, workOf } from "./view.js";

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`popup.html has no ${id}`);
  return element;
}

const send = (message: Message): Promise<string | null> => api.runtime.sendMessage(message);
const part = (id: string) => find(id, HTMLElement);
const link = find("link", HTMLInputElement);
const connectButton = find("connect", HTMLFormElement).querySelector("button");
let pairedWith: string | null = null;

/** A state in words, with a sign that says the same without colour. */
function wordsOf(view: View, address: string): { sign: string; tone: string; words: string; more?: string } {
  switch (view.kind) {
    case "unpaired":
    case "starting":
      return { sign: "…", tone: "warn", words: "Asking pixiehook" };
    case "fine":
      return { sign: "✓", tone: "good", words: "Fine" };
    case "trying":
      return {
        sign: "…",
        tone: "warn",
        words: "Pixieset does not answer pixiehook",
        more: "It is tried again by itself.",
      };
    case "sign in":
      return {
        sign: "!",
        tone: "bad",
        words: view.other === null ? "Sign in to Pixieset" : "Somebody else is signed in to Pixieset",
        more: view.other ?? "All goes on by itself after that.",
      };
    case "check":
      return {
        sign: "!",
        tone: "bad",
        words: "Pass the check at Pixieset",
        more: "Pixieset wants to know that you are no robot. All goes on by itself after that.",
      };
    case "not allowed":
      return {
        sign: "!",
        tone: "bad",
        words: "May not read Pixieset, or not reach pixiehook",
        more: `Allow the companion to read galleries.pixieset.com and studio.pixieset.com, and to reach ${address}.`,
      };
    case "unreachable": {
      const since = new Date(view.since).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      return {
        sign: "?",
        tone: "warn",
        words: `Cannot reach pixiehook at ${address} since ${since}`,
        more: "It is tried again by itself, and whenever you open this.",
      };
    }
  }
}

function showState(sign: string, words: string, tone: string): void {
  const state = part("state");
  // Said once by screen readers, and not again while it stays so.
  if (state.textContent === `${sign}${words}`) return;
  const mark = document.createElement("span");
  mark.ariaHidden = "true";
  mark.textContent = sign;
  const said = document.createElement("span");
  said.textContent = words;
  state.replaceChildren(mark, said);
  state.className = `state ${tone}`;
}

function show(memory: Memory): void {
  const { pairing, state, problem } = memory;
  const view = viewOf(memory);
  part("unpaired").hidden = pairing !== null;
  part("paired").hidden = pairing === null;
  part("ended").hidden = view.kind !== "unpaired" || !view.ended;
  pairedWith = pairing?.address ?? null;
  if (pairing === null) {
    if (problem !== null) part("problem").textContent = problem;
    return;
  }
  const { sign, tone, words, more } = wordsOf(view, pairing.address);
  part("account").textContent = state?.account.name ?? pairing.address;
  showState(sign, words, tone);
  part("more").textContent = more ?? "";
  part("more").hidden = more === undefined;
  part("sign-in").hidden = view.kind !== "sign in" && view.kind !== "check";
  if (state !== null) find("sign-in-link", HTMLAnchorElement).href = signInPage(state, madeFor);
  part("allow").hidden = view.kind !== "not allowed";
  part("work").textContent = workOf(memory, Date.now());
}

const refresh = async () => show(await load());

async function connect(allowed: Promise<boolean>): Promise<void> {
  if (connectButton) connectButton.disabled = true;
  // Refused or not, the background looks for itself whether it may, and says so.
  await allowed.catch(() => false);
  const problem = await send({ do: "connect" }).catch(
    () => "The companion was stopped over it: press Connect again.",
  );
  part("problem").textContent = problem ?? "";
  if (connectButton) connectButton.disabled = false;
  await refresh();
  if (pairedWith !== null) part("disconnect").focus();
}

find("connect", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const read = readLink(link.value);
  if ("problem" in read) {
    part("problem").textContent = read.problem;
    link.focus();
    return;
  }
  part("problem").textContent = "";
  // The question may close this popup: the background knows already what to do after it.
  void send({ do: "intend", link: read });
  void connect(api.permissions.request({ origins: neededOrigins(read) }));
});

part("allow-button").addEventListener("click", () => {
  if (pairedWith === null) return;
  void api.permissions.request({ origins: neededOrigins({ address: pairedWith }) }).then(refresh);
});

part("disconnect").addEventListener("click", () => {
  // Now, and not when all is over: another link may be pasted by then.
  link.value = "";
  void send({ do: "disconnect" }).then(async () => {
    await refresh();
    link.focus();
  });
});

api.storage.onChanged.addListener(() => void refresh());
void refresh();
void send({ do: "look" });
