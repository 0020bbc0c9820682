/** Who already got a delivery that is tried again. A bounded aid of one process, not a record. */
export interface Receipts {
  has(delivery: string, recipient: string): boolean;
  add(delivery: string, recipients: readonly string[]): void;
  /** The delivery is settled: sending it anew, when someone asks, reaches everyone. */
  forget(delivery: string): void;
}

export function createReceipts(maxDeliveries = 1_000): Receipts {
  const known = new Map<string, Set<string>>();
  return {
    has: (delivery, recipient) => known.get(delivery)?.has(recipient) ?? false,
    add(delivery, recipients) {
      if (recipients.length === 0) return;
      known.set(delivery, new Set([...(known.get(delivery) ?? []), ...recipients]));
      const [oldest] = known.keys();
      if (known.size > maxDeliveries && oldest !== undefined) known.delete(oldest);
    },
    forget: (delivery) => void known.delete(delivery),
  };
}
