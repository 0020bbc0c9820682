import type { Link } from "./link.js";

/** What the popup asks the background for. */
export type Message =
  /** Somebody opened it: see how things are. */
  | { readonly do: "look" }
  /** Pressed Connect: the browser may ask for a permission first, and close the popup over it. */
  | { readonly do: "intend"; readonly link: Link }
  | { readonly do: "connect" }
  | { readonly do: "disconnect" };
