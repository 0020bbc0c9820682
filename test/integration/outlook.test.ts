import { afterAll, afterEach, expect, test } from "vitest";
import { lookInto } from "../../src/dashboard/account-page.js";
import { budgetSteps } from "../../src/domain/budget-options.js";
import { createEventService } from "../../src/operations/events.js";
import { createSimulator } from "../../src/simulator/simulator.js";
import { createMachine } from "../support/machine.js";
import { startTestRedis } from "../support/redis.js";

const redis = await startTestRedis();
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => redis.close());

/** A studio of four collections that was read once. */
async function prepare(floodThreshold: number) {
  await redis.flush();
  const simulator = await createSimulator({ seed: 7, collections: 4, renewEvery: 0 });
  const machine = createMachine({ ...simulator, socketPath: redis.socketPath, clock: { offset: 0 } });
  open.push(simulator, machine);
  const created = await machine.accounts.create({
    name: "Smith Studio",
    session: { cookies: simulator.cookies },
    resources: ["favorites", "invoices"],
    collections: "all",
    polling: { requestsPerMinute: 600, minIntervalSeconds: 1, maxIntervalMinutes: 60 },
    timezone: "UTC",
    backfill: false,
    floodThreshold,
  });
  if (created.kind !== "created") throw new Error(created.detail);
  await machine.settle();
  return { simulator, machine, id: created.account.id };
}

test("one look says what is polled, what the budget buys, and what others would", async () => {
  const { simulator, machine, id } = await prepare(200);
  const { accounts } = machine;
  const budgets = budgetSteps(600);
  const outlook = await accounts.outlook(id, budgets);
  const [sources, forecast] = [await accounts.sources(id), await accounts.forecast(id)];
  expect(outlook?.sources.map((source) => source.id)).toEqual(sources?.map((source) => source.id));
  expect(outlook?.sources).toHaveLength(6);
  expect(outlook?.sources.every(({ expectedDelaySeconds }) => expectedDelaySeconds !== null)).toBe(true);
  expect(outlook?.forecast).toMatchObject({ sources: 6, requestsPerMinute: 600 });
  expect(outlook?.forecast.options).toHaveLength(forecast?.options.length ?? 0);
  expect(outlook?.weighed.map(({ requestsPerMinute }) => requestsPerMinute)).toEqual(budgets);
  const asSet = outlook?.forecast.options.find(({ requestsPerMinute }) => requestsPerMinute === 600);
  expect(outlook?.weighed.find(({ requestsPerMinute }) => requestsPerMinute === 600)).toEqual(asSet);
  const delays = (outlook?.weighed ?? []).map(({ expectedDelaySeconds }) => expectedDelaySeconds ?? 0);
  expect(delays).toEqual(delays.toSorted((a, b) => b - a));

  simulator.expireSession("redirect-login");
  await accounts.requestPoll(id);
  await machine.settle();
  const ended = await accounts.outlook(id, budgets);
  expect(ended?.weighed).toEqual([]);
  expect(ended?.sources.map(({ nextPollAt }) => nextPollAt)).toEqual(Array(6).fill(null));
  expect(await accounts.outlook("acc_0000000000000000")).toBeNull();
});

test("a look into a flood shows what was held back, and nothing that came before or after", async () => {
  const { simulator, machine, id } = await prepare(3);
  const { accounts, parts } = machine;
  const poll = async () => {
    await accounts.requestPoll(id);
    await machine.settle();
  };
  const [collection = 0] = simulator.studio.collections.keys();
  for (const count of [2, 8, 3]) {
    simulator.addFavorites({ collection: String(collection), count });
    await poll();
  }
  const services = { events: createEventService(parts.store) };
  const [hold, ...others] = (await accounts.holds(id)) ?? [];
  if (!hold) throw new Error("nothing was held back");
  expect(others).toEqual([]);
  const everything = { matched: null, client: null, collection: null, since: null, until: null };
  const { data } = await services.events.list({
    ...everything,
    account: id,
    types: ["favorite.*"],
    order: "asc",
    limit: 50,
    after: null,
  });
  expect(data).toHaveLength(13);
  const held = new Set(data.slice(2, 10).map((body) => JSON.parse(body).id));
  const { examples } = await lookInto(hold, { services, describe: ({ type }) => type });
  expect(examples.map(({ sentence }) => sentence)).toEqual(Array(5).fill("favorite.added"));
  expect(examples.filter((example) => !held.has(example.id))).toEqual([]);
});
