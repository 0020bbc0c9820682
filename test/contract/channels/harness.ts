import { parseNetworks } from "../../../src/channels/addresses.js";
import { createEmailChannel } from "../../../src/channels/email.js";
import { createHttp } from "../../../src/channels/http.js";
import { createSlackChannel, slackHosts } from "../../../src/channels/slack.js";
import { createWebhookChannel } from "../../../src/channels/webhook.js";
import type { AttemptOutcome, Channel } from "../../../src/domain/delivery.js";
import type { ChannelSettings } from "../../../src/domain/subscription.js";
import { closedPort, smtpError, startHttp, startSmtp } from "./receivers.js";

/** How the receiver treats the next messages. */
type Mood = "ok" | "slow" | "later" | "gone" | "hang-up" | "overloaded" | "talkative";

/** One channel with a real receiver behind it. */
export interface Rig {
  readonly channel: Channel;
  readonly settings: ChannelSettings;
  /** The same channel, aimed at a port nobody listens on. */
  readonly nowhere: { readonly channel: Channel; readonly settings: ChannelSettings };
  set(mood: Mood): void;
  /** What arrived, as text. */
  received(): readonly string[];
  openSockets(): number;
  closeChannel(): Promise<void> | void;
  close(): Promise<void>;
}

export interface Harness {
  readonly name: string;
  readonly later: Partial<AttemptOutcome>;
  readonly gone: AttemptOutcome["kind"];
  start(deadlineMs: number): Promise<Rig>;
}

const allowed = parseNetworks(["127.0.0.0/8"]);
const version = "0.0.0-test";

function httpHarness(type: "webhook" | "slack", goneStatus: number): Harness {
  return {
    name: type,
    later: { kind: "retry", afterMs: 7_000, holdMailbox: true, status: 429 },
    gone: "gone",
    async start(deadlineMs) {
      const server = await startHttp((_request, response) => response.end("ok"));
      const http = createHttp({
        allowed,
        deadlineMs,
        ...(type === "slack" ? { publicHosts: slackHosts } : {}),
      });
      const create = type === "slack" ? createSlackChannel : createWebhookChannel;
      const channel = create({ http, version });
      const settingsOf = (url: string): ChannelSettings =>
        type === "slack" ? { type, url } : { type, url, format: "standard", headers: {}, asymmetric: false };
      const moods: Record<Mood, Parameters<typeof server.answerWith>[0]> = {
        ok: (_request, response) => response.end("ok"),
        slow: (_request, response) => void response.write("half of"),
        later: (_request, response) => response.writeHead(429, { "retry-after": "7" }).end("slow down"),
        gone: (_request, response) => response.writeHead(goneStatus).end("no_service"),
        "hang-up": (_request, response) => void response.socket?.destroy(),
        overloaded: (_request, response) => response.writeHead(502).end("bad gateway"),
        talkative: ({ url, headers }, response) =>
          response.writeHead(500).end(`${url} ${JSON.stringify(headers)} ${"é".repeat(9_000)}`),
      };
      return {
        channel,
        settings: settingsOf(`${server.url}/hook?token=s3cret`),
        nowhere: { channel, settings: settingsOf(`http://127.0.0.1:${await closedPort()}/?token=s3cret`) },
        set: (mood) => server.answerWith(moods[mood]),
        received: () => server.received.map(({ body }) => body),
        openSockets: server.openSockets,
        closeChannel: http.close,
        close: server.close,
      };
    },
  };
}

const email: Harness = {
  name: "email",
  later: { kind: "retry", afterMs: null, holdMailbox: false, status: 451 },
  gone: "failed",
  async start(deadlineMs) {
    const server = await startSmtp({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(null, { user: "user" }),
    });
    const options = {
      deadlineMs,
      unsubscribeUrl: (id: string, to: string) => `https://p.example/u/${id}/${to}`,
    };
    const from = "pixiehook <alerts@example.com>";
    const url = server.url.replace("//", "//user:s3cret@");
    const channel = createEmailChannel({ ...options, smtp: { url, from } });
    const nobody = createEmailChannel({
      ...options,
      smtp: { url: `smtp://user:s3cret@127.0.0.1:${await closedPort()}`, from },
    });
    const settings: ChannelSettings = { type: "email", to: ["jane@example.com"] };
    return {
      channel,
      settings,
      nowhere: { channel: nobody, settings },
      set: (mood) =>
        server.onRcptTo((_address, session, callback) => {
          if (mood === "ok") return callback();
          if (mood === "later") return callback(smtpError(451, "try again later"));
          if (mood === "overloaded") return callback(smtpError(421, "too many connections"));
          if (mood === "talkative") return callback(smtpError(452, `s3cret ${"é".repeat(400)}`));
          if (mood === "gone") return callback(smtpError(550, "no such user"));
          if (mood === "hang-up") {
            for (const connection of [...server.connections()]) connection.close();
          }
          return session;
        }),
      received: () => server.mails.map(({ raw }) => raw),
      openSockets: server.openSockets,
      closeChannel() {
        channel.close();
        nobody.close();
      },
      close: server.close,
    };
  },
};

export const harnesses: readonly Harness[] = [httpHarness("webhook", 410), httpHarness("slack", 404), email];
