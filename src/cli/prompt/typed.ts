/** What somebody types or pastes at a prompt that shows nothing of it. */
export interface Typed {
  /** Takes what came. */
  add(chunk: string): void;
  readonly text: string;
  /** Whether a whole paste has come that the terminal marked as one: line breaks within it end nothing. */
  readonly hasPaste: boolean;
  /** The last key, where it asks for something. */
  readonly asked: "nothing" | "enter" | "end" | "interrupt";
}

const pasteBegins = "\u001b[200~";
const pasteEnds = "\u001b[201~";
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys that are no letters begin with this one
const wholeSequence = /^\u001b(\[[0-?]*[ -/]*[@-~]|O.|[^[O])/s;

const keys: Readonly<Record<string, Typed["asked"]>> = {
  "\r": "enter",
  "\n": "enter",
  "\u0003": "interrupt",
  "\u0004": "end",
};

/** Reads the bytes of a terminal in raw mode. */
export function createTyped(): Typed {
  let text = "";
  let rest = "";
  let isPasting = false;
  let hasPaste = false;
  let asked: Typed["asked"] = "nothing";
  let last = "";

  /** Takes what can be understood off the rest; false when more has to come. */
  function takePasted(): boolean {
    const end = rest.indexOf(pasteEnds);
    // What could be the beginning of the end waits for the rest of it.
    const at = end === -1 ? Math.max(0, rest.length - pasteEnds.length + 1) : end;
    text += rest.slice(0, at);
    rest = rest.slice(end === -1 ? at : end + pasteEnds.length);
    if (end === -1) return false;
    isPasting = false;
    hasPaste = true;
    asked = "nothing";
    return true;
  }

  function takeSequence(): boolean {
    const sequence = wholeSequence.exec(rest)?.[0];
    if (sequence === undefined) return false;
    isPasting = sequence === pasteBegins;
    rest = rest.slice(sequence.length);
    return true;
  }

  function takeKey(): void {
    const [key = ""] = rest;
    rest = rest.slice(key.length);
    const isSecondHalf = key === "\n" && last === "\r";
    last = key;
    if (isSecondHalf) return;
    asked = keys[key] ?? "nothing";
    if (asked === "enter") text += "\n";
    else if (key === "\u007f" || key === "\b") text = [...text].slice(0, -1).join("");
    else if (key === "\u0015") text = "";
    else if (key === "\t" || key >= " ") text += key;
  }

  return {
    get text() {
      return text.replace(/\r\n?/g, "\n");
    },
    get hasPaste() {
      return hasPaste;
    },
    get asked() {
      return asked;
    },
    add(chunk) {
      rest += chunk;
      while (rest !== "" && asked !== "interrupt" && asked !== "end") {
        if (isPasting) {
          if (!takePasted()) return;
        } else if (rest.startsWith("\u001b")) {
          if (!takeSequence()) return;
        } else takeKey();
      }
    },
  };
}
