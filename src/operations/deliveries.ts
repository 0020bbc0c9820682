import { iso, type Parts } from "../pipeline/parts.js";
import type { DeliveryService } from "../services.js";

export function createDeliveryService(parts: Parts): DeliveryService {
  const { store, now, wakeUps } = parts;
  return {
    get: (id) => store.mailboxes.get(id),
    async redeliver(id) {
      const delivery = await store.mailboxes.get(id);
      if (!delivery) return null;
      if (delivery.status === "pending" && delivery.digest && delivery.closedAt === null) {
        const detail = `The digest is still collecting events and goes out at ${delivery.nextAttemptAt}.`;
        return { kind: "refused", code: "delivery_pending", detail };
      }
      // Out of its line: it had its turn, and must not hold back what came after it.
      const again = { ...delivery, status: "pending" as const, line: null, nextAttemptAt: iso(now()) };
      await store.due.announce("deliver", delivery.subscription, now());
      const seen = { attemptCount: delivery.attemptCount, holdUntil: null, now: now() };
      await store.mailboxes.record(
        delivery.status === "pending" ? { ...again, line: delivery.line } : again,
        seen,
      );
      await wakeUps.wake("deliver", delivery.subscription);
      return again;
    },
  };
}
