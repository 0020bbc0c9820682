import { expect, test } from "vitest";
import { createPaint } from "../../../src/cli/colours.js";
import { eventLine } from "../../../src/cli/event-line.js";
import { findEventType } from "../../../src/domain/catalog.js";
import type { PixiehookEvent } from "../../../src/domain/event.js";

const exampleOf = (type: string) => findEventType(type)?.example as unknown as PixiehookEvent;
const line = (event: PixiehookEvent) => eventLine(event, createPaint(false)).replace(/ {2,}/g, " | ");

test("an event says when, what, who, about what, where and how much", () => {
  expect(line(exampleOf("favorite.added"))).toMatch(
    /^\d\d:\d\d:\d\d \| favorite\.added \| Jane Doe, \S+\.jpg, Smith Wedding 2025$/,
  );
  expect(line(exampleOf("invoice.paid"))).toMatch(/ \| invoice\.paid \| Jane Doe, \S+ \| £[\d,.]+$/);
  expect(line(exampleOf("session.expired"))).toMatch(
    / \| session\.expired \| Session expired, Smith Studio$/,
  );
});

test("a sample is told as one, and names of others cannot steer a terminal", () => {
  const event = exampleOf("favorite.added");
  const client = { id: null, name: "Ana\u001b[2J\nSmith", email: null };
  const detected = { ...event.data.detected, sample: true as const };
  const sample = { ...event, data: { ...event.data, client, detected } };
  const paid = exampleOf("invoice.paid");
  const samplePaid = {
    ...paid,
    data: { ...paid.data, detected: { ...paid.data.detected, sample: true as const } },
  };
  expect(line(samplePaid)).toMatch(/ \| £[\d,.]+ \(a sample\)$/);
  expect(line(sample)).toMatch(/ \| Ana \[2J Smith, .* \(a sample\)$/);
});
