import { createRandom } from "../random.js";

/** How an answer to a request without a valid session looks. */
export const expiredForms = ["401", "401-object", "redirect-login", "html-login", "419"] as const;
export type ExpiredForm = (typeof expiredForms)[number];
export type Host = "gallery" | "studio";
/** Who can sign in: the studio's owner, and somebody whose studio is another one. */
export type Who = "owner" | "stranger";

/** One sign-in of a person. */
export interface Session {
  readonly id: string;
  readonly who: Who;
}

/** The cookie that a host knows a session by. */
export const cookieOf: Record<Host, string> = { gallery: "gallery_dashboard_session", studio: "PHPSESSID" };

/** The sessions that the simulated Pixieset knows. */
export interface Sessions {
  /** Starts a session, of the owner unless told; answers with its cookies as name and value. */
  start(who?: Who): Record<string, string>;
  /** The Cookie header of the owner's newest session, started when there is none. */
  header(): string;
  /** Whose session the request carries, or null. */
  find(host: Host, cookieHeader: string | undefined): Session | null;
  /** A new value for the session's cookie from time to time, as a Set-Cookie header, or null. */
  renewal(host: Host, session: Session): string | null;
  /** Ends this one alone, as a sign-out does. */
  end(session: Session): void;
  /** Ends every session. `form` sets how the refusals look from now on; null: as each host does by itself. */
  expire(form?: ExpiredForm | null): void;
  /** Null: each host has a form of its own. */
  readonly form: ExpiredForm | null;
  /** How many values are valid now. */
  count(): number;
  readonly lifetimeSeconds: number;
}

export interface SessionOptions {
  readonly seed: number;
  readonly now: () => number;
  /** About 3.5 hours on the real one. */
  readonly lifetimeSeconds: number;
  /** Every so many requests of a session the cookie gets a new value; 0: never. */
  readonly renewEvery: number;
}

export function createSessions(options: SessionOptions): Sessions {
  const random = createRandom(options.seed ^ 0x5e55);
  const values = new Map<string, { readonly session: Session; readonly until: number }>();
  const requests = new Map<string, number>();
  let newest: Record<string, string> | null = null;
  let form: ExpiredForm | null = null;

  const issue = (session: Session): string => {
    const value = `eyJpdiI6${random.code(28)}%3D`;
    values.set(value, { session, until: options.now() + options.lifetimeSeconds * 1000 });
    if (values.size > 20_000) prune(values, options.now());
    return value;
  };

  const start = (who: Who = "owner"): Record<string, string> => {
    const session = { id: `session-${random.code(6)}`, who };
    const cookies = {
      [cookieOf.gallery]: issue(session),
      [cookieOf.studio]: issue(session),
      "GD-XSRF-TOKEN": random.code(24),
      wsid: random.code(12),
    };
    if (who === "owner") newest = cookies;
    return cookies;
  };

  const stillGood = (value: string | undefined): boolean =>
    value !== undefined && (values.get(value)?.until ?? 0) > options.now();

  return {
    start,
    header() {
      const good = newest !== null && Object.values(cookieOf).every((name) => stillGood(newest?.[name]));
      const cookies = good && newest ? newest : start();
      return Object.entries(cookies)
        .map(([name, value]) => `${name}=${value}`)
        .join("; ");
    },
    find(host, cookieHeader) {
      const value = readCookies(cookieHeader).get(cookieOf[host]);
      if (value === undefined || !stillGood(value)) return null;
      return values.get(value)?.session ?? null;
    },
    renewal(host, session) {
      const count = (requests.get(session.id) ?? 0) + 1;
      requests.set(session.id, count);
      if (options.renewEvery === 0 || count % options.renewEvery !== 0) return null;
      return `${cookieOf[host]}=${issue(session)}; Max-Age=${options.lifetimeSeconds}; Path=/; HttpOnly; SameSite=Lax`;
    },
    end({ id }) {
      for (const [value, { session }] of values) {
        if (session.id === id) values.delete(value);
      }
    },
    expire(wanted = null) {
      values.clear();
      requests.clear();
      newest = null;
      form = wanted;
    },
    get form() {
      return form;
    },
    count: () => values.size,
    lifetimeSeconds: options.lifetimeSeconds,
  };
}

function prune(values: Map<string, { readonly until: number }>, now: number): void {
  for (const [value, { until }] of values) {
    if (until <= now || values.size > 10_000) values.delete(value);
  }
}

/** Names and values of a Cookie header. */
export function readCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0) cookies.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return cookies;
}
