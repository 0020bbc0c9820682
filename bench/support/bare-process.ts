// The ceiling of all delivering: what is sent is signed and posted, and neither stored nor recorded.
import { Agent, request } from "undici";
import { createSecret, signatureHeader } from "../../src/channels/sign.js";
import type { FrozenEvent } from "../../src/domain/event.js";
import type { BareCalls } from "./bare.js";
import { atPace, type Committed, moment } from "./moment.js";
import { paddedEvent } from "./padded-event.js";
import { serve } from "./remote.js";

/** As channels/http.ts sets its own. */
const dispatcher = new Agent({
  connections: 2_000,
  pipelining: 1,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 30_000,
  headersTimeout: 0,
  bodyTimeout: 0,
});
const secrets = { current: createSecret(), previous: [] };
const account = "acc_0000000000000000";
let keys = 0;

const nextEvent = (): FrozenEvent => paddedEvent(account, "favorite.added", `${++keys}`);

async function post(url: string, { id, body }: FrozenEvent): Promise<void> {
  const at = new Date();
  const timestamp = Math.floor(at.getTime() / 1_000);
  const headers = {
    "content-type": "application/json",
    "user-agent": "pixiehook/bare",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatureHeader({ id, timestamp, body }, secrets, { asymmetric: false, at }),
  };
  const answer = await request(url, { dispatcher, method: "POST", headers, body });
  await answer.body.text();
  if (answer.statusCode !== 204) throw new Error(`The receiver answered ${answer.statusCode}`);
}

async function burst(
  urls: readonly string[],
  events: readonly FrozenEvent[],
  inFlight: number,
): Promise<void> {
  let next = 0;
  const send = async () => {
    while (next < events.length) {
      const index = next++;
      const [url, event] = [urls[index % urls.length], events[index]];
      if (url !== undefined && event !== undefined) await post(url, event);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, send));
}

/** A queue as simple as can be: an array, and so many that take from it. */
function createQueue(url: string, inFlight: number) {
  const waiting: { readonly event: FrozenEvent; readonly done: () => void }[] = [];
  let busy = 0;
  const work = async () => {
    busy++;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await post(url, next.event);
      next.done();
    }
    busy--;
  };
  return (event: FrozenEvent) =>
    new Promise<void>((done, fail) => {
      waiting.push({ event, done });
      if (busy < inFlight) work().catch(fail);
    });
}

serve<BareCalls>(
  {
    burst: ({ urls, count, inFlight }) => burst(urls, Array.from({ length: count }, nextEvent), inFlight),
    pace({ url, inFlight, ...pace }) {
      const put = createQueue(url, inFlight);
      return atPace(pace, async (): Promise<Committed> => {
        const event = nextEvent();
        const at = moment();
        await put(event);
        return { id: event.id, at };
      });
    },
  },
  () => dispatcher.destroy(),
);
