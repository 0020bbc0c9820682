import { Hono } from "hono";
import type { Collection } from "../studio/model.js";
import type { World } from "../world.js";
import type { Row } from "./cells.js";
import * as rows from "./gallery-rows.js";
import { lazily, type Sliceable } from "./paging.js";
import { refuse } from "./refusals.js";
import {
  answerList,
  dialectOf,
  perPage,
  type Upstream,
  type UpstreamContext,
  type UpstreamEnv,
} from "./upstream.js";

type CollectionAnswer = (context: UpstreamContext, collection: Collection) => Response;

/** The gallery host's API over a studio, without its base path. */
export function galleryApi(upstream: Upstream, world: World): Hono<UpstreamEnv> {
  const { volatile } = upstream;
  const { studio } = world;
  const app = new Hono<UpstreamEnv>({ strict: true });

  const newest = (): Sliceable<Row> =>
    lazily([...studio.collections.values()].reverse(), (collection) =>
      rows.collectionRow(collection, volatile),
    );

  /** An unknown collection is a 404 on every path below it. */
  const inCollection =
    (answer: CollectionAnswer) =>
    (context: UpstreamContext): Response => {
      const collection = studio.collections.get(Number(context.req.param("id")));
      return collection ? answer(context, collection) : refuse("404", "");
    };

  const list = (name: string, read: (collection: Collection) => Sliceable<Row>): CollectionAnswer => {
    return (context, collection) =>
      answerList(context, perPage.collection, (paging, path) =>
        dialectOf(upstream).unknownList(name, read(collection), paging, path),
      );
  };

  app.get("/dashboard_listings", (context) =>
    answerList(context, perPage.listing, (paging) => dialectOf(upstream).listing(newest(), paging)),
  );
  app.get("/collections", (context) =>
    answerList(context, perPage.studio, (paging, path) =>
      dialectOf(upstream).knownList(newest(), paging, path),
    ),
  );
  app.get(
    "/collections/:id",
    inCollection((context, collection) =>
      context.json(dialectOf(upstream).object(rows.collectionRow(collection, volatile))),
    ),
  );
  app.get(
    "/collections/:id/before_show",
    inCollection((context, collection) => {
      const { id, name, photoCount } = collection;
      const galleries = rows.galleryRows(collection);
      return context.json({ data: { collection: { id, name, photo_count: photoCount }, galleries } });
    }),
  );
  app.get(
    "/collections/:id/galleries",
    inCollection((context, collection) => context.json({ data: rows.galleryRows(collection) })),
  );
  app.get(
    "/collections/:id/favorites",
    inCollection(
      list("favorites", (collection) =>
        upstream.dialect === "grouped"
          ? rows.favoriteGroups(collection, volatile)
          : rows.favoriteRows(collection, volatile),
      ),
    ),
  );
  app.get(
    "/collections/:id/downloads/",
    inCollection(list("downloads", (collection) => rows.downloadRows(collection, volatile, () => true))),
  );
  app.get(
    "/collections/:id/photo_downloads",
    inCollection(
      list("photo_downloads", (collection) =>
        rows.downloadRows(collection, volatile, ({ kind }) => kind !== "video"),
      ),
    ),
  );
  app.get(
    "/collections/:id/gallery_video_downloads",
    inCollection(
      list("video_downloads", (collection) =>
        rows.downloadRows(collection, volatile, ({ kind }) => kind === "video"),
      ),
    ),
  );
  app.get(
    "/collections/:id/photo_sharing_links",
    inCollection(list("sharing_links", (collection) => rows.linkRows(collection, volatile, world.now()))),
  );
  app.get(
    "/collections/:id/clients",
    inCollection((context, collection) =>
      answerList(context, perPage.collection, (paging, path) =>
        dialectOf(upstream).knownList(rows.clientRows(collection), paging, path),
      ),
    ),
  );
  app.get(
    "/collections/:id/visitor_emails",
    inCollection((context, { clients }) =>
      context.json({ data: clients.flatMap(({ email }) => (email === null ? [] : [email])) }),
    ),
  );
  app.get("/photos/starred", (context) =>
    answerList(context, perPage.collection, (paging, path) =>
      dialectOf(upstream).unknownList("photos", rows.starredRows(studio, volatile), paging, path),
    ),
  );
  const { username, email, businessName } = studio.owner;
  app.get("/user", (context) => context.json({ data: { id: 77_041, username, email } }));
  app.get("/data/bootstrap", (context) =>
    context.json({ data: { user: { username, email }, profile: { business_name: businessName } } }),
  );
  return app;
}
