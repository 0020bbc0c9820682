import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const days30 = 30 * 86_400_000;

/** Who may come in. Everything is signed with keys that follow from the API token; nothing is stored. */
export interface Gate {
  /** Whether this is the API token. */
  knows(token: string): boolean;
  /** A new session: the value of its cookie, and how long it lasts. */
  begin(now: Date): { readonly value: string; readonly seconds: number };
  /** Whether a session cookie is ours and still lasts. */
  accepts(value: string, now: Date): boolean;
  /** The token that forms of this session carry. */
  formToken(value: string): string;
  /** Signs a short text, and reads it back; null when it is not ours. */
  seal(text: string): string;
  open(sealed: string): string | null;
}

/** Whether two texts are equal, in a time that tells nothing of where they differ. */
export function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Makes the gate of a dashboard that opens with this token. */
export function createGate(apiToken: string): Gate {
  const key = createHmac("sha256", apiToken).update("pixiehook dashboard").digest();
  const sign = (purpose: string, text: string): string =>
    createHmac("sha256", key).update(`${purpose}\n${text}`).digest("base64url");
  const sealFor = (purpose: string, text: string): string =>
    `${Buffer.from(text).toString("base64url")}.${sign(purpose, text)}`;
  const openFor = (purpose: string, sealed: string): string | null => {
    const dot = sealed.indexOf(".");
    if (dot < 0) return null;
    const text = Buffer.from(sealed.slice(0, dot), "base64url").toString();
    return same(sealed.slice(dot + 1), sign(purpose, text)) ? text : null;
  };

  return {
    knows: (token) => same(token, apiToken),
    begin: (now) => {
      const text = `${now.getTime() + days30} ${randomBytes(12).toString("base64url")}`;
      return { value: sealFor("session", text), seconds: days30 / 1_000 };
    },
    accepts: (value, now) => {
      const until = Number(openFor("session", value)?.split(" ")[0]);
      return until > now.getTime();
    },
    formToken: (value) => sign("form", value),
    seal: (text) => sealFor("note", text),
    open: (sealed) => openFor("note", sealed),
  };
}
