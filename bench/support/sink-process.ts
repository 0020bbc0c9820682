// Receivers of webhooks: what it costs to receive is nobody else's time.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { moment } from "./moment.js";
import { listenPlainly } from "./plain-receiver.js";
import { serve } from "./remote.js";
import type { Receipt, SinkCalls } from "./sink.js";

interface Came {
  readonly at: number;
  times: number;
}

const receivers = new Map<string, Map<string, Came>>();
let counts = { requests: 0, distinct: 0, first: 0, last: 0 };
const open = { all: 0, peak: 0, byPort: new Map<number, number>(), peakOfOne: 0 };
/** Receivers that something came to after this time, and when. */
let after = { time: Number.POSITIVE_INFINITY, first: new Map<string, number>() };

function note(receiver: string, id: string): void {
  const at = moment();
  const known = receivers.get(receiver);
  const came = known?.get(id);
  if (came) came.times++;
  else {
    known?.set(id, { at, times: 1 });
    counts.distinct++;
  }
  if (counts.requests++ === 0) counts.first = at;
  counts.last = at;
  if (at > after.time && !after.first.has(receiver)) after.first.set(receiver, at);
}

/** Counts connections of a port while they are open. */
function watch(server: Server, port: number): void {
  const change = (by: number) => {
    open.byPort.set(port, (open.byPort.get(port) ?? 0) + by);
    open.all += by;
  };
  const notePeak = () => {
    open.peak = Math.max(open.peak, open.all);
    open.peakOfOne = Math.max(open.peakOfOne, open.byPort.get(port) ?? 0);
  };
  server.on("connection", (socket) => {
    change(1);
    let closed = false;
    const close = () => {
      if (!closed) change(-1);
      closed = true;
    };
    socket.once("end", close).once("close", close);
    // A sender that is killed resets its connections.
    socket.on("error", () => undefined);
    // The end of the connection that this one replaces may be next in the same round of the event loop.
    setImmediate(() => setImmediate(notePeak));
  });
}

async function listen(answers: boolean): Promise<string> {
  let base = "";
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    request.once("end", () => {
      note(`${base}${request.url}`, String(request.headers["webhook-id"]));
      if (answers) response.writeHead(204).end();
    });
  };
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, receive);
  server.listen(0, "127.0.0.1", 4_096);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  base = `http://127.0.0.1:${port}`;
  watch(server, port);
  return base;
}

function receipts(): Receipt[] {
  return [...receivers].flatMap(([receiver, all]) =>
    [...all].map(([id, came]) => ({ receiver, id, ...came })),
  );
}

serve<SinkCalls>({
  async open({ receivers: count, ports, manner, delayMs = 0 }) {
    const open = () => (manner === "plain" ? listenPlainly({ note, delayMs }) : listen(manner === "answers"));
    const bases = await Promise.all(Array.from({ length: ports }, open));
    const urls = Array.from({ length: count }, (_none, index) => `${bases[index % ports]}/${index}`);
    for (const url of urls) receivers.set(url, new Map());
    return urls;
  },
  async forget() {
    for (const all of receivers.values()) all.clear();
    counts = { requests: 0, distinct: 0, first: 0, last: 0 };
    open.peak = open.all;
    open.peakOfOne = Math.max(0, ...open.byPort.values());
  },
  async cpu() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  counts: async () => counts,
  connections: async () => ({ open: open.all, peak: open.peak, peakOfOne: open.peakOfOne }),
  receipts: async () => receipts(),
  async firstAfter(time) {
    if (time !== after.time) after = { time, first: new Map() };
    return after.first;
  },
});
