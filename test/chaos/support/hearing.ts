import type { PixiehookEvent } from "../../../src/domain/event.js";

/**
 * Answers what takes the body of each event that was taken, and says once of each change that it was told for every
 * account. Changes are known by their revision: it is the same in every account, as all of them began with the same lists.
 */
export function createHearing(
  accounts: readonly string[],
  onTold: (type: string, object: string) => void,
): (body: string) => void {
  const waiting = new Map<string, Set<string>>();
  const told = new Set<string>();
  return (body) => {
    const { type, data } = JSON.parse(body) as PixiehookEvent;
    const object = String(data.object.id);
    const change = `${type} ${object} ${data.detected.revision}`;
    if (told.has(change)) return;
    const by = (waiting.get(change) ?? new Set()).add(data.account.id);
    waiting.set(change, by);
    if (by.size < accounts.length) return;
    waiting.delete(change);
    told.add(change);
    onTold(type, object);
  };
}
