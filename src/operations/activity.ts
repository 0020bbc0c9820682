import { accountNumber, collectionNumber, typeNumber } from "../domain/card.js";
import { eventTypes } from "../domain/catalog.js";
import type { ActivityService, Stretches } from "../services/events.js";
import { type Slots, tallyCards } from "../store/card-tally.js";
import type { Store } from "../store/store.js";

interface Parts {
  readonly store: Pick<Store, "accounts" | "events" | "log" | "sources">;
  readonly now: () => number;
}

/** The object of each type (`favorite`), by the number of the type on cards. Cards of other types count as none. */
const objects = [...new Set(eventTypes.map(({ type }) => objectOf(type)))];
const objectOfType = new Int16Array(2 ** 16).fill(-1);
for (const { type } of eventTypes) objectOfType[typeNumber(type)] = objects.indexOf(objectOf(type));

/** The list that each type is found in, in the same way. */
const resources: readonly string[] = [...new Set(eventTypes.map(({ resource }) => resource))];
const indexOf = (resource: string) => resources.indexOf(resource);
const resourceOfType = new Int16Array(2 ** 16).fill(-1);
for (const { type, resource } of eventTypes) resourceOfType[typeNumber(type)] = indexOf(resource);

function objectOf(type: string): string {
  return type.slice(0, type.indexOf("."));
}

/** How much happened when, counted off the cards of events: a million of them take some tens of milliseconds. */
export function createActivityService({ store, now }: Parts): ActivityService {
  /** The last slot is the one that lasts now. */
  const slotsOf = ({ slots, slotSeconds }: Stretches): Slots => {
    const length = slotSeconds * 1_000;
    return { from: (Math.floor(now() / length) + 1 - slots) * length, length, count: slots };
  };

  return {
    async byObject(account, wanted) {
      const slots = slotsOf(wanted);
      // The log keeps cards of accounts that were deleted for a while.
      const known = new Set((await store.accounts.ids()).map(accountNumber));
      const file = account === null ? store.log.cards : store.events.cards(account);
      const tally = await tallyCards(file, slots, (card) =>
        account === null && !known.has(card.account) ? -1 : (objectOfType[card.type] ?? -1),
      );
      const counts = [...tally].map(([index, numbers]) => [objects[index] ?? "", numbers] as const);
      return { from: new Date(slots.from).toISOString(), ...wanted, counts: Object.fromEntries(counts) };
    },
    async bySource(account, wanted) {
      const states = await store.sources.list(account);
      const slots = slotsOf(wanted);
      // What is one list for the whole account may still name collections.
      const scoped = new Set(states.filter(({ scope }) => scope).map(({ resource }) => indexOf(resource)));
      const keyOf = (resource: number, collection: number) =>
        scoped.has(resource) ? collection * resources.length + resource : resource;
      const tally = await tallyCards(store.events.cards(account), slots, ({ type, collection }) => {
        const resource = resourceOfType[type] ?? -1;
        return resource < 0 ? -1 : keyOf(resource, collection);
      });
      const counts = states.flatMap(({ id, resource, scope }) => {
        const found = tally.get(keyOf(indexOf(resource), scope ? collectionNumber(scope.id) : 0));
        return found ? [[id, found] as const] : [];
      });
      return { from: new Date(slots.from).toISOString(), ...wanted, counts: Object.fromEntries(counts) };
    },
  };
}
