import { eventTypes } from "../../src/domain/catalog.js";

/** Which test file runs which examples of which page: every named block of the documents, and no other. */
export const runBy: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "test/unit/readme.test.ts": { "README.md": ["doctor"] },
  "test/unit/webhooks-page.test.ts": {
    "docs/webhooks.md": [
      "headers",
      "standard-event",
      "standard-digest",
      "cloudevents-event",
      "cloudevents-digest",
      "delays",
      "verify-answers",
    ],
  },
  "test/documents/verify.test.ts": {
    "docs/webhooks.md": ["verify-node", "verify-python", "verify-php", "verify-openssl"],
  },
  "test/documents/receivers.test.ts": {
    "docs/webhooks.md": [
      "verify-node",
      "verify-python",
      "verify-php",
      "receiver-node",
      "receiver-hono",
      "receiver-python",
      "receiver-php",
      "receiver-shell",
    ],
  },
  "test/unit/supply-chain.test.ts": { "docs/supply-chain.md": ["sbom"] },
  "test/documents/keeping.test.ts": {
    "docs/operations.md": ["backup", "restore", "new-key", "reseal"],
  },
  "test/documents/files.test.ts": {
    "README.md": ["demo", "start", "doctor-command", "compose", "work"],
    "docs/operations.md": ["compose", "systemd", "nginx", "caddy", "upgrade", "redis-conf"],
    "docs/architecture.md": ["path"],
    "docs/benchmarks.md": ["bench"],
  },
  "test/documents/monitoring.test.ts": {
    "README.md": ["compose"],
    "docs/monitoring.md": ["prometheus", "compose", "prometheus-compose"],
  },
  "test/documents/first-alert.test.ts": {
    "README.md": [
      "first-alert-simulator",
      "first-alert-service",
      "first-alert-connect",
      "first-alert-favorite",
      "first-alert-look",
    ],
  },
  "test/documents/pages.test.ts": {
    "docs/connecting.md": [
      "account",
      "renew-api",
      "credentials",
      "forget-credentials",
      "forecast",
      "budget",
      "delete",
      "connect",
      "connect-file",
      "renew",
      "poll",
    ],
    "README.md": ["webhook", "slack", "email", "variables", "subscribe", "connect"],
    "docs/subscriptions.md": [
      "subscribe",
      "create",
      "whole",
      "preview",
      "smtp",
      "test",
      "trigger",
      "pause",
      "replay",
      "recipe-picked",
      "recipe-money",
      "recipe-daily",
      "recipe-feed",
      "recipe-wedding",
      "recipe-trouble",
    ],
    "docs/operations.md": ["ready", "mailboxes", "pause", "replay", "doctor-json", "token"],
    "docs/webhooks.md": ["verify-command", "listen"],
  },
  "test/documents/events.test.ts": { "docs/events.md": eventTypes.map(({ type }) => type) },
};
