import { newClient, newList } from "../studio/build-activity.js";
import { findMedia, pickPhoto } from "../studio/media.js";
import type {
  Collection,
  FavoriteList,
  GalleryClient,
  Invoice,
  Media,
  StudioClient,
} from "../studio/model.js";
import { drawPerson } from "../studio/names.js";
import { UnknownThingError, type World } from "../world.js";

/** An id as it comes from a caller: a number, or its digits. */
export type Id = string | number;

function unknown(what: string, id: Id): UnknownThingError {
  return new UnknownThingError(`no ${what} ${JSON.stringify(id)} in this studio`);
}

/** One that the seed picks; says what is missing when there is none. */
export function pickOne<T>(world: World, items: readonly T[], what: string): T {
  if (items.length === 0) throw new UnknownThingError(`no ${what} to pick from in this studio`);
  return world.random.pick(items);
}

/** The collection with that id or name, or one that the seed picks. */
export function chooseCollection(world: World, wanted: Id | undefined): Collection {
  const all = [...world.studio.collections.values()];
  if (wanted === undefined) return pickOne(world, all, "collection");
  const found = world.studio.collections.get(Number(wanted)) ?? all.find(({ name }) => name === wanted);
  if (!found) throw unknown("collection", wanted);
  return found;
}

/** The visitor with that id, address or name; an address never seen before becomes a new visitor. */
export function chooseClient(world: World, collection: Collection, wanted: Id | undefined): GalleryClient {
  if (wanted === undefined) {
    if (collection.clients.length > 0) return world.random.pick(collection.clients);
    const person = drawPerson(world.random);
    return newClient(world.studio, collection, { name: person.first, email: person.email }, world.now());
  }
  const found = clientsNamed(collection, wanted)[0];
  if (found) return found;
  if (!String(wanted).includes("@")) throw unknown("client", wanted);
  return newClient(world.studio, collection, { name: null, email: String(wanted) }, world.now());
}

/** Visitors with that id, address in any case, or name. */
export function clientsNamed(collection: Collection, wanted: Id): GalleryClient[] {
  const text = String(wanted).toLowerCase();
  return collection.clients.filter(
    ({ id, email, name }) =>
      String(id) === text || email?.toLowerCase() === text || name?.toLowerCase() === text,
  );
}

/** The client's list with that id or name; a name never seen becomes a new list. */
export function chooseList(
  world: World,
  collection: Collection,
  client: GalleryClient,
  wanted: Id | undefined,
): FavoriteList {
  const own = collection.lists.filter((list) => list.client === client.id);
  const first = own[0];
  if (wanted === undefined && first) return first;
  const found = own.find(({ id, name }) => String(id) === String(wanted) || name === wanted);
  if (found) return found;
  const name = wanted === undefined ? "Favorites" : String(wanted);
  return newList(world.studio, collection, client, name, world.now());
}

/** The photo or video with that id, or a photo that the seed picks. */
export function choosePhoto(world: World, collection: Collection, wanted: Id | undefined): Media {
  if (wanted === undefined) return pickPhoto(collection, world.random);
  const found = findMedia(collection, Number(wanted));
  if (!found) throw unknown("photo or video", wanted);
  return found;
}

/** The invoice with that id or number, or one that fits. */
export function chooseInvoice(
  world: World,
  wanted: string | undefined,
  accept: (invoice: Invoice) => boolean,
): Invoice {
  const all = [...world.studio.invoices.values()];
  if (wanted !== undefined) {
    const found = all.find(({ id, number }) => id === wanted || number === wanted);
    if (!found) throw unknown("invoice", wanted);
    return found;
  }
  return pickOne(world, all.filter(accept), "such invoice");
}

/** The studio's client with that id or address, or one that the seed picks. */
export function chooseStudioClient(world: World, wanted: string | undefined): StudioClient {
  const all = [...world.studio.clients.values()];
  if (wanted === undefined) return pickOne(world, all, "client");
  const found = all.find(({ id, email }) => id === wanted || email?.toLowerCase() === wanted.toLowerCase());
  if (!found) throw unknown("client", wanted);
  return found;
}
