import type { Simulator } from "../../../src/simulator/simulator.js";

/** A browser as the hosts see one: cookies by host, redirects followed, and what each request is for. */
export interface TestBrowser {
  /** Goes to a page, or with fields sends a form. */
  visit(url: string, fields?: Record<string, string>): Promise<{ url: string; status: number; text: string }>;
  /** What a script asks for. */
  ask(url: string): Promise<Response>;
  /** Set-Cookie headers by host and name, as they came last. */
  readonly cookies: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export function openBrowser(): TestBrowser {
  const cookies = new Map<string, Map<string, string>>();
  const jarOf = (url: string): Map<string, string> => {
    const { hostname } = new URL(url);
    const jar = cookies.get(hostname) ?? new Map<string, string>();
    cookies.set(hostname, jar);
    return jar;
  };
  const send = async (url: string, dest: string, body?: URLSearchParams): Promise<Response> => {
    const jar = jarOf(url);
    const cookie = [...jar.values()].map((one) => one.split(";")[0]).join("; ");
    const headers = { cookie, "sec-fetch-site": "same-origin", "sec-fetch-dest": dest };
    const init = body === undefined ? {} : { method: "POST", body };
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const one of answer.headers.getSetCookie()) {
      const [name = ""] = one.split("=");
      if (one.includes("Max-Age=0")) jar.delete(name);
      else jar.set(name, one);
    }
    return answer;
  };
  return {
    cookies,
    ask: (url) => send(url, "empty"),
    async visit(url, fields) {
      let at = url;
      let answer = await send(at, "document", fields && new URLSearchParams(fields));
      for (let follows = 0; follows < 6; follows++) {
        const location = answer.headers.get("location");
        if (location === null) break;
        at = new URL(location, at).href;
        answer = await send(at, "document");
      }
      return { url: at, status: answer.status, text: await answer.text() };
    },
  };
}

/** Goes where a person begins, and sends the form. */
export async function signIn(
  browser: TestBrowser,
  simulator: Simulator,
  credentials: { readonly email: string; readonly password: string } = simulator.credentials,
) {
  const { url } = await browser.visit(simulator.signInUrl);
  return browser.visit(url, { ...credentials });
}
