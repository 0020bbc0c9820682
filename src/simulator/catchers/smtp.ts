import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { type Catcher, type CatcherOptions, createInbox } from "./catcher.js";

/** One mail that was taken. */
export interface CaughtMail {
  /** ISO 8601. */
  readonly at: string;
  /** The envelope, not the headers. */
  readonly from: string | null;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly raw: string;
  readonly mail: Email;
  /** Headers by lower-case name; of several the last. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A trouble with mail to come. */
interface SmtpTrouble {
  /** A recipient's address, or `*`. */
  readonly recipient?: string;
  /** `rcpt` refuses the recipient, `data` the message; `drop` breaks the connection mid-message. */
  readonly at: "rcpt" | "data" | "drop";
  /** 4xx or 5xx; 451 unless told. */
  readonly code?: number;
  readonly message?: string;
  /** How often, once unless told. */
  readonly times?: number;
}

/** A mail server that keeps what it gets. */
export interface SmtpCatcher extends Catcher<CaughtMail> {
  readonly port: number;
  trouble(wanted: SmtpTrouble): void;
  clearTroubles(): void;
}

/** A real SMTP server on which anyone may leave mail for anyone; `url` is an `smtp://` address. */
export async function startSmtpCatcher(options: CatcherOptions<CaughtMail> = {}): Promise<SmtpCatcher> {
  const inbox = createInbox<CaughtMail>("mails", options.onReceived);
  const host = options.host ?? "127.0.0.1";
  let troubles: { wanted: SmtpTrouble; left: number }[] = [];

  const take = (at: SmtpTrouble["at"], recipients: readonly string[]): SmtpTrouble | null => {
    const found = troubles.find(({ wanted }) => {
      const address = wanted.recipient ?? "*";
      return wanted.at === at && (address === "*" || recipients.includes(address.toLowerCase()));
    });
    if (!found) return null;
    found.left -= 1;
    if (found.left <= 0) troubles = troubles.filter((other) => other !== found);
    return found.wanted;
  };
  const recipientsOf = ({ envelope }: SMTPServerSession): string[] =>
    envelope.rcptTo.map(({ address }) => address.toLowerCase());

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 200,
    onRcptTo({ address }, _session, callback) {
      const trouble = take("rcpt", [address.toLowerCase()]);
      callback(trouble && refusal(trouble));
    },
    onData(stream, session, callback) {
      const recipients = recipientsOf(session);
      const chunks: Buffer[] = [];
      if (take("drop", recipients)) {
        stream.resume();
        stream.once("data", () => disconnect(server, session.id));
        return;
      }
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const trouble = take("data", recipients);
        if (trouble) return callback(refusal(trouble));
        const from = session.envelope.mailFrom;
        const raw = Buffer.concat(chunks);
        PostalMime.parse(raw).then(
          (mail) => {
            inbox.add({
              at: new Date().toISOString(),
              from: from ? from.address : null,
              to: recipients,
              raw: raw.toString("utf8"),
              mail,
              headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
            });
            callback(null, "2.0.0 OK: caught");
          },
          (error: Error) => callback(error),
        );
      });
    },
  });
  // Connections that break are the senders' concern; without a listener they would end the process.
  server.on("error", () => undefined);
  const port = await listening(server, options.port ?? 0, host);

  return {
    url: `smtp://${host}:${port}`,
    port,
    received: inbox.received,
    waitFor: inbox.waitFor,
    trouble(wanted) {
      troubles.push({ wanted, left: wanted.times ?? 1 });
    },
    clearTroubles() {
      troubles = [];
    },
    close() {
      inbox.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        disconnect(server);
      });
    },
  };
}

function refusal({ code = 451, message }: SmtpTrouble): Error {
  const text = message ?? (code < 500 ? "4.3.0 Try again later" : "5.1.1 No such mailbox");
  return Object.assign(new Error(text), { responseCode: code });
}

/** Breaks one connection, or all of them. */
function disconnect(server: SMTPServer, session?: string): void {
  for (const connection of server.connections) {
    if (session === undefined || connection.session.id === session) connection._socket.destroy();
  }
}

function listening(server: SMTPServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const inner = server.listen(port, host);
    inner.once("error", reject);
    inner.once("listening", () => {
      const address = inner.address();
      resolve(address !== null && typeof address !== "string" ? address.port : port);
    });
  });
}
