import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Receipt } from "./audit.js";

/** What a receiver does with a request. */
export type Manner = "answers" | "fails" | "hangs" | "trickles" | "resets";

/** Webhook endpoints that count, and misbehave when asked to. */
export interface Receivers {
  urlOf(receiver: string): string;
  /** Every request, in the order of arrival. */
  readonly receipts: readonly Receipt[];
  /** How a receiver behaves from now on. */
  behave(receiver: string, manner: Manner): void;
  close(): Promise<void>;
}

/** Starts them on one loopback port; every receiver answers until told otherwise. `onTaken` hears of what was taken. */
export async function startReceivers(onTaken: (receiver: string, body: string) => void): Promise<Receivers> {
  const receipts: Receipt[] = [];
  const manners = new Map<string, Manner>();
  const trickling = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    const receiver = request.url?.split("/").at(-1) ?? "";
    text(request)
      .then((body) => {
        const manner = manners.get(receiver) ?? "answers";
        receipts.push({
          receiver,
          event: String(request.headers["webhook-id"]),
          digest: createHash("sha256").update(body).digest("base64url"),
          at: Date.now(),
          taken: manner === "answers",
        });
        give(manner, response, trickling);
        if (manner === "answers") onTaken(receiver, body);
      })
      // A sender that dies in the middle of a request has sent nothing.
      .catch(() => undefined);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (receiver) => `http://127.0.0.1:${port}/hook/${receiver}`,
    receipts,
    behave: (receiver, manner) => void manners.set(receiver, manner),
    async close() {
      for (const timer of trickling) clearInterval(timer);
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function give(manner: Manner, response: ServerResponse, trickling: Set<NodeJS.Timeout>): void {
  if (manner === "answers") response.writeHead(204).end();
  if (manner === "fails") response.writeHead(500).end("out of order");
  if (manner === "resets") response.socket?.resetAndDestroy();
  if (manner !== "trickles") return;
  response.writeHead(200, { "content-type": "text/plain" });
  const timer = setInterval(() => response.write("."), 500);
  trickling.add(timer);
  response.on("close", () => {
    clearInterval(timer);
    trickling.delete(timer);
  });
}
