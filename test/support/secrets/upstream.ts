import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject, JsonValue } from "../../../src/domain/json.js";
import type { ResourceName } from "../../../src/domain/record.js";
import type { Markers } from "./markers.js";
import type { Planter } from "./plant.js";
import { rowsOf } from "./rows.js";

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: JsonValue;
  /** Written to the socket instead of an answer. */
  readonly raw?: string;
}

/** A Pixieset that puts secrets into everything it says. */
export interface PlantedUpstream {
  readonly origin: string;
  /** 0, or 1 once things have changed. */
  stage: number;
  /** What is answered instead, looked up by the path behind the host's base; null for the usual. */
  trouble: ((path: string, request: IncomingMessage) => Reply | null) | null;
  close(): Promise<void>;
}

const lists: readonly (readonly [RegExp, ResourceName])[] = [
  [/\/dashboard_listings$/, "collections"],
  [/\/downloads\/$/, "downloads"],
  [/\/gallery_video_downloads$/, "video_downloads"],
  [/\/photo_downloads$/, "photo_downloads"],
  [/\/favorites$/, "favorites"],
  [/\/photo_sharing_links$/, "sharing_links"],
  [/\/photos\/starred$/, "starred_photos"],
  [/\/invoices\/payments\/list\/$/, "payments"],
  [/\/invoices\/$/, "invoices"],
  [/\/clients\/$/, "clients"],
  [/\/contracts\/$/, "contracts"],
  [/\/questionnaires\/$/, "questionnaires"],
  [/\/quotes\/$/, "quotes"],
];

/** The resource that a path lists. */
export const resourceAt = (path: string) => lists.find(([pattern]) => pattern.test(path))?.[1];

/** The favourites of one collection, by client and list, the photos inside. */
function grouped(stage: number, planter: Planter): JsonValue[] {
  const photosOf = (list: number) =>
    [1, 2, ...(stage > 0 ? [4] : [3])].map((n) => {
      const at = `group ${list}.${n}`;
      const filename = planter.disguise("address", "", `${at}.filename`);
      const note = planter.disguise("prose", "big", `${at}.note`);
      return { id: 100 * list + n, filename: n === 1 ? "a.jpg" : filename, note };
    });
  const lists = [1, 2].map((list) => ({
    id: list,
    name: planter.disguise("prose", `Album ${list}`, `group ${list}.name`),
    photos: photosOf(list),
  }));
  const client = { id: 9, name: planter.disguise("path", "", "group.client"), email: "ann@x.co" };
  return [planter.plantInto({ ...client, lists }, "grouped favorites")];
}

/** Rows that nothing can be made of. */
const unreadable = (planter: Planter): JsonValue[] => [
  planter.plantInto({}, "unreadable"),
  planter.disguise("prose", "what", "unreadable text"),
  [planter.plantInto({}, "unreadable in a list")],
];

function envelope(resource: ResourceName, rows: JsonValue[], page: number, planter: Planter): JsonValue {
  const meta: JsonObject = { current_page: page, last_page: 1, total: rows.length };
  if (resource === "collections")
    return planter.plantInto({ data: { data: { collections: rows }, meta } }, "listing");
  // A next page behind a signed link.
  if (resource === "quotes" && page === 1) {
    const next = `https://x.example/quotes/?page=2&token=${planter.signedUrl("next", "")}`;
    const first = rows.slice(0, 3);
    return planter.plantInto({ data: first, links: { next }, meta: { current_page: 1 } }, "envelope");
  }
  if (resource === "quotes") {
    const rest = planter.plantInto({ data: rows.slice(3), links: { next: null }, meta: {} }, "envelope");
    return rest;
  }
  return planter.plantInto({ data: rows, meta }, `envelope of ${resource}`);
}

function usual(path: string, page: number, stage: number, planter: Planter): Reply {
  if (path.endsWith("/user")) {
    const business_name = planter.disguise("prose", "Smith Studio", "user.business_name");
    const user = { business_name, email: "studio@x.co", avatar: planter.signedUrl("user.avatar") };
    return { body: planter.plantInto({ data: user }, "user") };
  }
  const resource = resourceAt(path);
  if (resource === undefined)
    return { status: 404, body: planter.plantInto({ error: "Not found" }, "not found") };
  const collection = /\/collections\/(\w+)\//.exec(path)?.[1] ?? "";
  if (resource === "favorites" && collection === "2") {
    return { body: planter.plantInto({ favorites: grouped(stage, planter) }, "envelope of groups") };
  }
  const place = `${resource}${collection}`;
  const rows = rowsOf(resource, stage, planter, place);
  const more = resource === "questionnaires" && stage > 0 ? unreadable(planter) : [];
  return { body: envelope(resource, [...rows, ...more], page, planter) };
}

/** Starts it on a free port. Every answer renews a cookie. */
export async function startPlantedUpstream(planter: Planter, markers: Markers): Promise<PlantedUpstream> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://upstream");
    const path = pathname.replace(/^\/(gallery|studio)\/api\/v1/, "");
    const page = Number(searchParams.get("page") ?? 1);
    const reply = upstream.trouble?.(path, request) ?? usual(path, page, upstream.stage, planter);
    if (reply.raw !== undefined) return void response.socket?.end(reply.raw);
    const renewed = markers.plant(`cookie renewed at ${path}`);
    response.writeHead(reply.status ?? 200, {
      "content-type": "application/json",
      "set-cookie": [`gallery_dashboard_session=${renewed}; Path=/; HttpOnly`],
      "x-csrf-token": markers.plant(`header at ${path}`),
      ...reply.headers,
    });
    const { body = {} } = reply;
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    request.resume().on("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const upstream: PlantedUpstream = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stage: 0,
    trouble: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return upstream;
}
