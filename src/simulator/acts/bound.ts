import type { World } from "../world.js";
import * as business from "./business.js";
import * as collections from "./collections.js";
import * as downloads from "./downloads.js";
import * as favorites from "./favorites.js";

type Act<Wanted, Made> = (world: World, wanted?: Wanted) => Made;
type BoundAct<Wanted, Made> = (wanted?: Wanted) => Made;

/** Every act with its world given. Whatever `wanted` leaves out is picked by the seed. */
export function bindActs(world: World) {
  const bind =
    <Wanted, Made>(act: Act<Wanted, Made>): BoundAct<Wanted, Made> =>
    (wanted) =>
      act(world, wanted);
  return {
    addFavorites: bind(favorites.addFavorites),
    removeFavorites: bind(favorites.removeFavorites),
    changeFavorites: bind(favorites.changeFavorites),
    addDownloads: bind(downloads.addDownloads),
    finishDownload: bind(downloads.finishDownload),
    addInvoice: bind(business.addInvoice),
    payInvoice: bind(business.payInvoice),
    setInvoice: (wanted: Parameters<typeof business.setInvoice>[1]) => business.setInvoice(world, wanted),
    setPayment: (wanted: Parameters<typeof business.setPayment>[1]) => business.setPayment(world, wanted),
    addClient: bind(business.addClient),
    putDocument: bind(business.putDocument),
    addCollection: bind(collections.addCollection),
    changeCollection: bind(collections.changeCollection),
    removeCollection: bind(collections.removeCollection),
    putLink: bind(collections.putLink),
    toggleStar: bind(collections.toggleStar),
  };
}

/** The acts as methods. */
export type BoundActs = ReturnType<typeof bindActs>;
