import type { PixiehookEvent } from "../domain/event.js";
import type { SimulationOptions } from "../simulator/run.js";
import type { Style } from "./colours.js";
import type { Terminal } from "./terminal.js";

/** Tells what happens, a line each, for people who watch the demo. */
export interface Narrator {
  heading(text: string): void;
  line(text: string): void;
  blank(): void;
  /** Gives collections their names, once there are any. */
  nameCollections(lookUp: (id: string) => string | null): void;
  detected(event: PixiehookEvent): void;
  /** To be handed to the simulation: it tells what clients do and what the catchers catch. */
  readonly simulation: Pick<SimulationOptions, "log">;
}

const styles: Record<string, Style> = {
  studio: "dim",
  detected: "cyan",
  webhook: "green",
  slack: "green",
  mail: "green",
};

/** What a client did, from the simulation's line (`kind name=value …`), without ids that mean nothing to people. */
function actOf(text: string, collectionName: (id: string) => string | null): string {
  const [kind = "", ...rest] = text.split(" ");
  const details = new Map(rest.map((pair) => pair.split("=", 2) as [string, string]));
  const collection = details.get("collection");
  const named = collection ? collectionName(collection) : null;
  const told = [details.get("email"), details.get("number"), named].filter((part) => part != null);
  return [kind.padEnd(18), told.join(", ")].join(" ").trimEnd();
}

export function narrate(terminal: Terminal): Narrator {
  let collectionName: (id: string) => string | null = () => null;
  const style = terminal.paint;
  const happened = (what: string, text: string) => {
    const time = new Date().toTimeString().slice(0, 8);
    terminal.write(`  ${time}  ${style(styles[what] ?? "reset", what.padEnd(8))}  ${text}`);
  };
  return {
    nameCollections(lookUp) {
      collectionName = lookUp;
    },
    heading: (text) => terminal.write(`\n  ${style("bold", text)}\n`),
    line: (text) => terminal.write(`  ${text}`),
    blank: () => terminal.write(""),
    detected({ type, data }) {
      const who = data.client?.name ?? data.client?.email;
      const parts = [who, data.collection?.name].filter((part) => part != null);
      happened("detected", [type.padEnd(18), parts.join(", ")].join(" ").trimEnd());
    },
    simulation: {
      log(line) {
        const [, what = "", text = ""] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
        happened(what, what === "studio" ? actOf(text, collectionName) : text);
      },
    },
  };
}
