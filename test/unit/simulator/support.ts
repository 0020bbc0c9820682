import { afterEach } from "vitest";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../../src/simulator/simulator.js";

/** A fixed moment, so that a studio's past is the same in every run. */
export const fixedMoment = Date.parse("2026-11-20T10:15:00.000Z");

const open: Simulator[] = [];

export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const started = await createSimulator({ seed: 7, ...options });
  open.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** A GET with the simulator's cookies; redirects are not followed. */
export function get(target: Simulator, url: string, init: RequestInit = {}): Promise<Response> {
  const headers = { cookie: target.cookies, accept: "application/json" };
  return fetch(url, { redirect: "manual", headers, ...init });
}

export async function post(url: string, body: unknown = {}): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}
