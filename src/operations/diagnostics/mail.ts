import type { MailReach } from "../../channels/probe.js";
import { type Finding, good, problem, quoted } from "../../domain/finding.js";
import { amount } from "./words.js";

const remedies = {
  connection: "See that SMTP_URL names the right host and port, and that no firewall is in the way.",
  tls: "Use the name that is in the server's certificate, and smtps:// only with the port that speaks TLS from the start (465 as a rule).",
  login: "Put the right user and password into SMTP_URL (special characters percent-encoded), and restart.",
  answer: "See what the mail server says, and whether SMTP_URL names the right one.",
};
const texts = {
  connection: "The mail server cannot be reached",
  tls: "The mail server and pixiehook find no secure connection",
  login: "The mail server refuses the login",
  answer: "The mail server refuses us",
};

/** `reach`: null where no mail server is set; `wanted`: how many subscriptions want emails. */
export function judgeMail(reach: MailReach | null, wanted: number): Finding[] {
  if (reach === null) {
    if (wanted === 0) return [];
    const text = `${amount(wanted, "subscription")} want${wanted === 1 ? "s" : ""} emails, and no mail server is set.`;
    return [problem("mail_not_configured", text, "Set SMTP_URL and EMAIL_FROM, and restart.")];
  }
  if (reach.kind === "reached") return [good("mail", "The mail server answers, and takes the login.")];
  const { at, reason } = reach;
  return [problem(`mail_${at}`, `${texts[at]}: ${quoted(reason)}.`, remedies[at])];
}
