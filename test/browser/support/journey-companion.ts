import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Json } from "../../support/service.js";
import type { Person } from "./person-companion.js";
import { type CompanionWorld, startCompanionWorld } from "./world-companion.js";

/** A world for the tests of a file; after each of them its browsers are closed and its accounts deleted. */
export function useCompanionWorld(begin: (world: CompanionWorld) => void): void {
  let world: CompanionWorld | undefined;
  beforeAll(async () => {
    world = await startCompanionWorld();
    begin(world);
  });
  afterEach(() => world?.leave());
  afterAll(() => world?.close());
}

/** How long something may take on a busy machine that no clock delays, in milliseconds. */
export const patience = 20_000;

/** Waits until the session of an account is so. */
export async function expectSession(
  world: CompanionWorld,
  account: string,
  status: string,
  timeout = patience,
): Promise<Json> {
  const look = async () => (await world.api("GET", `/v1/accounts/${account}`)).session.status;
  await expect.poll(look, { timeout, interval: 100 }).toBe(status);
  return world.api("GET", `/v1/accounts/${account}`);
}

/** Waits until the browser that reads an account is there, or counts as closed. */
export async function expectBrowser(
  world: CompanionWorld,
  account: string,
  status: "connected" | "away",
  timeout = patience,
): Promise<void> {
  const look = async () => (await world.api("GET", `/v1/accounts/${account}`)).browser.status;
  await expect.poll(look, { timeout, interval: 100 }).toBe(status);
}

/** Lets every list be read now, and fails when one of them cannot be. */
export async function readAll(world: CompanionWorld, account: string): Promise<void> {
  const { failed } = await world.api("POST", `/v1/accounts/${account}/poll?wait=true`);
  expect(failed).toEqual([]);
}

/** What was told of an account since it was made: of its lists, and of pixiehook itself. */
async function told(world: CompanionWorld, account: string) {
  const { data } = await world.api("GET", `/v1/events?account=${account}&order=asc&limit=200`);
  const isOwn = ({ data: { detected } }: Json) => detected.resource === "service";
  return {
    own: data.filter(isOwn),
    changes: data
      .filter((event: Json) => !isOwn(event))
      .map(lineOf)
      .sort(),
  };
}

const lineOf = ({ type, data: { collection, object } }: Json): string =>
  `${type} ${object.id} in ${collection.id}`;

/** Compares what is told of an account with what is done at Pixieset from now on. */
export interface Ledger {
  /**
   * Waits until all that was done is told, and lets everything be read twice more: nothing came twice, and nothing that
   * was not done. `own`: what pixiehook must have told of itself by then, in order.
   */
  expectTold(own?: readonly string[], timeout?: number): Promise<void>;
  /** What is told of the lists so far, a line each, in the order of the alphabet. */
  changes(): Promise<string[]>;
  /** What pixiehook told of itself so far, oldest first. */
  own(): Promise<Json[]>;
}

/** Opened once an account has read everything: what was there before is told to nobody. */
export function openLedger(world: CompanionWorld, account: string): Ledger {
  const { simulator } = world;
  const from = simulator.oracle().at(-1)?.sequence ?? 0;
  const done = () =>
    simulator
      .oracle()
      .filter(({ sequence }) => sequence > from)
      .map(({ kind, favorite, collection }) => `${kind} ${favorite} in ${collection}`)
      .sort();
  const own = async () => (await told(world, account)).own;
  const changes = async () => (await told(world, account)).changes;
  return {
    own,
    changes,
    async expectTold(wanted = [], timeout = patience) {
      await expect.poll(changes, { timeout, interval: 200 }).toEqual(done());
      for (let time = 0; time < 2; time++) await readAll(world, account);
      expect(await changes()).toEqual(done());
      expect((await own()).map(({ type }: Json) => type)).toEqual(wanted);
    },
  };
}

/** An account that somebody's browser reads, and has read once. */
export async function readingByBrowser(
  world: CompanionWorld,
): Promise<{ readonly account: string; readonly person: Person; readonly ledger: Ledger }> {
  const account = await world.connect();
  const person = await world.open();
  await person.signIn();
  await person.pair(account);
  await world.api("PATCH", `/v1/accounts/${account}`, { readBy: "browser" });
  await person.pass(1);
  await expectSession(world, account, "active");
  await expectBrowser(world, account, "connected");
  await readAll(world, account);
  return { account, person, ledger: openLedger(world, account) };
}
