import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { eventTypes } from "./domain/catalog.js";
import type { AttemptOutcome } from "./domain/delivery.js";
import { resourceNames } from "./domain/record.js";
import { channelTypes } from "./domain/subscription.js";
import type { UpstreamFailure } from "./domain/upstream.js";

/** What the program counts. Names and units follow the Prometheus conventions; label values come from fixed sets. */
export type Metrics = ReturnType<typeof createMetrics>;

/** In seconds: a request; a poll; from a change to its event; from an event to its delivery. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const pollBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const detectionBuckets = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 43_200];
const deliveryBuckets = [0.1, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

const failures = [
  "expired",
  "challenged",
  "forbidden",
  "gone",
  "rejected",
  "rate_limited",
  "transient",
  "shape_changed",
] as const satisfies readonly UpstreamFailure["kind"][];
const outcomes = [
  "delivered",
  "retry",
  "failed",
  "gone",
  "blocked",
] as const satisfies readonly AttemptOutcome["kind"][];

/** `process`: also what Prometheus clients tell of any process, and which version this is. */
export function createMetrics(process?: { readonly version: string }) {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `pixiehook_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: `pixiehook_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram({ name: `pixiehook_${name}`, help, labelNames, buckets, registers });
  if (process) {
    collectDefaultMetrics({ register: registry });
    // Gauges that are called like counters; those by type tell the same.
    for (const of of ["handles", "requests", "resources"])
      registry.removeSingleMetric(`nodejs_active_${of}_total`);
    gauge("build_info", "Always 1; the version is in the label", "version").set(process, 1);
  }

  const metrics = {
    registry,
    polls: counter("polls_total", "Polls of sources by how they ended", "resource", "outcome"),
    pollSeconds: histogram(
      "poll_duration_seconds",
      "How long polls of sources took, with the waits for the budget in between",
      pollBuckets,
      "resource",
    ),
    upstreamRequests: counter(
      "upstream_requests_total",
      "Requests to the upstream by how the answer was judged",
      "outcome",
    ),
    slowdowns: counter(
      "slowdowns_total",
      "Steps by which accounts were slowed down, by what the upstream answered",
      "cause",
    ),
    events: counter("events_total", "Events stated, by type", "type"),
    unwanted: counter("events_unwanted_total", "Events that no subscription wanted, by type", "type"),
    detectionSeconds: histogram(
      "detection_delay_seconds",
      "From the last poll that did not show a change yet to its event: the most that it can have waited",
      detectionBuckets,
      "resource",
    ),
    occurrenceSeconds: histogram(
      "occurrence_delay_seconds",
      "From the time that the upstream gives for a change to its event, where it gives one",
      detectionBuckets,
      "resource",
    ),
    attempts: counter("attempts_total", "Attempts to deliver, by channel and outcome", "channel", "outcome"),
    attemptSeconds: histogram(
      "attempt_duration_seconds",
      "How long attempts took",
      [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
      "channel",
    ),
    deliverySeconds: histogram(
      "delivery_delay_seconds",
      "From an event (of a digest: from its closing) to its first delivery to a subscription",
      deliveryBuckets,
      "channel",
    ),
    httpRequests: counter(
      "http_requests_total",
      "Requests to the API and the dashboard by route and class of status",
      "method",
      "route",
      "status",
    ),
    httpSeconds: histogram(
      "http_request_duration_seconds",
      "How long they took until their answer began",
      requestBuckets,
      "route",
    ),
    accounts: gauge("accounts", "Accounts by the state of their session", "session"),
    sources: gauge("sources", "Sources by status", "status"),
    floodsHeld: gauge("floods_held", "Floods of events that wait for a person to release or discard them"),
    budgetAllowed: gauge(
      "budget_allowed_requests_per_minute",
      "What the accounts with an active session may ask of the upstream, in sum, as it was set",
    ),
    budgetUsed: gauge(
      "budget_used_requests_per_minute",
      "What all accounts asked of the upstream in the last minute, in sum",
    ),
    workers: gauge("workers", "Processes by the role that they run", "role"),
    queueDepth: gauge("queue_jobs", "Wake-ups in the queues, by state", "queue", "state"),
    queueOldest: gauge("queue_oldest_seconds", "For how long the oldest wake-up has waited", "queue"),
    clockLag: gauge("clock_lag_seconds", "For how long the clock should have woken somebody"),
    mailboxes: gauge("mailboxes", "Mailboxes by channel and by what they are doing", "channel", "status"),
    failingMailboxes: gauge(
      "mailboxes_failing",
      "Mailboxes that are on and whose last attempts have all failed",
      "channel",
    ),
    longestFailing: gauge(
      "mailbox_failing_seconds",
      "For how long the one of them that has failed longest had nothing but failures",
      "channel",
    ),
    deliveriesWaiting: gauge(
      "deliveries_waiting",
      "Deliveries that are not done, in mailboxes that are on or paused",
      "channel",
    ),
    longestOverdue: gauge(
      "delivery_overdue_seconds",
      "For how long the oldest delivery has been due, in mailboxes that neither rest nor are paused",
      "channel",
    ),
    redisUp: gauge("redis_up", "Whether Redis answered: 0 while it does not, and all that it knows is old"),
    redisMemory: gauge("redis_memory_bytes", "Memory that Redis uses, in sum over the nodes of a cluster"),
    redisMemoryLimit: gauge(
      "redis_memory_limit_bytes",
      "Memory that it may use, in sum; 0 where it has no limit",
    ),
    redisPersistent: gauge(
      "redis_persistent",
      "Whether each node of Redis keeps an append-only file and could write to its disk the last time",
    ),
  };
  beginAtZero(metrics);
  return metrics;
}

/** Prometheus does not see the first step of a counter that was not there before, and here much happens but once. */
function beginAtZero(metrics: Metrics): void {
  for (const resource of resourceNames) {
    for (const outcome of ["scan", ...failures]) metrics.polls.inc({ resource, outcome }, 0);
    metrics.detectionSeconds.zero({ resource });
  }
  for (const outcome of ["ok", ...failures]) metrics.upstreamRequests.inc({ outcome }, 0);
  for (const { type } of eventTypes) {
    metrics.events.inc({ type }, 0);
    metrics.unwanted.inc({ type }, 0);
  }
  for (const channel of channelTypes) {
    for (const outcome of outcomes) metrics.attempts.inc({ channel, outcome }, 0);
    metrics.attemptSeconds.zero({ channel });
    metrics.deliverySeconds.zero({ channel });
  }
}
