/** What is wrong with a Slack message. `fatal` ones Slack refuses; the others break our own promises. */
export interface Violation {
  readonly path: string;
  readonly problem: string;
  readonly fatal: boolean;
}

type Bag = Readonly<Record<string, unknown>>;
type Report = (path: string, problem: string, fatal?: boolean) => void;

const limits = {
  blocks: 50,
  header: 150,
  section: 3000,
  field: 2000,
  fields: 10,
  contextElements: 10,
  actions: 25,
  button: 75,
  url: 3000,
  altText: 2000,
  blockId: 255,
  text: 40_000,
  whole: 13_000,
} as const;

/** Checks a message against Slack's published limits and structure. */
export function checkMessage(message: unknown): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (path, problem, fatal = true) => violations.push({ path, problem, fatal });
  if (!isBag(message)) {
    report("", "not an object");
    return violations;
  }
  const { text, blocks } = message;
  if (typeof text !== "string" || text === "") report("text", "a text fallback is required", false);
  else if (text.length > limits.text) report("text", `longer than ${limits.text}`);
  if (blocks !== undefined) {
    if (Array.isArray(blocks)) checkBlocks(blocks, report);
    else report("blocks", "not a list");
  }
  const size = JSON.stringify(message).length;
  if (size > limits.whole) report("", `${size} characters in all, more than ${limits.whole}`, false);
  return violations;
}

function checkBlocks(blocks: readonly unknown[], report: Report): void {
  if (blocks.length > limits.blocks) report("blocks", `${blocks.length} blocks, more than ${limits.blocks}`);
  const ids = new Set<unknown>();
  blocks.forEach((block, position) => {
    const path = `blocks[${position}]`;
    if (!isBag(block)) {
      report(path, "not an object");
      return;
    }
    if (block.block_id !== undefined) {
      if (ids.has(block.block_id)) report(`${path}.block_id`, "used twice");
      if (String(block.block_id).length > limits.blockId) report(`${path}.block_id`, "too long");
      ids.add(block.block_id);
    }
    const check = checks[String(block.type)];
    if (check) check(block, path, report);
    else report(`${path}.type`, `unknown block type ${JSON.stringify(block.type)}`);
  });
}

const checks: Record<string, (block: Bag, path: string, report: Report) => void> = {
  header: (block, path, report) => checkText(block.text, `${path}.text`, limits.header, report, "plain_text"),
  divider: () => undefined,
  section(block, path, report) {
    if (block.text === undefined && block.fields === undefined) report(path, "neither text nor fields");
    if (block.text !== undefined) checkText(block.text, `${path}.text`, limits.section, report);
    if (block.accessory !== undefined) checkElement(block.accessory, `${path}.accessory`, report);
    if (block.fields === undefined) return;
    eachOf(block.fields, `${path}.fields`, limits.fields, report, (field, at) =>
      checkText(field, at, limits.field, report),
    );
  },
  context(block, path, report) {
    eachOf(block.elements, `${path}.elements`, limits.contextElements, report, (element, at) => {
      if (isBag(element) && element.type === "image") checkImage(element, at, report);
      else checkText(element, at, limits.section, report);
    });
  },
  actions(block, path, report) {
    eachOf(block.elements, `${path}.elements`, limits.actions, report, (element, at) =>
      checkElement(element, at, report),
    );
  },
  image: checkImage,
};

function eachOf(
  items: unknown,
  path: string,
  most: number,
  report: Report,
  check: (item: unknown, path: string) => void,
): void {
  if (!Array.isArray(items) || items.length === 0) {
    report(path, "not a list with something in it");
    return;
  }
  if (items.length > most) report(path, `${items.length} of at most ${most}`);
  items.forEach((item, position) => {
    check(item, `${path}[${position}]`);
  });
}

function checkElement(element: unknown, path: string, report: Report): void {
  if (!isBag(element)) report(path, "not an object");
  else if (element.type === "image") checkImage(element, path, report);
  else if (element.type === "button") {
    checkText(element.text, `${path}.text`, limits.button, report, "plain_text");
    if (element.url !== undefined) checkUrl(element.url, `${path}.url`, report);
  } else report(`${path}.type`, `unknown element ${JSON.stringify(element.type)}`);
}

function checkImage(image: Bag, path: string, report: Report): void {
  checkUrl(image.image_url, `${path}.image_url`, report);
  const alt = image.alt_text;
  if (typeof alt !== "string" || alt.length > limits.altText)
    report(`${path}.alt_text`, "missing or too long");
}

function checkUrl(url: unknown, path: string, report: Report): void {
  if (typeof url !== "string" || !URL.canParse(url)) report(path, "not a URL");
  else if (url.length > limits.url) report(path, `longer than ${limits.url}`);
}

function checkText(object: unknown, path: string, most: number, report: Report, only?: "plain_text"): void {
  if (!isBag(object)) {
    report(path, "not a text object");
    return;
  }
  const { type, text } = object;
  if (type !== "plain_text" && type !== "mrkdwn") report(`${path}.type`, "neither plain_text nor mrkdwn");
  else if (only && type !== only) report(`${path}.type`, `must be ${only}`);
  if (typeof text !== "string" || text === "") {
    report(`${path}.text`, "empty");
    return;
  }
  if (text.length > most) report(`${path}.text`, `${text.length} characters, more than ${most}`);
  if (type === "mrkdwn") checkEscapes(text, `${path}.text`, report);
}

/** `<` may only open a link, mention or date, and `&` only an entity; anything else was left unescaped. */
function checkEscapes(text: string, path: string, report: Report): void {
  const rest = text.replace(/<(https?:\/\/|mailto:|[@#!])[^<>]*>/g, "").replace(/^>/gm, "");
  if (/[<>]/.test(rest)) report(path, "an unescaped < or >", false);
  if (/&(?!amp;|lt;|gt;)/.test(rest)) report(path, "an unescaped &", false);
}

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
