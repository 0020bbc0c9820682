import type { UpstreamFailure } from "../domain/upstream.js";
import type { UpstreamClient } from "./client.js";
import { emptyJar, type StoredSession, serializeJar } from "./cookies.js";
import { classify } from "./outcome.js";

export type LoginOutcome = { readonly kind: "logged_in"; readonly session: StoredSession } | UpstreamFailure;

export interface LoginForm {
  readonly client: UpstreamClient;
  readonly email: string;
  readonly password: string;
  /** Where the form is posted to. */
  readonly loginUrl: string;
  readonly signal: AbortSignal;
}

const refused = {
  kind: "rejected",
  reason: "The login was not accepted: check the e-mail address and password, or paste cookies instead",
} as const;

/**
 * The plain form login, for accounts that opted in. A success is a session still to be probed. A challenge is
 * an outcome like any other and never worked around; wrong credentials are `rejected`.
 */
export async function login({ client, email, password, loginUrl, signal }: LoginForm): Promise<LoginOutcome> {
  const jar = emptyJar();
  const answer = await client.postForm({
    url: loginUrl,
    fields: { email, password },
    jar,
    userAgent: null,
    signal,
  });
  if (answer.kind !== "answer") return answer;
  const { status, headers, body } = answer;
  const judged = classify({ ...answer, from: "Pixieset's login" }, client.now());
  const isRedirect = status >= 300 && status < 400;
  // A form that answers with a page, or leads back to itself, did not let us in.
  const backToForm = /log-?_?in|sign-?_?in/i.test(headers.location ?? "");
  if (judged.kind === "challenged") return judged;
  if (judged.kind === "rate_limited" || judged.kind === "transient") return judged;
  const good = isRedirect
    ? !backToForm
    : status === 204 || (status === 200 && (judged.kind === "ok" || body.trim() === ""));
  if (!good) return refused;
  if (!answer.jarChanged) return refused;
  const landed = jar.getCookiesSync(loginUrl);
  for (const base of [client.galleryUrl, client.studioUrl]) {
    // A login host of its own may set cookies for itself only: they are taken to the hosts that need them.
    if (jar.getCookiesSync(`${base}/`).length > 0) continue;
    for (const copy of landed.flatMap((cookie) => cookie.clone() ?? [])) {
      copy.domain = null;
      copy.hostOnly = true;
      copy.path = "/";
      copy.secure = copy.secure && base.startsWith("https:");
      jar.setCookieSync(copy, `${base}/`, { ignoreError: true });
    }
  }
  return { kind: "logged_in", session: { cookies: serializeJar(jar), userAgent: null } };
}
