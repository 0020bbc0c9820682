import { z } from "zod";

/** A setting, read by a function that gives null for what it cannot use. */
export function setting<T>(read: (text: string) => T | null, remedy: string, shown = true) {
  return z.string().transform((text, context) => {
    const value = read(text.trim());
    if (value !== null) return value;
    // A password can have come into any address, such as user:password@host:6379.
    const isSecret = !shown || /(\/\/|:).*@/s.test(text);
    context.addIssue(`is ${isSecret ? "not usable" : JSON.stringify(text)}: ${remedy}`);
    return z.NEVER;
  });
}

/** A setting that can hold a secret: a problem with it never repeats its value. */
export function hidden<T>(read: (text: string) => T | null, remedy: string) {
  return setting(read, remedy, false);
}

/** A port; null for what is none. */
export function readPort(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}

/** Whether it is an address of one of these kinds, with all that belongs to one. */
export function isUrl(text: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const complete = url.protocol === "unix:" ? url.pathname.length > 1 : url.hostname !== "";
  return protocols.includes(url.protocol) && complete;
}
