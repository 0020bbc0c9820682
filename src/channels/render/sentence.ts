import type { Group } from "./group.js";

/** Puts the events of one message into a sentence. */
export type Phrase = (group: Group) => string;

/** A noun at the beginning of a sentence. File names keep their own case. */
export function capital(text: string): string {
  return /^[a-z][a-z ]*$/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
