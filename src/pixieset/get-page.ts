import type { Identity } from "../domain/identity.js";
import type { JsonObject, JsonValue } from "../domain/json.js";
import type { HeadWish, UpstreamFailure } from "../domain/upstream.js";
import { mapInSlices } from "../slices.js";
import { findRows, type ListNames } from "./envelope.js";
import { type KnownPage, type Part, pageOfParts, partOf, type RowReading } from "./page.js";
import type { PageMeta } from "./page-meta.js";
import type { ListMemory } from "./read-memory.js";
import { piecesOf, type Shortened, textOfRow, verified } from "./row-texts.js";
import type { Asked, Validators } from "./validators.js";

/**
 * A page's answer: `same` when its bytes are those of a page that is remembered, and were not looked at; `unmodified`
 * when the server says that they are the ones that the validators came with.
 */
export type PageAnswer =
  | {
      readonly kind: "ok";
      readonly hash: string;
      readonly text: string;
      readonly validators: Validators | null;
      /** Of the shortened text, where that was good. */
      readonly body: JsonValue;
      readonly isShort: boolean;
      /** Looks at all of the text. */
      whole(): { readonly kind: "ok"; readonly body: JsonValue } | UpstreamFailure;
    }
  | { readonly kind: "same"; readonly hash: string; readonly validators: Validators | null }
  | { readonly kind: "unmodified" }
  | UpstreamFailure;

/** What is known of an answer at a glance: all of it, all but a rest, or nothing. */
export type Glance = { readonly kind: "same" } | { readonly kind: "short"; readonly text: string } | null;

export interface ListReading {
  /** Gets one page; the parameters are empty for the first. */
  fetch(
    parameters: Readonly<Record<string, string>>,
    glance: (hash: string, text: string) => Glance,
    known: Validators | null,
  ): Promise<PageAnswer>;
  /** Who answers, as a person calls it. */
  readonly from: string;
  readonly list: ListNames;
  /** A row of the answer can hold several records, or none. */
  read(row: JsonValue, now: number): readonly RowReading[];
  /** Milliseconds since 1970: some rows are read otherwise once their time is over. */
  now(): number;
  readonly memory: ListMemory<ReadPage>;
  /** What an earlier reading gave as `paging`. */
  readonly paging: JsonObject | null;
  /** What the rows are known by; null to choose. */
  readonly identity: Identity | null;
  /** Whether the end is looked for even where the list is known to have one page. */
  readonly toTheEnd: boolean;
  /** Whether it may end at the head; null: never. */
  readonly head: HeadWish | null;
  readonly repeats: boolean;
  readonly maxPages: number;
}

export interface ReadPage extends KnownPage {
  readonly meta: PageMeta;
  /** Not the list, but one row of it, or nothing that is clearly a list. */
  readonly single: boolean;
  readonly vague: boolean;
}

/** A page as it was given in one reading, and what to ask for it with in the next. */
export interface Got {
  readonly kind: "page";
  readonly page: ReadPage;
  readonly asked: Asked;
}

/** A page to be asked for. `announced`: the answers so far say that it exists. */
export interface Step {
  readonly parameters: Readonly<Record<string, string>>;
  readonly announced: boolean;
}

/** Asks for one page. `beyond`: a page that nobody announced is refused, by a server that counts its pages. */
export async function getPage(
  reading: ListReading,
  step: Step,
  rowsBefore: number,
): Promise<Got | { readonly kind: "beyond"; readonly refusal: UpstreamFailure } | UpstreamFailure> {
  const now = reading.now();
  const { memory } = reading;
  let short: Shortened<Part> | null = null;
  const address = JSON.stringify(step.parameters);
  const known = memory.asked(address, now);
  const glance = (hash: string, text: string): Glance => {
    if (memory.page(hash, now)) return { kind: "same" };
    short = memory.shorten(text, rowsBefore, now);
    return short && { kind: "short", text: short.text };
  };
  const answer = await reading.fetch(step.parameters, glance, known?.asked.validators ?? null);
  if (answer.kind === "unmodified") {
    if (known) return { kind: "page", page: known.page, asked: known.asked };
    return { kind: "transient", reason: `${reading.from} spoke of a page that is not known`, afterMs: null };
  }
  const got = (page: ReadPage, validators: Validators | null): Got => {
    return { kind: "page", page, asked: { address, hash: page.hash, validators, bodyAt: now } };
  };
  if (answer.kind === "same") {
    const page = memory.page(answer.hash, now);
    if (page) return got(page, answer.validators);
    return { kind: "transient", reason: "A page was forgotten while it was read", afterMs: null };
  }
  if (answer.kind !== "ok") {
    const isEnd = !step.announced && (answer.kind === "gone" || answer.kind === "rejected");
    return isEnd ? { kind: "beyond", refusal: answer } : answer;
  }
  const page = answer.isShort && short ? await pageOf(reading, answer, short, now) : null;
  if (page) return got(page, answer.validators);
  const whole = answer.isShort ? answer.whole() : answer;
  if (whole.kind !== "ok") return whole;
  const full = await pageOf(reading, { ...answer, body: whole.body }, null, now);
  if (full) return got(full, answer.validators);
  return {
    kind: "shape_changed",
    reason: `The answer of ${reading.from} holds no list of ${reading.list.names[0]}`,
  };
}

/** The page that an answer holds; null when it holds none, or a shortened one cannot be filled up again. */
async function pageOf(
  { list, memory, read }: ListReading,
  answer: { readonly hash: string; readonly text: string; readonly body: JsonValue },
  short: Shortened<Part> | null,
  now: number,
): Promise<ReadPage | null> {
  const found = findRows(answer.body, list);
  if (!found || (short && found.rows.length !== short.pieces.length)) return null;
  const { rows, ...rest } = found;
  const pieces = short?.pieces ?? piecesOf(answer.text, rows.length);
  const parts = await mapInSlices(rows.entries(), ([i, row]): Part => {
    const text = textOfRow(row);
    const known = memory.row(text, now);
    const piece = known?.piece ?? verified(pieces[i] ?? null, text);
    if (known) return known.piece === piece ? known : { ...known, piece };
    return partOf(text, piece, read(row, now));
  });
  const all = short ? short.fill(parts) : parts;
  return all && { ...rest, ...pageOfParts(answer, all) };
}
