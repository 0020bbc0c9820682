import nodemailer, { type NodemailerError, type SendMailOptions } from "nodemailer";
import type { AttemptOutcome, Channel, Message } from "../domain/delivery.js";
import { hashOf } from "../domain/ids.js";
import { messageOf } from "../errors.js";
import { conceal } from "./conceal.js";
import { startDeadline } from "./deadline.js";
import { emailItems, renderEmail } from "./render/email.js";
import { clean } from "./render/format.js";
import { type Story, tell } from "./render/words.js";

export interface EmailOptions {
  /** `url` is smtp:// or smtps:// with credentials, `from` the sender's address with or without a name. */
  readonly smtp: { readonly url: string; readonly from: string };
  /** A signed link that needs no login. */
  unsubscribeUrl(subscriptionId: string, recipient: string): string;
  /** For all recipients together, milliseconds. */
  readonly deadlineMs?: number;
}

export interface EmailChannel extends Channel {
  close(): void;
}

/** What came of one recipient. */
export type RecipientResult =
  | { readonly kind: "accepted"; readonly recipient: string; readonly status: number; readonly reply: string }
  | { readonly kind: "refused"; readonly recipient: string; readonly status: number; readonly reply: string }
  | {
      readonly kind: "later";
      readonly recipient: string;
      readonly status: number | null;
      readonly reply: string;
    };

/**
 * One message for each recipient: addresses stay private and the unsubscribe link is personal.
 * When some got it and others must wait, the outcome names those who got it, and the attempt that is told so goes
 * to the others only. A mail whose acceptance was not heard goes out again under the same Message-ID, which mail
 * servers and clients fold into one. Losing a mail would be worse than showing one twice.
 */
export function createEmailChannel({
  smtp,
  unsubscribeUrl,
  deadlineMs = 60_000,
}: EmailOptions): EmailChannel {
  const transport = nodemailer.createTransport({
    url: smtp.url,
    pool: true,
    maxConnections: 5,
    maxMessages: 100,
    idleTimeout: 30_000,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    dnsTimeout: 10_000,
    socketCloseTimeout: 1_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const credentials = credentialsOf(smtp.url);

  async function sendOne(mail: SendMailOptions, recipient: string): Promise<RecipientResult> {
    try {
      const { response } = await transport.sendMail(mail);
      return { kind: "accepted", recipient, status: Number(response.slice(0, 3)), reply: response };
    } catch (error) {
      return failureOf(error as NodemailerError, recipient, credentials);
    }
  }

  return {
    async send(message, signal) {
      const { channel, id } = message.subscription;
      if (channel.type !== "email") throw new Error(`email cannot send to ${channel.type}`);
      const { timezone, publicUrl, delivery } = message;
      const story = tell(message.events, { timezone, publicUrl, maxItems: emailItems });
      const recipients = [...new Set(channel.to)];
      const before = {
        accepted: recipients.filter((recipient) => delivery.accepted?.includes(recipient)),
        refused: recipients.filter((recipient) => delivery.refused?.includes(recipient)),
      };
      const settled = [...before.accepted, ...before.refused];
      const waiting = recipients.filter((recipient) => !settled.includes(recipient));
      const deadline = startDeadline(deadlineMs, signal);
      try {
        const results = await Promise.all(
          waiting.map((recipient) => {
            const link = unsubscribeUrl(id, recipient);
            const mail = mailOf(message, story, { from: smtp.from, recipient, unsubscribeUrl: link });
            return sendOne({ ...mail, signal: deadline.signal }, recipient);
          }),
        );
        const outcome = emailOutcome(results, before);
        if (outcome.kind !== "retry" || !deadline.signal.aborted) return outcome;
        const why = deadline.expired()
          ? `not done within ${deadlineMs / 1_000} s`
          : "stopped before it was done";
        return { ...outcome, error: `${why}: ${outcome.error}` };
      } finally {
        deadline.release();
      }
    },
    close: () => transport.close(),
  };
}

/** The password of the mail server, as it is and as the ways to sign in spell it. */
export function credentialsOf(url: string): string[] {
  const [user, password] = [new URL(url).username, new URL(url).password].map(decodeURIComponent);
  return password ? [password, `\u0000${user}\u0000${password}`] : [];
}

/** The mail to one recipient. Its Message-ID is the same at each attempt. */
function mailOf(
  { delivery, subscription }: Message,
  story: Story,
  to: { readonly from: string; readonly recipient: string; readonly unsubscribeUrl: string },
): SendMailOptions {
  const domain = /@([^\s<>@]+)>?\s*$/.exec(to.from)?.[1] ?? "localhost";
  const { subject, text, html } = renderEmail(story, to);
  return {
    from: to.from,
    // As an object it is never parsed as a list of addresses.
    to: { name: "", address: to.recipient },
    subject,
    text,
    html,
    messageId: `<${delivery.id}.${hashOf([to.recipient])}@${domain}>`,
    headers: {
      "Auto-Submitted": "auto-generated",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    list: {
      id: { url: `${subscription.id}.${domain}`, comment: "pixiehook" },
      unsubscribe: { url: to.unsubscribeUrl },
    },
  };
}

/** What the mail server said, to be shown. Hidden before it is cut: the beginning of a password is not found any more. */
export function replyOf(error: unknown, credentials: readonly string[]): string {
  const { response = "" } = error as { response?: string };
  const shown = (text: string) => clean(conceal(text, credentials), 160);
  return shown(response) ?? shown(messageOf(error)) ?? "no reason given";
}

/** Only an answer about the recipient or the content is final. A refused login or sender is ours to mend. */
function failureOf(
  error: NodemailerError,
  recipient: string,
  credentials: readonly string[],
): RecipientResult {
  const status = error.responseCode ?? null;
  const reply = replyOf(error, credentials);
  const final = error.code === "EMESSAGE" || (error.code === "EENVELOPE" && error.command !== "MAIL FROM");
  if (final && status !== null && status >= 500 && status !== 503) {
    return { kind: "refused", recipient, status, reply };
  }
  const where = error.code === "EAUTH" ? "the mail server refused the login: " : "";
  return { kind: "later", recipient, status, reply: where + reply };
}

/**
 * Whether a mail server asks to be sent less: 421, or an enhanced code of a system, a route or a policy that is
 * over its limit (RFC 3463). Greylisting shares 4.7.x, but asks only this mail to wait.
 */
function isOverload({ status, reply }: RecipientResult): boolean {
  if (/gr[ae]y-?list/i.test(reply)) return false;
  return status === 421 || /^4\d\d[ -]4\.(?:3\.\d+|4\.5|7\.\d+)\b/.test(reply);
}

/**
 * The table of contract.md, "Email out". Recipients refused for good beside others who got it do not fail the
 * delivery: they are named in what is recorded of the answer.
 */
export function emailOutcome(
  results: readonly RecipientResult[],
  before: { readonly accepted: readonly string[]; readonly refused: readonly string[] } = {
    accepted: [],
    refused: [],
  },
): AttemptOutcome {
  const later = results.filter((result) => result.kind === "later");
  const refused = results.filter((result) => result.kind === "refused");
  const accepted = results.filter((result) => result.kind === "accepted");
  const named = (some: readonly RecipientResult[]) =>
    some.map(({ recipient, reply }) => `${recipient} (${reply})`).join(", ");
  const [firstLater] = later;
  if (firstLater !== undefined) {
    const total = results.length + before.accepted.length + before.refused.length;
    const allAccepted = [...before.accepted, ...accepted.map(({ recipient }) => recipient)];
    const allRefused = [...before.refused, ...refused.map(({ recipient }) => recipient)];
    const share = total > 1 ? `${later.length} of ${total} recipients must wait: ` : "";
    const status = firstLater.status === null ? {} : { status: firstLater.status };
    const overloaded = later.some(isOverload);
    return {
      kind: "retry",
      error: share + named(later) + (refused.length === 0 ? "" : `; refused for good: ${named(refused)}`),
      afterMs: null,
      holdMailbox: false,
      overloaded,
      ...(allAccepted.length === 0 ? {} : { accepted: allAccepted }),
      ...(allRefused.length === 0 ? {} : { refused: allRefused }),
      ...status,
    };
  }
  const nobody = accepted.length + before.accepted.length === 0;
  const allRefused = [named(refused), ...before.refused].filter((text) => text !== "").join(", ");
  if (nobody && allRefused !== "") {
    const status = refused[0] === undefined ? {} : { status: refused[0].status };
    return { kind: "failed", error: `refused for good: ${allRefused}`, ...status };
  }
  const reply = accepted[0]?.reply ?? "";
  const responseBody = refused.length === 0 ? reply : `refused for good: ${named(refused)}; others: ${reply}`;
  return { kind: "delivered", status: accepted[0]?.status ?? 250, responseBody };
}
