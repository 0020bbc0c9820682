/** What a server gave to ask with whether a page is still the same; null for what it did not give. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** What a page was answered with. */
export interface Asked {
  /** What tells it from the other pages of its list. */
  readonly address: string;
  /** Hash of its bytes. */
  readonly hash: string;
  readonly validators: Validators | null;
  /** When (ms) these bytes were last given. */
  readonly bodyAt: number;
}

/** The pages of a list by their addresses. `lies`: other bytes came under the same validators, so none is sent. */
export interface AskedPages {
  readonly byAddress: ReadonlyMap<string, Asked>;
  readonly lies: boolean;
}

export const nothingAsked: AskedPages = { byAddress: new Map(), lies: false };

type Headers = Readonly<Record<string, string>>;

/** Validators are the server's, of any length: longer ones are not kept. */
const longest = 200;
/** A time in seconds tells two changes apart only when it was long past as the page was given (RFC 9110, 8.8.2.2). */
const settledMs = 60_000;
/** So long "not modified" is believed before the bytes are looked at again. */
const believedMs = 3_600_000;

const short = (value: string | undefined) =>
  value !== undefined && value !== "" && value.length <= longest ? value : null;

function settled(lastModified: string | null, date: string | undefined): string | null {
  const age = Date.parse(date ?? "") - Date.parse(lastModified ?? "");
  return age >= settledMs ? lastModified : null;
}

/** What an answer's headers, by lower-case names, give to ask with; null for nothing. */
export function validatorsOf(headers: Headers): Validators | null {
  const etag = short(headers.etag);
  const given = /^(W\/)?"[^"]*"$/.test(etag ?? "") ? etag : null;
  const lastModified = settled(short(headers["last-modified"]), headers.date);
  return given === null && lastModified === null ? null : { etag: given, lastModified };
}

/** The headers of a request that wants the page only if it is another one. */
export function conditionsOf({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag === null ? {} : { "if-none-match": etag }),
    ...(lastModified === null ? {} : { "if-modified-since": lastModified }),
  };
}

/** Servers that compress mark the tag, in one answer and not in the other. */
const bare = (etag: string) => etag.replace(/^W\//, "").replace(/-(gzip|br|deflate|zstd)"$/, '"');

/** Whether a "not modified" speaks of what was sent: should it name a tag, it is that one. */
export function speaksOf({ etag }: Validators, headers: Headers): boolean {
  return etag === null || headers.etag === undefined || bare(headers.etag) === bare(etag);
}

/** The page to ask for by its validators, if it was given lately enough by a server that can be believed. */
export function askable({ byAddress, lies }: AskedPages, address: string, now: number): Asked | undefined {
  const asked = byAddress.get(address);
  return !lies && asked?.validators && now - asked.bodyAt < believedMs ? asked : undefined;
}

const isAlike = (a: Validators | null, b: Validators | null) =>
  a !== null && b !== null && a.etag === b.etag && a.lastModified === b.lastModified;

/** What is known after a reading of the first pages. */
export function withHead(before: AskedPages, asked: readonly Asked[]): AskedPages {
  const { byAddress, lies } = afterReading(before, asked);
  return { byAddress: new Map([...before.byAddress, ...byAddress]), lies };
}

/** What is known after a reading of all pages. */
export function afterReading(before: AskedPages, asked: readonly Asked[]): AskedPages {
  const lies =
    before.lies ||
    asked.some(({ address, validators, hash }) => {
      const known = before.byAddress.get(address);
      return known !== undefined && known.hash !== hash && isAlike(known.validators, validators);
    });
  return { byAddress: new Map(asked.map((each) => [each.address, each])), lies };
}
