import { announceMs, iso, type Parts } from "../pipeline/parts.js";
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
      const { subscription, id: delivered, attemptCount } = delivery;
      await store.due.announce("deliver", subscription, now() + announceMs);
      const again = {
        ...delivery,
        status: "pending" as const,
        nextAttemptAt: iso(now()),
        ladderStart: attemptCount,
        accepted: delivery.status === "pending" ? delivery.accepted : [],
      };
      if (delivery.status === "pending") {
        await store.mailboxes.hurry(subscription, delivered, now());
      } else {
        // Out of its line: it had its turn, and must not hold back what came after it.
        const outcome = { delivery: { ...again, line: null }, attemptCount };
        const [ours] = await store.mailboxes.record(subscription, [outcome], null, now());
        if (!ours) return store.mailboxes.get(id);
      }
      await store.mailboxes.knock(subscription, delivered);
      await wakeUps.wake("deliver", subscription);
      return again;
    },
  };
}
