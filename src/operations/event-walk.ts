import { accountNumber, type CardFilter } from "../domain/card.js";
import type { EventQuery } from "../services/events.js";
import { type Stretch, searchCards } from "../store/card-search.js";
import { type Box, isBelow, type Place, placeOf } from "../store/cards.js";
import { clockSkewMs } from "../store/events.js";
import type { Placed, Shelf } from "./event-shelves.js";

/** Some events that may be what is asked for, in the order asked for. */
export interface Step {
  readonly events: readonly Placed[];
  /** Everything up to here was looked at. */
  readonly reached: string;
  /** What it took: one for each card that was looked at, and `rowCost` for each event that was read. */
  readonly cost: number;
}

/** What a page costs before it hands back what it has, with a cursor to go on from. */
export const costOfPage = 1_200_000;
/** To read an event takes as long as to look at so many cards. */
const rowCost = 500;
/** Rows of before there were cards are read so many at a time. */
const rowsAtOnce = 200;
const start: Place = [-1, 0];
/** Later than every event: four digits of a year end before. */
const end: Place = [10 ** 15, 0];

/** Goes along a shelf from behind a place (null: from where the query begins). */
export async function* walk(
  query: EventQuery,
  shelf: Shelf,
  place: string | null,
  cards: Omit<CardFilter, "accounts">,
): AsyncGenerator<Step> {
  const bounds = await shelf.bounds();
  const stretch = stretchOf(query, place, bounds.end);
  if (stretch === null) return;
  const boxes = await shelf.cards.boxes();
  const carded = async function* () {
    const filter = { ...cards, accounts: bounds.accounts && new Set(bounds.accounts.map(accountNumber)) };
    const search = { filter, stretch, order: query.order, enough: query.limit + 1 };
    for await (const { runs, reached, looked } of searchCards(shelf.cards, boxes, search)) {
      const events = await Promise.all(
        runs.map(async ({ first, last }) =>
          query.order === "asc" ? shelf.between(first, last) : (await shelf.between(last, first)).reverse(),
        ),
      );
      const found = events.flat();
      yield { events: found, reached, cost: looked + found.length * rowCost };
    }
  };
  const uncarded = () => walkRows(query, shelf, olderThan(boxes[0], stretch));
  for (const part of query.order === "asc" ? [uncarded, carded] : [carded, uncarded]) yield* part();
}

function olderThan(oldest: Box | undefined, stretch: Stretch): Stretch {
  if (!oldest) return stretch;
  const first = placeOf(oldest.first);
  return isBelow(first, stretch.high) ? { ...stretch, high: first } : stretch;
}

async function* walkRows(query: EventQuery, shelf: Shelf, stretch: Stretch): AsyncGenerator<Step> {
  let { low, high } = stretch;
  while (isBelow(low, high)) {
    const rows =
      query.order === "asc"
        ? await shelf.after(low === start ? "0" : low.join("-"), rowsAtOnce)
        : await shelf.before(high === end ? "+" : high.join("-"), rowsAtOnce);
    const inside = rows.filter(({ position }) => isInside(placeOf(position), { low, high }));
    const last = inside.at(-1);
    if (!last) return;
    yield { events: inside, reached: last.position, cost: inside.length * rowCost };
    if (rows.length < rowsAtOnce || inside.length < rows.length) return;
    if (query.order === "asc") low = placeOf(last.position);
    else high = placeOf(last.position);
  }
}

/** The part of a shelf on which a query's events stand. Streams are ordered by Redis's clock, events carry ours. */
function stretchOf(
  { since, until, order }: EventQuery,
  place: string | null,
  last: string | null,
): Stretch | null {
  const from = since === null ? -1 : Date.parse(since) - clockSkewMs;
  const to = until === null ? Number.POSITIVE_INFINITY : Date.parse(until) + clockSkewMs;
  let low: Place = from <= 0 ? start : [from - 1, 2 ** 32];
  let high: Place = to < end[0] ? [to + 1, 0] : end;
  if (last !== null) {
    const [ms, sequence] = placeOf(last);
    if (isBelow([ms, sequence], high)) high = [ms, sequence + 1];
  }
  if (place !== null) {
    const at = placeOf(place);
    if (order === "asc" && isBelow(low, at)) low = at;
    if (order === "desc" && isBelow(at, high)) high = at;
  }
  return isBelow(low, high) && isBelow([0, 0], high) ? { low, high } : null;
}

const isInside = (place: Place, { low, high }: Stretch) => isBelow(low, place) && isBelow(place, high);
