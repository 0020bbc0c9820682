import type { Item, Story } from "./words.js";

/** Slack's limits in characters, as the payload is written; source: docs.slack.dev, Block Kit reference. */
export const slackLimits = {
  blocks: 50,
  section: 3_000,
  field: 2_000,
  header: 150,
  text: 3_000,
  all: 13_000,
};
/** Items that a digest names before it says "and 34 more". */
export const slackItems = 15;

type Text = { readonly type: "plain_text" | "mrkdwn"; readonly text: string; readonly verbatim?: true };
type Block =
  | { readonly type: "header"; readonly text: Text }
  | { readonly type: "section"; readonly text: Text }
  | { readonly type: "section"; readonly fields: readonly Text[] }
  | { readonly type: "context"; readonly elements: readonly Text[] };

export interface SlackPayload {
  /** What notifications show. */
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Escapes `& < >` and cuts, so that the escaped text has at most `max` characters and no entity is cut through. */
export function escapeSlack(text: string, max: number): string {
  let written = "";
  for (const character of text) {
    const escaped = entities[character] ?? character;
    if (written.length + escaped.length > max - 1) return `${written.trimEnd()}…`;
    written += escaped;
  }
  return written;
}

/** `verbatim` keeps Slack from turning names of channels or addresses inside names into links. */
const markdown = (text: string): Text => ({ type: "mrkdwn", text, verbatim: true });

/** A short message: what happened, who and where, the items of a digest, and a link. */
export function renderSlack(story: Story): SlackPayload {
  const icon = story.attention ? "⚠️" : story.icon;
  const blocks: Block[] = [
    {
      type: "header",
      text: { type: "plain_text", text: escapeSlack(`${icon} ${story.title}`, slackLimits.header) },
    },
  ];
  if (story.lead !== null) blocks.push({ type: "section", text: markdown(escapeSlack(story.lead, 500)) });
  const fields = story.facts
    .slice(0, 10)
    .map(({ label, value }) => markdown(`*${label}*\n${escapeSlack(value, 400)}`));
  if (fields.length > 0) blocks.push({ type: "section", fields });
  if (story.items.length > 0) blocks.push({ type: "section", text: markdown(listItems(story)) });
  const place = `${escapeSlack(story.account, 200)}  ·  ${escapeSlack(story.when, 100)}`;
  blocks.push({
    type: "context",
    elements: [markdown(`${place}  ·  ${link(story.link, "View in pixiehook")}`)],
  });
  return {
    text: escapeSlack(`${icon} ${story.title}`, slackLimits.text),
    blocks,
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** Names in a row; one a line where there is more to say of them. */
function listItems({ items, count, link: address }: Story): string {
  const lines = items.some((item) => item.detail !== null);
  const separator = lines ? "\n" : ", ";
  const shown: string[] = [];
  // Leaves room for the last words, whatever the names are.
  let room = slackLimits.section - 500;
  for (const item of items) {
    const written = lines ? `• ${describe(item)}` : escapeSlack(item.name, 120);
    room -= written.length + separator.length;
    if (room < 0) break;
    shown.push(written);
  }
  const rest = count - shown.length;
  if (rest === 0) return shown.join(separator);
  const more = link(address, `and ${rest.toLocaleString("en-GB")} more`);
  return lines ? [...shown, more].join("\n") : `${shown.join(", ")} ${more}`;
}

function describe({ name, detail }: Item): string {
  const title = escapeSlack(name, 120);
  return detail === null ? title : `${title} — ${escapeSlack(detail, 240)}`;
}

/** The address is our own, but a `|` or `>` in it would end it early. */
function link(address: string, words: string): string {
  const safe = address.replace(/[|<>\s]/g, encodeURIComponent).replaceAll("&", "&amp;");
  return safe.length > 300 ? words : `<${safe}|${words}>`;
}
