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

/** The collection with that id or name, or one that the seed picks. */
export function chooseCollection(world: World, wanted: Id | undefined): Collection {
  const all = [...world.studio.collections.values()];
  if (wanted === undefined) {
    if (all.length === 0) throw new UnknownThingError("this studio has no collections");
    return world.random.pick(all);
  }
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
  const text = String(wanted).toLowerCase();
  const found = collection.clients.find(
    ({ id, email, name }) =>
      String(id) === text || email?.toLowerCase() === text || name?.toLowerCase() === text,
  );
  if (found) return found;
  if (!text.includes("@")) throw unknown("client", wanted);
  return newClient(world.studio, collection, { name: null, email: String(wanted) }, world.now());
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

export function choosePhoto(world: World, collection: Collection, wanted: Id | undefined): Media {
  if (wanted === undefined) return pickPhoto(collection, world.random);
  const found = findMedia(collection, Number(wanted));
  if (!found) throw unknown("photo or video", wanted);
  return found;
}

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
  const fitting = all.filter(accept);
  if (fitting.length === 0) throw new UnknownThingError("no invoice fits");
  return world.random.pick(fitting);
}

export function chooseStudioClient(world: World, wanted: string | undefined): StudioClient {
  const all = [...world.studio.clients.values()];
  if (wanted === undefined) return world.random.pick(all);
  const found = all.find(({ id, email }) => id === wanted || email?.toLowerCase() === wanted.toLowerCase());
  if (!found) throw unknown("client", wanted);
  return found;
}
