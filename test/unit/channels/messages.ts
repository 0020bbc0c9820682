import { type EventType, eventTypes, findEventType } from "../../../src/domain/catalog.js";
import type { Message } from "../../../src/domain/delivery.js";
import { freezeEvent, type PixiehookEvent, thawEvent } from "../../../src/domain/event.js";
import type { ChannelSettings } from "../../../src/domain/subscription.js";

export const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
export const at = new Date("2026-11-20T10:15:02.000Z");

export const everyExample: readonly PixiehookEvent[] = eventTypes.map(exampleEvent);

function exampleEvent(entry: EventType): PixiehookEvent {
  return thawEvent(JSON.stringify(entry.example));
}

/** The catalogue's example of a type. */
export function example(type: string): PixiehookEvent {
  const entry = findEventType(type);
  if (!entry) throw new Error(`no such type: ${type}`);
  return exampleEvent(entry);
}

type Data = Partial<Omit<PixiehookEvent["data"], "object">> & { object?: Record<string, unknown> };

/** The example with some of its data replaced. */
export function eventLike(type: string, data: Data, id?: string): PixiehookEvent {
  const event = example(type);
  const object = { ...event.data.object, ...data.object } as PixiehookEvent["data"]["object"];
  return { ...event, id: id ?? event.id, data: { ...event.data, ...data, object } };
}

/** So many favourites of one client in one collection. */
export function favorites(count: number, nameOf = (index: number) => `DSC_${1_000 + index}.jpg`) {
  return Array.from({ length: count }, (_, index) =>
    eventLike(
      "favorite.added",
      { object: { media: { id: String(index), kind: "photo", name: nameOf(index) } } },
      `evt_test${index}`,
    ),
  );
}

/** A message of these events: a digest when they are several. */
export function messageOf(
  events: readonly PixiehookEvent[],
  channel: ChannelSettings,
  more: Partial<Message> = {},
): Message {
  const digest = events.length > 1;
  return {
    delivery: { id: "dlv_test", digest, closedAt: digest ? "2026-11-20T10:15:01.000Z" : null },
    subscription: {
      id: "sub_test",
      account: null,
      events: ["*"],
      filter: null,
      channel,
      digest: null,
      quietHours: null,
      retry: { delays: [] },
      limits: { perSecond: 20, concurrency: 10 },
      ordered: false,
      description: "",
      enabled: true,
      paused: false,
      disabledReason: null,
      publicKey: null,
      createdAt: "2026-11-01T00:00:00.000Z",
      updatedAt: "2026-11-01T00:00:00.000Z",
    },
    secrets: { current: secret, previous: [] },
    events,
    bodies: events.map((event) => freezeEvent(event).body),
    timezone: "Europe/London",
    publicUrl: "https://pixiehook.example",
    at,
    ...more,
  };
}

/** Names that have broken someone before. */
export const hostileNames = [
  "</td><script>alert(1)</script>",
  "<!channel> <@U123> <https://evil.example|click>",
  "line\r\nBcc: victim@example.com\r\n\r\nbody",
  "a & b < c > d \" ' `",
  "\u202egpj.exe\u202c \u0000\u0007 \ud800 \ufeff",
  "👩‍👩‍👧‍👦".repeat(300),
  "x".repeat(100_000),
  "&".repeat(5_000),
  "=?utf-8?q?fake?=",
  "",
];
