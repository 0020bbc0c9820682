import { sentAnew } from "../domain/delivery.js";
import { announceMs, iso, type Parts } from "../pipeline/parts.js";
import type { DeliveryService } from "../services/subscriptions.js";
import { whileDisabled } from "./refusals.js";

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
      const { subscription, attemptCount } = delivery;
      if ((await store.subscriptions.get(subscription))?.enabled === false)
        return whileDisabled(subscription);
      const at = now();
      await store.due.announce("deliver", subscription, at + announceMs);
      const isPending = delivery.status === "pending";
      const again = isPending ? { ...delivery, nextAttemptAt: iso(at) } : sentAnew(delivery, iso(at));
      if (isPending) {
        await store.mailboxes.hurry(subscription, id, at);
      } else {
        const [ours] = await store.mailboxes.record(
          subscription,
          [{ delivery: again, attemptCount }],
          null,
          at,
        );
        if (!ours) return store.mailboxes.get(id);
      }
      await store.mailboxes.knock(subscription, id);
      await wakeUps.wake("deliver", subscription);
      return again;
    },
  };
}
