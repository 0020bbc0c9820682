import type { TLSSocket } from "node:tls";
import nodemailer from "nodemailer";
import type { ChannelType } from "../domain/subscription.js";
import { parseNetworks } from "./addresses.js";
import { credentialsOf, replyOf } from "./email.js";
import { createGuard, RefusedError, type Resolve } from "./guard.js";
import { createConnector } from "./http-connect.js";
import { explain } from "./http-explain.js";
import { slackHosts } from "./slack.js";

/** What came of a connection to a receiver over which nothing was sent. */
export type Reach =
  /** `certificateEndsAt`: ms; null where there is no TLS. */
  | { readonly kind: "reached"; readonly certificateEndsAt: number | null }
  /** Our own rules forbid the address. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** What came of a greeting, TLS and login at the mail server, without a mail. */
export type MailReach =
  | { readonly kind: "reached" }
  | {
      readonly kind: "failed";
      readonly at: "connection" | "tls" | "login" | "answer";
      readonly reason: string;
    };

/** Looks whether others can be reached, and sends nothing to anyone. */
export interface Prober {
  /** `origin`: scheme, host and port. */
  receiver(type: Exclude<ChannelType, "email">, origin: string): Promise<Reach>;
  /** Null: no mail server is set. */
  mailServer(): Promise<MailReach | null>;
  /** Ends what is under way. */
  close(): void;
}

export interface ProberOptions {
  readonly allowedNetworks: readonly string[];
  readonly smtp: { readonly url: string } | null;
  /** For each look, milliseconds. */
  readonly timeoutMs: number;
  readonly resolve?: Resolve;
  /** Certificate authorities (PEM) instead of Node's own. */
  readonly ca?: string;
}

/** For one round of looks: a connection is never used again, so each looks at the certificate anew. */
export function createProber({ allowedNetworks, smtp, timeoutMs, resolve, ca }: ProberOptions): Prober {
  const allowed = parseNetworks(allowedNetworks);
  const open = (publicHosts?: readonly string[]) => {
    const guard = createGuard({ allowed, publicHosts, resolve });
    return { guard, connector: createConnector({ guard, timeoutMs, ca }) };
  };
  const ways = { webhook: open(), slack: open(slackHosts) };

  return {
    receiver(type, origin) {
      const { guard, connector } = ways[type];
      const refused = guard.checkUrl(origin);
      if (refused !== null) return Promise.resolve({ kind: "refused", reason: refused });
      const { protocol, host, hostname, port } = new URL(origin);
      const bare = hostname.replace(/^\[|\]$/g, "");
      const options = {
        protocol,
        host,
        hostname: bare,
        port: port || (protocol === "https:" ? "443" : "80"),
      };
      const reached = new Promise<Reach>((done) => {
        connector.connect(options, (error, socket) => {
          if (error !== null) return done(failureOf(error));
          // Whoever hangs up now has been reached all the same.
          socket.on("error", () => undefined);
          done({ kind: "reached", certificateEndsAt: protocol === "https:" ? endOf(socket) : null });
          socket.destroy();
        });
      });
      return within(timeoutMs, reached, {
        kind: "failed",
        reason: `no connection within ${timeoutMs / 1_000} s`,
      });
    },
    async mailServer() {
      if (smtp === null) return null;
      const transport = nodemailer.createTransport({
        url: smtp.url,
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        dnsTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const asked = transport.verify().then(
        (): MailReach => ({ kind: "reached" }),
        (error: unknown) => mailFailureOf(error, smtp.url),
      );
      const late = `no whole answer within ${timeoutMs / 1_000} s`;
      return within(timeoutMs, asked, { kind: "failed", at: "connection", reason: late });
    },
    close() {
      for (const { connector } of Object.values(ways)) connector.close();
    },
  };
}

async function within<T>(ms: number, work: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<T>((done) => {
    timer = setTimeout(done, ms, late);
  });
  return Promise.race([work, end]).finally(() => clearTimeout(timer));
}

function failureOf(error: Error): Reach {
  if (error instanceof RefusedError) return { kind: "refused", reason: error.message };
  return { kind: "failed", reason: explain(error) };
}

function endOf(socket: object): number | null {
  const ends = Date.parse((socket as TLSSocket).getPeerCertificate?.()?.valid_to ?? "");
  return Number.isNaN(ends) ? null : ends;
}

/** By what nodemailer was at when it failed. What it repeats of the login is hidden. */
function mailFailureOf(error: unknown, url: string): MailReach {
  const {
    code = "",
    response,
    command = "",
  } = error as { code?: string; response?: string; command?: string };
  const reply = replyOf(error, credentialsOf(url));
  const at =
    code === "EAUTH" || code === "ENOAUTH"
      ? "login"
      : code === "ETLS" || /certificate|SSL|TLS/i.test(reply)
        ? "tls"
        : response === undefined || command === "CONN"
          ? "connection"
          : "answer";
  return { kind: "failed", at, reason: reply };
}
