// A studio's lists on loopback, in a process of its own: what it costs to serve them is nobody else's time.
import { createServer } from "node:http";
import { bodyOf, createGallery, type Gallery } from "./gallery.js";
import type { UpstreamAnswer, UpstreamOrder } from "./upstream.js";

const listingPage = 100;
const galleries = new Map<string, Gallery>();

function listing(page: number): Buffer {
  const rows = [...galleries.keys()].map((id) =>
    JSON.stringify({ id, name: `Wedding ${id}`, status: "published", photo_count: 800 }),
  );
  const from = (page - 1) * listingPage;
  return bodyOf(rows.slice(from, from + listingPage), { page, perPage: listingPage, total: rows.length });
}

function bodyFor(address: string): Buffer | null {
  const url = new URL(address, "http://localhost");
  const page = Number(url.searchParams.get("page") ?? 1);
  if (url.pathname.endsWith("/dashboard_listings")) return listing(page);
  const [, collection = "", list] = /\/collections\/([^/]+)\/([^/]+)\/?$/.exec(url.pathname) ?? [];
  const gallery = galleries.get(collection);
  if (list === "favorites") return gallery?.page(page) ?? null;
  // What else a collection has is empty.
  return gallery ? bodyOf([], { page, perPage: listingPage, total: 0 }) : null;
}

function obey(order: UpstreamOrder): void {
  if (order.kind === "open") {
    const { first, galleries: count, rows, perPage } = order;
    for (let each = first; each < first + count; each++) {
      galleries.set(String(each), createGallery(each, rows, perPage));
    }
    return;
  }
  const gallery = galleries.get(order.collection);
  if (!gallery) throw new RangeError(`There is no collection ${order.collection}`);
  gallery.change(order.change);
}

const server = createServer((request, response) => {
  const body = bodyFor(request.url ?? "/");
  response.writeHead(body ? 200 : 404, { "content-type": "application/json" });
  response.end(body ?? "{}");
});
server.keepAliveTimeout = 60_000;

const answer = (message: UpstreamAnswer) => void process.send?.(message);
// Ctrl-C reaches the whole process group: whoever started us says when to end.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());
process.on("message", (order: UpstreamOrder) => {
  obey(order);
  answer({ kind: "done" });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") answer({ kind: "listening", port: address.port });
});
