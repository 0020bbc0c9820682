import type { Fact } from "./facts.js";
import { cut } from "./format.js";
import type { Item } from "./items.js";
import type { Story } from "./words.js";

/** Items that a digest lists before it says "and 34 more". */
export const emailItems = 50;

export interface RenderedEmail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface EmailFooter {
  readonly recipient: string;
  readonly unsubscribeUrl: string;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Subject, text and HTML that say the same. The HTML needs no images and loads nothing. */
export function renderEmail(story: Story, footer: EmailFooter): RenderedEmail {
  return { subject: cut(story.title, 150), text: textOf(story, footer), html: htmlOf(story, footer) };
}

const more = ({ count, items }: Story) =>
  items.length > 0 && count > items.length
    ? `and ${(count - items.length).toLocaleString("en-GB")} more`
    : null;

function textOf(story: Story, { recipient, unsubscribeUrl }: EmailFooter): string {
  const { action } = story;
  const width = Math.max(0, ...story.facts.map(({ label }) => label.length));
  const facts = story.facts.map(({ label, value }) => `${`${label}:`.padEnd(width + 2)}${value}`);
  const items = story.items.map(
    ({ name, detail, when }) =>
      `- ${when === null ? "" : `${when}  `}${name}${detail === null ? "" : ` — ${detail}`}`,
  );
  const rest = more(story);
  const parts = [
    story.title,
    story.lead,
    facts.join("\n"),
    [...items, ...(rest === null ? [] : [rest])].join("\n"),
    story.when,
    [...(action ? [`${action.label}: ${action.link}`] : []), `View in pixiehook: ${story.link}`].join("\n"),
    `-- \n${story.account}, sent by pixiehook to ${recipient}\nUnsubscribe: ${unsubscribeUrl}`,
  ];
  return `${parts.filter((part) => part !== null && part !== "").join("\n\n")}\n`;
}

/** Light by default; clients that know dark mode take the second half. Colours reach 4.5 : 1 in both. */
const style = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; background: #f4f4f2; }
a { color: #1d5fae; }
@media (prefers-color-scheme: dark) {
  body, .page { background: #17181a !important; }
  .card { background: #222427 !important; border-right-color: #383b40 !important; border-bottom-color: #383b40 !important; border-left-color: #383b40 !important; }
  .strong, .strong a { color: #f2f2f0 !important; }
  .soft, .soft a { color: #a9adb3 !important; }
  .line { border-color: #383b40 !important; }
  .button { background: #f2f2f0 !important; color: #17181a !important; }
}
@media (max-width: 480px) { .card { padding: 20px !important; } }`;

const font = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const strong = "color:#1c1d1f;";
const soft = "color:#5f6368;";
const table = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';

function htmlOf(story: Story, { recipient, unsubscribeUrl }: EmailFooter): string {
  const accent = story.attention ? "#c2410c" : "#2f6f4f";
  const lead = story.lead === null ? "" : paragraph(story.lead);
  const view = { label: "View in pixiehook", link: story.link };
  const button = story.action ?? view;
  const second =
    story.action === null
      ? ""
      : `&nbsp;&nbsp; <a class="soft" href="${escapeHtml(view.link)}" style="${soft}text-decoration:underline">${view.label}</a>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(story.title)}</title><style>${style}</style></head>
<body style="margin:0;background:#f4f4f2;font-family:${font}">
<table class="page" ${table} style="background:#f4f4f2"><tr><td align="center" style="padding:24px 12px">
<table ${table} style="max-width:560px"><tr>
<td class="card" style="background:#ffffff;border:1px solid #e3e3df;border-top:4px solid ${accent};border-radius:8px;padding:28px 32px">
<p class="soft" style="margin:0 0 6px;font-size:13px;line-height:18px;${soft}">${escapeHtml([story.account, story.when].filter((part) => part !== "").join("  ·  "))}</p>
<h1 class="strong" style="margin:0 0 20px;font-size:21px;line-height:28px;font-weight:600;overflow-wrap:anywhere;${strong}">${escapeHtml(story.title)}</h1>
${lead}${factTable(story.facts)}${itemTable(story)}
<p style="margin:24px 0 0;font-size:14px;line-height:40px"><a class="button" href="${escapeHtml(button.link)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#1c1d1f;color:#ffffff;font-size:14px;line-height:20px;font-weight:600;text-decoration:none">${escapeHtml(button.label)}</a>${second}</p>
</td></tr><tr><td class="soft" style="padding:16px 8px;font-size:12px;line-height:18px;${soft}">
Sent by pixiehook to ${escapeHtml(recipient)}. <a href="${escapeHtml(unsubscribeUrl)}" style="${soft}text-decoration:underline">Unsubscribe</a>
</td></tr></table></td></tr></table></body></html>
`;
}

function paragraph(text: string): string {
  return `<p class="strong" style="margin:0 0 20px;font-size:15px;line-height:22px;${strong}">${escapeHtml(text)}</p>\n`;
}

function factTable(facts: readonly Fact[]): string {
  if (facts.length === 0) return "";
  const rows = facts.map(
    ({ label, value }) => `<tr>
<td class="soft" valign="top" width="110" style="padding:4px 12px 4px 0;font-size:14px;line-height:20px;${soft}">${escapeHtml(label)}</td>
<td class="strong" valign="top" style="padding:4px 0;font-size:14px;line-height:20px;overflow-wrap:anywhere;${strong}">${escapeHtml(value)}</td></tr>`,
  );
  return `<table ${table}>${rows.join("\n")}</table>\n`;
}

function itemTable(story: Story): string {
  if (story.items.length === 0) return "";
  const rest = more(story);
  const rows = story.items.map(itemRow);
  if (rest !== null) {
    rows.push(`<tr><td class="soft line" colspan="2" style="padding:10px 0;border-top:1px solid #e3e3df;font-size:14px;line-height:20px;${soft}">
<a href="${escapeHtml(story.link)}" style="${soft}text-decoration:underline">${escapeHtml(rest)}</a></td></tr>`);
  }
  return `<table ${table} style="margin-top:20px">${rows.join("\n")}</table>\n`;
}

function itemRow({ name, detail, when, link }: Item): string {
  const more =
    detail === null
      ? ""
      : `<br><span class="soft" style="font-size:13px;${soft}">${escapeHtml(detail)}</span>`;
  return `<tr><td class="strong line" valign="top" style="padding:10px 12px 10px 0;border-top:1px solid #e3e3df;font-size:14px;line-height:20px;overflow-wrap:anywhere;${strong}">
<a href="${escapeHtml(link)}" style="${strong}text-decoration:none">${escapeHtml(name)}</a>${more}</td>
<td class="soft line" valign="top" align="right" style="padding:10px 0;border-top:1px solid #e3e3df;font-size:12px;line-height:20px;white-space:nowrap;${soft}">${escapeHtml(when ?? "")}</td></tr>`;
}
