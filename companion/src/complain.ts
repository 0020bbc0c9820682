/** Says on the console of the extension that something is wrong. Never with a cookie, a token or a code in it. */
export function complain(sentence: string): void {
  // biome-ignore lint/suspicious/noConsole: an extension has no other place for it
  console.error(`pixiehook companion: ${sentence}`);
}
