import type { State } from "./state.js";

const ofPixieset = ["https://galleries.pixieset.com", "https://studio.pixieset.com"];

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

const isOurs = ({ origin }: URL, madeFor: readonly string[]) =>
  ofPixieset.includes(origin) || madeFor.includes(origin);

/** The base addresses of the two hosts, as far as they are Pixieset's or what this build was made for. */
export function basesOf({ hosts }: Pick<State, "hosts">, madeFor: readonly string[]): readonly URL[] {
  return [hosts.gallery, hosts.studio]
    .map(parse)
    .filter((base): base is URL => base !== null && isOurs(base, madeFor));
}

/** Whether a page lies below one of the base addresses, whoever asks for it. */
export function isWithin(text: string, bases: readonly URL[]): boolean {
  const url = parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return bases.some(({ origin, pathname }) => {
    const path = pathname.replace(/\/+$/, "");
    return url.origin === origin && (url.pathname === path || url.pathname.startsWith(`${path}/`));
  });
}

/** Where somebody signs in: the page that pixiehook names, if it is Pixieset's, else the first of the two hosts. */
export function signInPage(state: Pick<State, "hosts" | "signInUrl">, madeFor: readonly string[]): string {
  const named = parse(state.signInUrl);
  if (named !== null && isOurs(named, madeFor)) return named.href;
  return `${basesOf(state, madeFor)[0]?.origin ?? ofPixieset[0]}/`;
}

/** Whether cookies of this domain are sent to one of the hosts. */
export function isSentTo(domain: string, bases: readonly URL[]): boolean {
  const name = domain.replace(/^\./, "");
  return bases.some(({ hostname }) => hostname === name || hostname.endsWith(`.${name}`));
}

/** The pattern that permissions are asked for with. */
export function patternOf(origin: string, withPort: boolean): string {
  const { protocol, host, hostname } = new URL(origin);
  return `${protocol}//${withPort ? host : hostname}/*`;
}
