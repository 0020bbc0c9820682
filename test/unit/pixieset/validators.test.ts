import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createUpstreamMemory, type UpstreamMemory } from "../../../src/pixieset/session.js";
import {
  type Asked,
  afterReading,
  askable,
  nothingAsked,
  speaksOf,
  validatorsOf,
} from "../../../src/pixieset/validators.js";
import { firstLook } from "../../support/readings.js";
import { listOf, openGate, type Reply, type Seen, startUpstream } from "./upstream-server.js";

const source = { id: "src_1", account: "acc_1", resource: "invoices", scope: null } as const;
const tagOf = (text: string) => `"${createHash("sha1").update(text).digest("base64")}"`;

describe("a list of a server that gives validators", () => {
  let rows = [1, 2, 3, 4, 5];
  let reply: (seen: Seen, honest: Reply) => Reply = (_seen, honest) => honest;
  let server: Awaited<ReturnType<typeof startUpstream>>;
  let memory: UpstreamMemory;

  beforeEach(async () => {
    rows = [1, 2, 3, 4, 5];
    reply = (_seen, honest) => honest;
    memory = createUpstreamMemory();
    server = await startUpstream((seen) => {
      const page = Number(seen.query.get("page") ?? 1);
      const data = rows.slice((page - 1) * 2, page * 2).map((id) => ({ id, invoice_number: `N${id}` }));
      const meta = { last_page: Math.ceil(rows.length / 2), total: rows.length };
      const body = JSON.stringify({ data, meta });
      const headers = { etag: tagOf(body) };
      const isSame = seen.headers["if-none-match"] === headers.etag;
      return reply(seen, isSame ? { status: 304, headers, body: "" } : { headers, body });
    });
  });
  afterEach(() => server.stop());

  const read = (how: object = {}) => {
    server.requests.length = 0;
    const reading = { ...firstLook(), identity: "id" as const, fresh: false, ...how };
    return server.withMemory(memory).read(source, reading, openGate());
  };
  const keys = async (how?: object) =>
    listOf(await read(how))
      .records.map(({ key }) => Number(key))
      .sort();
  const conditions = () => server.requests.map(({ headers }) => headers["if-none-match"] !== undefined);

  it("is asked for only if it changed, and is the one that is remembered when it did not", async () => {
    const first = listOf(await read());
    expect(conditions()).toEqual([false, false, false]);
    const second = listOf(await read());
    expect(conditions()).toEqual([true, true, true]);
    expect(second.content).toBe(first.content);
    expect(second).toMatchObject({ complete: true, pages: 3 });
    rows = [1, 2, 3, 4, 6];
    expect(await keys()).toEqual([1, 2, 3, 4, 6]);
    rows = [9, 1, 2, 3, 4, 6];
    expect(await keys()).toEqual([1, 2, 3, 4, 6, 9]);
    expect(await keys()).toEqual([1, 2, 3, 4, 6, 9]);
    // The last page is full: what lies behind it is asked for, too.
    expect(conditions()).toEqual([true, true, true, true]);
  });

  it("is asked for as a whole by a reading that is to be fresh, and by another source", async () => {
    await read();
    await keys({ fresh: true });
    expect(conditions()).toEqual([false, false, false]);
    server.requests.length = 0;
    const other = { ...source, id: "src_2" };
    await server.withMemory(memory).read(other, { ...firstLook(), identity: "id", fresh: false }, openGate());
    expect(conditions()).toEqual([false, false, false]);
  });

  it("that says 304 where nothing was sent failed, and is not empty", async () => {
    reply = () => ({ status: 304 });
    expect(await read()).toMatchObject({ kind: "transient" });
  });

  it("that says 304 of something else is asked again without validators", async () => {
    await read();
    rows = [7, 8];
    reply = (seen, honest) =>
      seen.headers["if-none-match"] ? { status: 304, headers: { etag: '"another"' } } : honest;
    expect(await keys()).toEqual([7, 8]);
    expect(conditions()).toEqual([true, false]);
    reply = () => ({ status: 304, headers: { etag: '"another"' } });
    expect(await read()).toMatchObject({ kind: "transient" });
  });

  it("is looked at behind a challenge that comes with 304", async () => {
    await read();
    reply = () => ({ status: 304, headers: { "cf-mitigated": "challenge" } });
    expect(await read()).toMatchObject({ kind: "challenged" });
  });

  it("whose answer was not good is not remembered with a validator", async () => {
    const good = reply;
    for (const body of ['{"error":"Unauthorized"}', '{"data":[{"id":1}', '{"other":1}']) {
      reply = () => ({ headers: { etag: '"bad"' }, body });
      expect((await read()).kind).not.toBe("scan");
      reply = good;
      await read();
      expect(conditions()).toEqual([false, false, false]);
      memory = createUpstreamMemory();
    }
  });
});

describe("validators", () => {
  const asked = (hash: string, bodyAt: number, etag = '"a"'): Asked => {
    return { address: "{}", hash, validators: { etag, lastModified: null }, bodyAt };
  };

  it("of a time count only when it was long past", () => {
    const now = "Fri, 20 Nov 2026 10:15:00 GMT";
    const given = (lastModified: string) => validatorsOf({ date: now, "last-modified": lastModified });
    expect(given("Fri, 20 Nov 2026 10:14:30 GMT")).toBeNull();
    expect(given("Fri, 20 Nov 2026 10:14:00 GMT")).not.toBeNull();
    expect(validatorsOf({ "last-modified": "Fri, 20 Nov 2026 10:14:00 GMT" })).toBeNull();
  });

  it("are none when they are not written as they should be, or are too long", () => {
    expect(validatorsOf({ etag: "abc" })).toBeNull();
    expect(validatorsOf({ etag: `"${"a".repeat(300)}"` })).toBeNull();
    expect(validatorsOf({ etag: 'W/"abc"' })).toEqual({ etag: 'W/"abc"', lastModified: null });
  });

  it("speak of the same page when a server marks them for being compressed", () => {
    expect(speaksOf({ etag: '"a-gzip"', lastModified: null }, { etag: 'W/"a"' })).toBe(true);
    expect(speaksOf({ etag: '"a"', lastModified: null }, { etag: '"b"' })).toBe(false);
  });

  it("are believed for an hour after the bytes were given", () => {
    const known = afterReading(nothingAsked, [asked("x", 1_000)]);
    expect(askable(known, "{}", 3_600_999)?.hash).toBe("x");
    expect(askable(known, "{}", 3_601_000)).toBeUndefined();
  });

  it("are never sent again when other bytes came under the same", () => {
    const lied = afterReading(afterReading(nothingAsked, [asked("x", 1_000)]), [asked("y", 2_000)]);
    expect(askable(lied, "{}", 3_000)).toBeUndefined();
    const later = afterReading(lied, [asked("z", 3_000, '"b"')]);
    expect(askable(later, "{}", 3_000)).toBeUndefined();
  });
});
