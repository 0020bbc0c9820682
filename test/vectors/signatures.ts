import { readFileSync } from "node:fs";
import { z } from "zod";

const body = z.union([
  z.strictObject({ text: z.string() }).transform(({ text }) => Buffer.from(text)),
  z.strictObject({ base64: z.string() }).transform(({ base64 }) => Buffer.from(base64, "base64")),
  z
    .strictObject({ prefix: z.string(), repeat: z.string(), times: z.number(), suffix: z.string() })
    .transform(({ prefix, repeat, times, suffix }) => Buffer.from(prefix + repeat.repeat(times) + suffix)),
]);
const vector = z.strictObject({
  name: z.string(),
  secret: z.string(),
  id: z.string(),
  timestamp: z.string(),
  signature: z.string(),
  body,
  at: z.number().optional(),
  expect: z.union([
    z.strictObject({ scheme: z.enum(["v1", "v1a"]), position: z.number(), signatures: z.number() }),
    z.strictObject({ refused: z.string() }),
  ]),
  differs: z
    .strictObject({ standardwebhooks: z.string().min(20), svix: z.string().min(20) })
    .partial()
    .optional(),
  note: z.string().optional(),
});
const table = z.strictObject({ note: z.array(z.string()), at: z.number(), vectors: z.array(vector) });

const read = table.parse(JSON.parse(readFileSync(new URL("signatures.json", import.meta.url), "utf8")));

/** Webhooks as they are received, and what is to be said of each at `at` (Unix seconds). */
export const vectors = read.vectors.map((one) => ({
  ...one,
  at: one.at ?? read.at,
  headers: { "webhook-id": one.id, "webhook-timestamp": one.timestamp, "webhook-signature": one.signature },
  accepted: "scheme" in one.expect ? one.expect.scheme : null,
}));
export type Vector = (typeof vectors)[number];
