import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { firstToken } from "../domain/token.js";

const days30 = 30 * 86_400_000;

/** Sessions and notes. Everything is signed with keys that follow from the first API token; nothing is stored. */
export interface Gate {
  /** A new session of an API token: the value of its cookie, and how long it lasts. */
  begin(tokenId: string, now: Date): { readonly value: string; readonly seconds: number };
  /** The token that a session cookie came of, when it is ours and still lasts; else null. */
  accepts(value: string, now: Date): string | null;
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

/** Makes the gate of a dashboard. */
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
    begin: (tokenId, now) => {
      const text = `${now.getTime() + days30} ${randomBytes(12).toString("base64url")} ${tokenId}`;
      return { value: sealFor("session", text), seconds: days30 / 1_000 };
    },
    accepts: (value, now) => {
      // Sessions of earlier releases name no token: there was but one.
      const [until, , tokenId = firstToken.id] = openFor("session", value)?.split(" ") ?? [];
      return Number(until) > now.getTime() ? tokenId : null;
    },
    formToken: (value) => sign("form", value),
    seal: (text) => sealFor("note", text),
    open: (sealed) => openFor("note", sealed),
  };
}
