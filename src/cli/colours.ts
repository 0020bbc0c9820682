import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];
/** Gives a text a colour or a weight, where that makes sense. */
export type Paint = (style: Style, text: string) => string;

/**
 * Whether colours belong into a stream: on a terminal that knows them, unless somebody wants it otherwise.
 * Source: https://force-color.org, https://no-color.org
 */
export function mayColour(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: kind } = environment;
  if (force !== undefined) return force !== "0" && force !== "false";
  if (no !== undefined && no !== "") return false;
  return stream.isTTY === true && kind !== "dumb";
}

/** `coloured`: else texts stay as they are. */
export function createPaint(coloured: boolean): Paint {
  // What Node itself would look at has been looked at.
  return (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text);
}
