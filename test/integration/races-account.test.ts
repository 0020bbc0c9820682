import { describe, expect, test } from "vitest";
import type { ReadOutcome } from "../../src/domain/upstream.js";
import { createGate } from "../../src/pipeline/gate.js";
import { restoreSession } from "../../src/pipeline/session.js";
import type { PollTicket } from "../../src/services/accounts.js";
import { createJarKeeper } from "../../src/store/jars.js";
import { createVault } from "../../src/store/secrets.js";
import { createStore } from "../../src/store/store.js";
import { many, refused, type Scripted, scan } from "../support/scripted.js";
import { useScripted } from "../support/use-scripted.js";

let studio: Scripted;

useScripted((opened) => {
  studio = opened;
});

const hour = 3_600_000;
const forbidden: ReadOutcome = { kind: "forbidden", reason: "The session has no cookies for this host" };
const passing: ReadOutcome = { kind: "transient", reason: "502", afterMs: null };
const state = async () => (await studio.store.sources.get(studio.account, studio.source()))?.state;

async function asked(): Promise<PollTicket> {
  const answer = await studio.machine.accounts.requestPoll(studio.account);
  if (answer?.kind !== "queued") throw new Error("not queued");
  return answer.ticket;
}

describe("a source", () => {
  test("that fails is told once, and once that it is well again, also when its list is as it was", async () => {
    studio.answer("invoices", scan(["a"]));
    await studio.poll();
    for (let round = 0; round < 2; round++) {
      studio.answer("invoices", refused);
      for (let i = 0; i < 5; i++) await studio.poll(hour);
      studio.answer("invoices", scan(["a"]));
      for (let i = 0; i < 2; i++) await studio.poll(hour);
    }
    const once = ["source.failing", "source.recovered"];
    expect(await studio.stated()).toEqual([...once, ...once]);
    expect(await state()).toMatchObject({ status: "active", failures: 0 });
  });

  test("that is polled by its index is said to be polled sooner when somebody asks for it", async () => {
    studio.answer("invoices", scan(["a"]));
    await studio.poll();
    const next = async () => {
      const sources = await studio.machine.accounts.sources(studio.account);
      return sources?.find(({ resource }) => resource === "invoices")?.nextPollAt;
    };
    const before = await next();
    await asked();
    expect(Date.parse((await next()) ?? "")).toBeLessThan(Date.parse(before ?? ""));
  });

  test("whose first looks are unsteady is still told when it fails", async () => {
    let look = 0;
    studio.answer("invoices", async () => scan([`r${look++}`], { complete: false }));
    for (let i = 0; i < 3; i++) await studio.poll();
    studio.answer("invoices", refused);
    for (let i = 0; i < 5; i++) await studio.poll(hour);
    expect(await studio.stated()).toEqual(["source.failing"]);
  });

  test("that is closed to us is told once, whatever came just before", async () => {
    studio.answer("invoices", scan(["a"]));
    await studio.poll();
    studio.answer("invoices", passing);
    await studio.poll();
    studio.answer("invoices", forbidden);
    for (let i = 0; i < 3; i++) await studio.poll(7 * hour);
    expect(await studio.stated()).toEqual(["source.failing"]);
  });

  test("that was never open to us is not told, nor when it hiccups once", async () => {
    studio.answer("invoices", forbidden);
    for (let i = 0; i < 3; i++) await studio.poll(7 * hour);
    studio.answer("invoices", passing);
    await studio.poll(7 * hour);
    studio.answer("invoices", forbidden);
    await studio.poll(7 * hour);
    expect(await studio.stated()).toEqual([]);
  });

  test("that is forgotten and wanted again says its news anew: flood, failure and all", async () => {
    const { account, store, machine } = studio;
    await store.accounts.update(account, (now) => ({ ...now, floodThreshold: 2 }));
    for (let life = 0; life < 2; life++) {
      await store.accounts.update(account, (now) => ({ ...now, resources: ["collections", "invoices"] }));
      studio.answer("invoices", scan([]));
      await studio.poll();
      studio.answer("invoices", scan(many(5)));
      await studio.poll();
      studio.answer("invoices", refused);
      for (let i = 0; i < 3; i++) await studio.poll(hour);
      for (const { id, status } of (await machine.accounts.holds(account)) ?? [])
        if (status === "held") await machine.accounts.resolveHold(account, id, "discard");
      await store.accounts.update(account, (now) => ({ ...now, resources: null }));
      await studio.poll();
    }
    const stated = await studio.stated();
    expect(stated.filter((type) => type === "flood.held")).toHaveLength(2);
    expect(stated.filter((type) => type === "source.failing")).toHaveLength(2);
    expect(await machine.accounts.holds(account)).toHaveLength(2);
  });

  test("that never holds still is not asked faster for a record that it lacks", async () => {
    await studio.store.accounts.update(studio.account, (now) => ({
      ...now,
      polling: { ...now.polling, minIntervalSeconds: 60 },
    }));
    studio.answer("collections", scan(["other lists are well"]));
    studio.answer("invoices", scan(["a", "b"]));
    await studio.poll();
    studio.answer("invoices", scan(["a"]));
    await studio.poll(61_000);
    studio.answer("invoices", scan(["a"], { complete: false }));
    await studio.poll(6_000);
    const next = (await studio.store.sources.nextPolls(studio.account)).get(studio.source()) ?? 0;
    expect(next - studio.machine.parts.now()).toBeGreaterThan(50_000);
    studio.answer("invoices", scan(["a"]));
    await studio.poll(61_000);
    expect(await studio.stated()).toEqual(["invoice.removed b"]);
  });

  test("that was closed to the old session is looked at at once with a new one", async () => {
    studio.answer("invoices", forbidden);
    await studio.poll();
    expect((await state())?.status).toBe("off");
    const account = await studio.store.accounts.get(studio.account);
    if (!account) throw new Error("no account");
    await restoreSession(
      account,
      { by: "cookies", jar: { cookies: "{}", userAgent: null }, user: null },
      studio.machine.parts,
    );
    studio.answer("invoices", scan(["a"]));
    await studio.poll(0);
    expect((await state())?.status).toBe("active");
  });
});

describe("a poll that is asked for", () => {
  test("while the source is being read is made after that, and waited for", async () => {
    await studio.store.accounts.update(studio.account, (now) => ({
      ...now,
      polling: { ...now.polling, minIntervalSeconds: 86_400 },
    }));
    await studio.poll();
    let ticket: PollTicket | undefined;
    studio.answer("invoices", async () => {
      ticket ??= await asked();
      return scan(["a"]);
    });
    await studio.poll(90_000_000);
    await studio.poll(0);
    if (!ticket) throw new Error("not asked");
    const report = await studio.machine.accounts.waitForPoll(
      studio.account,
      ticket,
      AbortSignal.timeout(2_000),
    );
    expect(report).toMatchObject({ kind: "done", polled: 2, failed: [] });
  });

  test("reports what it found, also when the worker was faster than the answer", async () => {
    await studio.poll();
    studio.answer("invoices", scan(["a"]));
    const ticket = await asked();
    await studio.poll();
    expect(
      await studio.machine.accounts.waitForPoll(studio.account, ticket, AbortSignal.timeout(2_000)),
    ).toEqual({ kind: "done", polled: 2, changed: 1, events: 1, failed: [] });
  });

  test("for an account that is being deleted leaves nothing of it", async () => {
    const { account, store } = studio;
    await store.accounts.remove(account);
    expect(await store.accounts.askForPoll(account)).toBe(0);
    expect(await studio.keysOf(account)).toEqual([]);
  });
});

describe("a session", () => {
  test("that is put in place between any two steps of a worker is never replaced by the one before", async () => {
    const { account, store, client } = studio;
    const vault = createVault([Buffer.alloc(32, 7)]);
    for (let at = 1; at <= 3; at++) {
      const before = await store.accounts.get(account);
      if (!before) throw new Error("no account");
      const renewed = { ...before.session, epoch: before.session.epoch + 1 };
      const jar = { cookies: `new ${at}`, userAgent: null };
      const renew = () => store.accounts.moveSession(account, before.session, renewed, { jar, events: [] });
      let commands = 0;
      const watched = new Proxy(client, {
        get(target, name) {
          const member = Reflect.get(target, name);
          if (typeof member !== "function" || name === "on") return member;
          return async (...args: unknown[]) => {
            if (++commands === at) await renew();
            return member.apply(target, args);
          };
        },
      });
      const worker = createStore(watched, vault).accounts;
      const found = await worker.jar(account);
      await worker.refreshJar(
        account,
        { cookies: `${found?.stored.cookies} refreshed`, userAgent: null },
        found?.epoch ?? 0,
      );
      expect(commands, "commands of a worker").toBeGreaterThanOrEqual(3);
      expect((await store.accounts.jar(account))?.stored.cookies, `before command ${at}`).toMatch(
        new RegExp(`^new ${at}`),
      );
    }
  });

  test("is not replaced by an older one that is still being read with, though both are of one worker", async () => {
    const { account, store } = studio;
    const keeper = createJarKeeper(store.accounts, account);
    const older = await keeper.loadSession();
    const known = await store.accounts.get(account);
    if (!known || !older) throw new Error("no account");
    const jar = { cookies: "new", userAgent: null };
    const renewed = { ...known.session, epoch: known.session.epoch + 1 };
    await store.accounts.moveSession(account, known.session, renewed, { jar, events: [] });
    const newer = await keeper.loadSession();
    await keeper.saveSession({ ...older, cookies: "old" }, older);
    expect((await keeper.loadSession())?.cookies).toBe("new");
    const first = { ...jar, cookies: "first" };
    await keeper.saveSession(first, newer ?? jar);
    await keeper.saveSession({ ...jar, cookies: "second" }, first);
    expect((await keeper.loadSession())?.cookies).toBe("second");
  });

  test("that is tried out has its turn while a long list waits for its budget, and not while it is read", async () => {
    const { account, store, machine } = studio;
    const known = await store.accounts.get(account);
    if (!known) throw new Error("no account");
    const polling = { ...known.polling, requestsPerMinute: 1 };
    await store.accounts.update(account, (settings) => ({ ...settings, polling }));
    const leave = new AbortController();
    const stop = { draining: leave.signal, abort: leave.signal };
    const gate = createGate({ ...known, polling }, "poll", store.budget, {
      stop,
      now: machine.parts.now,
      until: 0,
    });
    expect(await gate.enter()).toBe(true);
    expect(await store.budget.take(account, "probe", 6_000, 0)).toBe(50);
    const waits = gate.enter();
    // Nothing but the budget keeps it now.
    await expect.poll(() => store.budget.look(account, "probe", 6_000, 0)).toBeGreaterThan(50_000);
    leave.abort();
    expect(await waits).toBe(false);
  });
});
