import { accountNumber, cardOf, typeNumber } from "../domain/card.js";
import { type FrozenEvent, thaw } from "../domain/event.js";
import { type CardFile, cardsInBox, type FiledCard } from "./cards.js";
import type { EventLog } from "./event-log.js";
import type { EventStore } from "./events.js";

/** A row of before there were cards. */
interface OlderRow {
  readonly position: string;
  readonly account: string;
  readonly type: string;
  readonly matched: number | null;
  /** Null when it is not kept any more. */
  readonly event: FrozenEvent | null;
}

const rowsAtOnce = 512;

/** Makes the next box of cards for events of an account that were stated before there were any. How many it were. */
export function cardOlderOf(account: string, events: EventStore): Promise<number> {
  return cardOlder(events.cards(account), async (position, limit) => {
    const rows = await events.before(account, position, limit);
    return rows.map((event) => ({ ...event, account, matched: null, event }));
  });
}

/** The same for the log. */
export function cardOlderInLog(log: EventLog, events: EventStore): Promise<number> {
  return cardOlder(log.cards, async (position, limit) => {
    const rows = await log.before(position, limit);
    const found = await events.getMany(rows.map(({ event }) => event));
    return rows.map((row, index) => ({ ...row, event: found[index] ?? null }));
  });
}

/** From the newest row without a card back, so that what it is cut off at is found by looking at the oldest box. */
async function cardOlder(
  file: CardFile,
  before: (position: string, limit: number) => Promise<readonly OlderRow[]>,
): Promise<number> {
  const [oldest] = await file.boxes();
  const cards: FiledCard[] = [];
  for (let position = oldest?.first ?? "+"; cards.length < cardsInBox; ) {
    const rows = await before(position, Math.min(rowsAtOnce, cardsInBox - cards.length));
    cards.push(...rows.map(cardFor));
    const last = rows.at(-1);
    if (!last) break;
    position = last.position;
  }
  await file.prepend(oldest, cards.reverse());
  return cards.length;
}

function cardFor({ position, account, type, matched, event }: OlderRow): FiledCard {
  const nothing = { collection: 0, clientId: 0, clientEmail: 0 };
  const card = event
    ? cardOf(thaw(event))
    : { ...nothing, account: accountNumber(account), type: typeNumber(type) };
  return { position, card, matched };
}
