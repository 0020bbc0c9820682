import { randomUUID } from "node:crypto";

/** Carries something from one host to the other through an address that works once. */
export interface Tickets<T> {
  issue(held: T): string;
  /** What the ticket carries, the first time; null for one that was used or never was. */
  redeem(ticket: string | undefined): T | null;
}

export function createTickets<T>(): Tickets<T> {
  const open = new Map<string, T>();
  return {
    issue(held) {
      const ticket = randomUUID();
      open.set(ticket, held);
      return ticket;
    },
    redeem(ticket = "") {
      const held = open.get(ticket) ?? null;
      open.delete(ticket);
      return held;
    },
  };
}
