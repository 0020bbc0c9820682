import { afterEach, describe, expect, it } from "vitest";
import { importCookies } from "../../../src/pixieset/cookies.js";
import { type Reply, readOf, type Seen, startUpstream } from "./upstream-server.js";

const toLogin: Reply = { status: 302, headers: { location: "/login" } };
const unauthorized: Reply = { status: 401, body: { error: "Unauthorized" } };
const empty: Reply = { body: { data: [], meta: { total: 0 } } };

const hostOf = ({ path }: Seen) => (path.startsWith("/studio/") ? "studio" : "gallery");
const pathsOf = (requests: readonly Seen[]) => requests.map(({ path }) => path.replace("/api/v1", ""));

/** What a host with a good session answers. */
const good = ({ path }: Seen): Reply => (path.endsWith("/user") ? { body: { data: { name: "S" } } } : empty);

describe("a session that one host refuses", () => {
  let stop = async () => {};
  afterEach(() => stop());

  async function start(answers: { gallery: (seen: Seen) => Reply; studio: (seen: Seen) => Reply }) {
    const server = await startUpstream((seen) => answers[hostOf(seen)](seen));
    stop = server.stop;
    return server;
  }

  it("the studio, while the galleries take it: that list alone is shut, and the reason says what to do", async () => {
    const server = await start({ gallery: good, studio: () => toLogin });
    expect(await readOf(server.upstream, "invoices")).toEqual({
      kind: "forbidden",
      reason:
        "Pixieset Studio does not accept this session: sign in to Studio with your browser and hand over its cookies too",
    });
    expect(pathsOf(server.requests)).toEqual([
      "/studio/invoices/",
      "/studio/notifications/all",
      "/gallery/user",
    ]);
    expect((await readOf(server.upstream, "favorites")).kind).toBe("scan");
  });

  it("the studio: its other lists cost no further probes, until the session is another", async () => {
    const server = await start({ gallery: good, studio: () => toLogin });
    await readOf(server.upstream, "invoices");
    const before = server.requests.length;
    for (const resource of ["payments", "clients", "quotes"] as const) {
      expect((await readOf(server.upstream, resource)).kind).toBe("forbidden");
    }
    expect(server.requests.length - before).toBe(3);
    const imported = importCookies("gallery_dashboard_session=other", server.hosts);
    if (imported.kind !== "imported") throw new Error(imported.reason);
    server.stored.session = imported.session;
    await readOf(server.upstream, "payments");
    expect(server.requests.length - before).toBe(6);
  });

  it("both: it is expired", async () => {
    const server = await start({ gallery: () => unauthorized, studio: () => toLogin });
    expect(await readOf(server.upstream, "invoices")).toMatchObject({ kind: "expired" });
  });

  it("the studio, while the galleries are in trouble: nothing is decided yet", async () => {
    const server = await start({ gallery: () => ({ status: 502 }), studio: () => toLogin });
    expect(await readOf(server.upstream, "invoices")).toEqual({
      kind: "transient",
      reason: "Pixieset Galleries answered 502",
      afterMs: null,
    });
  });

  it("the galleries: it is expired, even when the studio is good, and the reason names the host", async () => {
    const server = await start({ gallery: () => unauthorized, studio: good });
    expect(await readOf(server.upstream, "favorites")).toEqual({
      kind: "expired",
      reason: "Pixieset Galleries answered 401 (Unauthorized)",
    });
    expect(server.requests.every((seen) => hostOf(seen) === "gallery")).toBe(true);
  });

  it("the studio, for an account without cookies of the galleries: the studio alone decides", async () => {
    const server = await start({ gallery: good, studio: () => unauthorized });
    const jar = JSON.stringify([
      { name: "s", value: "1", domain: "127.0.0.1", path: "/studio", hostOnly: true },
    ]);
    const imported = importCookies(jar, server.hosts);
    if (imported.kind !== "imported") throw new Error(imported.reason);
    server.stored.session = imported.session;
    expect(await readOf(server.upstream, "invoices")).toEqual({
      kind: "expired",
      reason: "Pixieset Studio answered 401 (Unauthorized)",
    });
    expect(server.requests.every((seen) => hostOf(seen) === "studio")).toBe(true);
    expect(await readOf(server.upstream, "favorites")).toEqual({
      kind: "forbidden",
      reason:
        "Pixieset Galleries does not accept this session: sign in to Galleries with your browser and hand over its cookies too",
    });
  });
});
