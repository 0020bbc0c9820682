import { setTimeout as sleep } from "node:timers/promises";
import type { HandedCookie } from "../../../src/domain/companion.js";
import type { CompanionState } from "../../../src/services/companions.js";
import { type Handler, reply, startFakeServer } from "./fake-server.js";

/** What the companion handed over. */
export interface HandedOver {
  readonly cookies: readonly HandedCookie[] | undefined;
  readonly userAgent: string;
}

/** What it said of an errand. */
export interface Answered {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly failure?: string;
}

type Problem = { readonly status: number; readonly code: string };

/** The service's side of docs/companion-protocol.md, with answers that a test decides on. */
export interface FakeNotifier {
  readonly url: string;
  /** Makes a link, good once. */
  link(): string;
  /** Begins anew: no companion is paired, nothing was handed over. */
  reset(state?: Partial<CompanionState>): void;
  state(): CompanionState;
  /** The next epoch begins with this status. */
  lose(status: "expired" | "challenged"): void;
  set(change: Partial<CompanionState>): void;
  /** What hand-overs are answered with instead of the state; null: they are taken. */
  refuseWith(problem: Problem | null): void;
  /** Ends the pairing as the dashboard does. */
  end(): void;
  readonly isPaired: () => boolean;
  readonly handedOver: readonly HandedOver[];
  readonly asked: () => number;
  readonly signIns: readonly string[];
  /** Asks the browser for a page, and waits for what comes of it. */
  errand(url: string, more?: Partial<ErrandOrder>): Promise<Answered>;
  /** How many errands were out at once, at most. */
  readonly mostAtOnce: () => number;
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface ErrandOrder {
  readonly headers: Readonly<Record<string, string>>;
  readonly withinMs: number;
  readonly maxBodyBytes: number;
}

const token = "pxc_0123456789abcdef_the-token";
const userAgentOf = (headers: NodeJS.Dict<string | string[]>) => String(headers["user-agent"]);

/** `hosts`: the base addresses of the two hosts. */
export async function startFakeNotifier(hosts: CompanionState["hosts"]): Promise<FakeNotifier> {
  const first: CompanionState = {
    account: { id: "acc_0123456789abcdef", name: "Smith Studio" },
    session: { status: "expired", reason: "The session ended.", epoch: 1 },
    readBy: "server",
    hosts,
    signInUrl: `${new URL(hosts.gallery).origin}/sign-in`,
  };
  let state = first;
  let isPaired = false;
  let refusal: Problem | null = null;
  let asked = 0;
  let out = 0;
  let mostAtOnce = 0;
  let codes = 0;
  const good = new Set<string>();
  const handedOver: HandedOver[] = [];
  const signIns: string[] = [];
  const waiting: {
    readonly id: string;
    readonly order: object;
    readonly done: (answer: Answered) => void;
  }[] = [];
  const taken = new Map<string, (answer: Answered) => void>();

  let errands = 0;
  const errand: FakeNotifier["errand"] = (page, more = {}) => {
    const order = {
      url: page,
      headers: { accept: "application/json" },
      withinMs: 10_000,
      maxBodyBytes: 1_000_000,
    };
    return new Promise((done) => {
      waiting.push({ id: `err_${++errands}`, order: { ...order, ...more }, done });
    });
  };

  const routes: Record<string, (...given: Parameters<Handler>) => void | Promise<void>> = {
    "POST /pair": (_request, response, body) => {
      const { code } = JSON.parse(body) as { code: string };
      if (!good.delete(code))
        return reply(response, 404, { code: "pairing_unknown", detail: "Unknown code." });
      isPaired = true;
      return reply(response, 201, { companion: "cmp_1", token, state });
    },
    "GET /state": (_request, response) => {
      asked++;
      reply(response, 200, state);
    },
    "DELETE /pairing": (_request, response) => {
      isPaired = false;
      return reply(response, 204, undefined);
    },
    "PUT /session": async (request, response, body) => {
      const { cookies } = JSON.parse(body) as { cookies?: HandedCookie[] };
      // Whether somebody is signed in is asked through the browser, before it is answered.
      if (state.readBy === "browser") await errand(`${hosts.gallery}/user`);
      handedOver.push({ cookies, userAgent: userAgentOf(request.headers) });
      if (refusal !== null) return reply(response, refusal.status, { code: refusal.code, detail: "No." });
      const { epoch } = state.session;
      state = { ...state, session: { status: "active", reason: null, epoch: epoch + 1 } };
      return reply(response, 200, state);
    },
    "POST /errands/take": async (_request, response, body) => {
      const { waitSeconds, signIn } = JSON.parse(body) as { waitSeconds: number; signIn: string };
      signIns.push(signIn);
      const until = Date.now() + waitSeconds * 1_000;
      while (waiting.length === 0 && Date.now() < until && state.readBy === "browser" && !response.destroyed)
        await sleep(20);
      const next = response.destroyed ? undefined : waiting.shift();
      if (next !== undefined) {
        taken.set(next.id, next.done);
        mostAtOnce = Math.max(mostAtOnce, ++out);
      }
      reply(response, 200, { state, errand: next === undefined ? null : { id: next.id, ...next.order } });
    },
  };

  const handle: Handler = async (request, response, body) => {
    const path = (request.url ?? "").replace(/^\/companion\/v1/, "");
    const route = `${request.method} ${path}`;
    const isAllowed = isPaired && request.headers.authorization === `Bearer ${token}`;
    if (route !== "POST /pair" && !isAllowed)
      return reply(response, 401, { code: "unauthorized", detail: "Unknown token." });
    const answered = /^POST \/errands\/(.+)\/answer$/.exec(route)?.[1];
    if (answered === undefined) return (await routes[route]?.(request, response, body)) ?? undefined;
    const done = taken.get(answered);
    if (done === undefined) return reply(response, 404, { code: "errand_over", detail: "Over." });
    out--;
    taken.delete(answered);
    done(JSON.parse(body) as Answered);
    return reply(response, 204, null);
  };
  const server = await startFakeServer(handle);
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    isPaired: () => isPaired,
    handedOver,
    signIns,
    asked: () => asked,
    mostAtOnce: () => mostAtOnce,
    state: () => state,
    link() {
      const code = `7K2M-9QXD-${String(++codes).padStart(4, "0")}`;
      good.add(code);
      return `${url}/companion#${code}`;
    },
    reset(change = {}) {
      state = { ...first, ...change };
      isPaired = false;
      refusal = null;
      asked = 0;
      out = 0;
      for (const list of [handedOver, signIns, waiting]) list.length = 0;
    },
    lose(status) {
      const { epoch } = state.session;
      state = { ...state, session: { status, reason: "Lost.", epoch: epoch + 1 } };
    },
    set(change) {
      state = { ...state, ...change };
    },
    refuseWith(problem) {
      refusal = problem;
    },
    end() {
      isPaired = false;
    },
    errand,
    stop: server.stop,
    start: server.start,
  };
}
