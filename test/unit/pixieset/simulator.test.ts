import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/domain/json.js";
import { resourceNames, type SourceRecord } from "../../../src/domain/record.js";
import { createUpstreamClient, type UpstreamClient } from "../../../src/pixieset/client.js";
import { importCookies, type StoredSession } from "../../../src/pixieset/cookies.js";
import { createServerFetcher } from "../../../src/pixieset/server-fetcher.js";
import { createUpstream } from "../../../src/pixieset/session.js";
import { createSimulator, type Simulator } from "../../../src/simulator/simulator.js";
import { firstLook } from "../../support/readings.js";
import { openGate, scanOf } from "./upstream-server.js";

const dialects = ["flat", "grouped", "bare", "stringly"] as const;

/** What a change is judged by: everything but what is named as volatile. */
const compared = ({ key, fields, client, volatile = [] }: SourceRecord): [string, JsonObject] => [
  key,
  {
    ...Object.fromEntries(Object.entries(fields).filter(([name]) => !volatile.includes(name))),
    client: client && { ...client },
  },
];

describe.each(dialects)("the simulator's dialect %s", (dialect) => {
  let simulator: Simulator;
  let client: UpstreamClient;
  beforeAll(async () => {
    simulator = await createSimulator({ dialect, renewEvery: 3, collections: 30, invoices: 130 });
    client = createUpstreamClient(simulator);
  });
  afterAll(async () => {
    await client.close();
    await simulator.close();
  });

  function connect() {
    const imported = importCookies(simulator.cookies, simulator);
    if (imported.kind !== "imported") throw new Error(imported.reason);
    let { session } = imported;
    const keeper = {
      loadSession: async () => session,
      saveSession: async (renewed: StoredSession) => {
        session = renewed;
      },
    };
    return createUpstream({ fetcher: createServerFetcher(client, keeper) });
  }

  it("knows whose session it is", async () => {
    const { owner } = simulator.studio;
    const probe = await connect().probe(openGate());
    expect(probe).toMatchObject({ kind: "active", user: { email: owner.email } });
  });

  it.each(resourceNames)("%s: every row is read, twice alike", async (resource) => {
    const upstream = connect();
    const collection = [...simulator.studio.collections.values()].sort(
      (a, b) => b.favorites.size - a.favorites.size,
    )[0];
    const scope = { id: String(collection?.id), name: null };
    const source = { id: "src_1", account: "acc_1", resource, scope };
    const first = scanOf(await upstream.read(source, firstLook(), openGate()));
    const second = scanOf(await upstream.read(source, firstLook(first.paging), openGate()));
    expect(first.unreadable).toEqual({ count: 0, reasons: [] });
    // A list that has neither pages nor counts is known to be whole when it is read the second time.
    const isUnpaged = dialect === "bare" && !first.complete;
    expect([first.complete || isUnpaged, second.complete]).toEqual([true, true]);
    expect(second.records.map(compared)).toEqual(first.records.map(compared));
    const { studio } = simulator;
    const counts: Record<string, number | undefined> = {
      collections: studio.collections.size,
      favorites: collection?.favorites.size,
      downloads: collection?.downloads.size,
      sharing_links: collection?.links.size,
      starred_photos: studio.starred.size,
      invoices: studio.invoices.size,
      payments: studio.payments.size,
      clients: studio.clients.size,
    };
    if (resource in counts) expect(first.records).toHaveLength(counts[resource] ?? -1);
    expect(JSON.stringify(first)).not.toMatch(/Signature=|download_pin|private_password/);
  });
});
