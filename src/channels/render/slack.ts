import type { Item } from "./items.js";
import type { Story } from "./words.js";

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

type Text = {
  readonly type: "plain_text" | "mrkdwn";
  readonly text: string;
  readonly verbatim?: true;
  readonly emoji?: false;
};
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

/** Whatever others wrote stands here and nowhere else: Slack finds no `*bold*` and no links in it. */
const plain = (text: string, max: number): Text => ({
  type: "plain_text",
  text: escapeSlack(text, max),
  emoji: false,
});

/** Our own words and links only. */
const markdown = (text: string): Text => ({ type: "mrkdwn", text, verbatim: true });

/** A short message: what happened, who and where, the items of a digest, and a link. */
export function renderSlack(story: Story): SlackPayload {
  const { title, lead, action, account, when } = story;
  const icon = story.attention ? "⚠️" : story.icon;
  const blocks: Block[] = [{ type: "header", text: plain(`${icon} ${title}`, slackLimits.header) }];
  if (lead !== null) blocks.push({ type: "section", text: plain(lead, 500) });
  blocks.push(...factBlocks(story), ...itemBlocks(story));
  const links = [...(action ? [link(action.link, action.label)] : []), link(story.link, "View in pixiehook")];
  blocks.push({
    type: "context",
    elements: [
      plain([account, when].filter((part) => part !== "").join("  ·  "), 300),
      markdown(links.join("  ·  ")),
    ],
  });
  return {
    text: escapeSlack(`${icon} ${title}`, slackLimits.text),
    blocks,
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** Two columns, labels and values. A section holds five such rows. */
function factBlocks({ facts }: Story): Block[] {
  const fields = facts
    .slice(0, 10)
    .flatMap(({ label, value }) => [markdown(`*${label}*`), plain(value, 400)]);
  return [fields.slice(0, 10), fields.slice(10)]
    .filter((some) => some.length > 0)
    .map((some) => ({ type: "section", fields: some }));
}

/** Names in a row; one a line where there is more to say of them. */
function itemBlocks({ items, count, link: address }: Story): Block[] {
  if (items.length === 0) return [];
  const lines = items.some((item) => item.detail !== null);
  const separator = lines ? "\n" : ", ";
  const shown: string[] = [];
  let room = slackLimits.section;
  for (const item of items) {
    const written = lines ? `• ${describe(item)}` : escapeSlack(item.name, 120);
    room -= written.length + separator.length;
    if (room < 0) break;
    shown.push(written);
  }
  const names: Block = {
    type: "section",
    text: { type: "plain_text", text: shown.join(separator), emoji: false },
  };
  const rest = count - shown.length;
  if (rest === 0) return [names];
  const more = link(address, `and ${rest.toLocaleString("en-GB")} more`);
  return [names, { type: "context", elements: [markdown(more)] }];
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
