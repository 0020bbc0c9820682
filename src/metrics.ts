import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What the program counts. Names and units follow the Prometheus conventions; label values come from fixed sets. */
export interface Metrics {
  readonly registry: Registry;
  readonly polls: Counter<"resource" | "outcome">;
  readonly slowdowns: Counter<"cause">;
  readonly events: Counter<"type">;
  readonly unwanted: Counter<"type">;
  readonly attempts: Counter<"channel" | "outcome">;
  readonly attemptSeconds: Histogram<"channel">;
  readonly queueDepth: Gauge<"queue" | "state">;
  readonly mailboxes: Gauge<"channel" | "status">;
  readonly failingMailboxes: Gauge<"channel">;
  readonly deliveriesWaiting: Gauge<"channel">;
  readonly longestOverdue: Gauge<"channel">;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    polls: new Counter({
      name: "pixiehook_polls_total",
      help: "Polls of sources by how they ended",
      labelNames: ["resource", "outcome"],
      registers,
    }),
    slowdowns: new Counter({
      name: "pixiehook_slowdowns_total",
      help: "Steps by which accounts were slowed down, by what the upstream answered",
      labelNames: ["cause"],
      registers,
    }),
    events: new Counter({
      name: "pixiehook_events_total",
      help: "Events stated, by type",
      labelNames: ["type"],
      registers,
    }),
    unwanted: new Counter({
      name: "pixiehook_events_unwanted_total",
      help: "Events that no subscription wanted, by type",
      labelNames: ["type"],
      registers,
    }),
    attempts: new Counter({
      name: "pixiehook_attempts_total",
      help: "Attempts to deliver, by channel and outcome",
      labelNames: ["channel", "outcome"],
      registers,
    }),
    attemptSeconds: new Histogram({
      name: "pixiehook_attempt_duration_seconds",
      help: "How long attempts took",
      labelNames: ["channel"],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
      registers,
    }),
    queueDepth: new Gauge({
      name: "pixiehook_queue_jobs",
      help: "Wake-ups in the queues, by state",
      labelNames: ["queue", "state"],
      registers,
    }),
    mailboxes: new Gauge({
      name: "pixiehook_mailboxes",
      help: "Mailboxes by channel and by what they are doing",
      labelNames: ["channel", "status"],
      registers,
    }),
    failingMailboxes: new Gauge({
      name: "pixiehook_mailboxes_failing",
      help: "Mailboxes that are on and whose last attempts have all failed",
      labelNames: ["channel"],
      registers,
    }),
    deliveriesWaiting: new Gauge({
      name: "pixiehook_deliveries_waiting",
      help: "Deliveries that are not done, in mailboxes that are on or paused",
      labelNames: ["channel"],
      registers,
    }),
    longestOverdue: new Gauge({
      name: "pixiehook_delivery_overdue_seconds",
      help: "For how long the oldest delivery has been due, in mailboxes that neither rest nor are paused",
      labelNames: ["channel"],
      registers,
    }),
  };
}
