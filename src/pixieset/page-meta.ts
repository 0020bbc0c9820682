import { isJsonObject, type JsonObject, type JsonValue } from "../domain/json.js";
import { unwrapJson } from "./json.js";
import { plainName } from "./names.js";

/** What an answer says of its place in a list; null for what it does not say. */
export interface PageMeta {
  readonly lastPage: number | null;
  readonly total: number | null;
  /** How many rows a page holds at most. */
  readonly perPage: number | null;
  /** Query parameters of the next page; null when there is said to be none, undefined when nothing is said. */
  readonly next: Readonly<Record<string, string>> | null | undefined;
  /** Set when the list counts rows and not pages. */
  readonly offset: number | null;
}

function members(object: JsonObject): Map<string, JsonValue> {
  return new Map(Object.entries(object).map(([name, value]) => [plainName(name), unwrapJson(value)]));
}

function whole(value: JsonValue | undefined): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 0 ? number : null;
}

/** The parameters of a link, a page number or a cursor: only the query, so a link never leads elsewhere. */
function parametersOf(value: JsonValue | undefined, parameter: string): PageMeta["next"] {
  const target = isJsonObject(value) ? (value.href ?? value.url ?? null) : value;
  if (target === undefined) return undefined;
  if (target === null || target === "" || target === false) return null;
  if (typeof target === "number" || (typeof target === "string" && /^\d+$/.test(target))) {
    return { [parameter]: String(target) };
  }
  if (typeof target !== "string") return undefined;
  const query = target.includes("?") ? target.slice(target.indexOf("?") + 1).replace(/#.*$/, "") : null;
  if (query !== null) return Object.fromEntries(new URLSearchParams(query));
  return parameter === "page" ? undefined : { [parameter]: target };
}

interface Speaker {
  readonly said: Map<string, JsonValue>;
  /** It is called meta or the like, so what it says is of paging. */
  readonly isMeta: boolean;
}

/** The objects that may speak of paging: those on the way to the rows, and what they call meta. */
function speakers(path: readonly JsonObject[]): Speaker[] {
  return path.flatMap((object) => {
    const own = members(object);
    const metas = ["meta", "pagination", "paging", "paginator", "pageinfo"]
      .map((name) => own.get(name))
      .filter((value) => isJsonObject(value))
      .flatMap((meta) => {
        const inner = members(meta);
        const deeper = inner.get("pagination") ?? inner.get("page");
        return isJsonObject(deeper) ? [members(deeper), inner] : [inner];
      });
    return [...metas.map((said) => ({ said, isMeta: true })), { said: own, isMeta: false }];
  });
}

const pagingWords =
  /^(currentpage|perpage|lastpage|totalpages|pagesize|page|offset|limit|nextpageurl|hasmore)$/;

function linkOf(maps: readonly Map<string, JsonValue>[]): PageMeta["next"] {
  for (const map of maps) {
    for (const name of ["links", "link"]) {
      const links = map.get(name);
      if (isJsonObject(links) && "next" in links) return parametersOf(links.next, "page");
    }
    for (const [name, parameter] of [
      ["nextpageurl", "page"],
      ["nextpage", "page"],
      ["nextcursor", "cursor"],
      ["next", "page"],
      ...(map.has("hasnextpage") ? ([["endcursor", "after"]] as const) : []),
    ] as const) {
      const next = map.has(name) ? parametersOf(map.get(name), parameter) : undefined;
      if (next !== undefined) return next;
    }
  }
  return undefined;
}

/** Reads the paging of an answer from the objects that stand on the way to its rows, outermost first. */
export function metaOf(path: readonly JsonObject[]): PageMeta {
  const all = speakers(path);
  const maps = all.map(({ said }) => said);
  // A bare `total` can be money: it counts rows only in a meta, or beside other words of paging.
  const counting = all
    .filter(({ said, isMeta }) => isMeta || [...said.keys()].some((name) => pagingWords.test(name)))
    .map(({ said }) => said);
  const first = (from: readonly Map<string, JsonValue>[], ...names: string[]): number | null =>
    from.flatMap((map) => names.map((name) => whole(map.get(name)))).find((number) => number !== null) ??
    null;
  const more = maps
    .flatMap((map) => ["hasmore", "hasmorepages", "hasnext", "hasnextpage"].map((name) => map.get(name)))
    .find((value) => value !== undefined && value !== null);
  const done = more !== undefined && /^(false|0)$/i.test(String(more));
  const countsPages = maps.some((map) => map.has("currentpage") || map.has("page"));
  return {
    lastPage: first(maps, "lastpage", "totalpages", "pagecount", "numpages"),
    total: first(counting, "total", "totalcount", "totalitems", "totalentries", "totalrecords"),
    perPage: first(counting, "perpage", "pagesize", "limit") || null,
    next: done ? null : linkOf(maps),
    offset: countsPages ? null : first(counting, "offset"),
  };
}
