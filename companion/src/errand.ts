import type { ErrandAnswer } from "./protocol.js";
import type { Errand } from "./state.js";

const withoutSlash = (path: string) => path.replace(/\/+$/, "");

/** Whether an answer came from the page that was asked for, or from the same one with a slash more or less. */
function isSamePage(asked: string, answered: string): boolean {
  const [from, to] = [new URL(asked), new URL(answered)];
  return from.origin === to.origin && withoutSlash(from.pathname) === withoutSlash(to.pathname);
}

/** The text of a body; null as soon as it is longer than so many bytes, of which no more is read. */
async function readText(response: Response, maxBytes: number): Promise<string | null> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel().catch(() => {});
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** What is told of the body as it was on its way is no longer true of the text. */
const ofTheWay = ["content-encoding", "content-length", "transfer-encoding"];
const headersOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => !ofTheWay.includes(name)));

const leadsElsewhere = (location: string | null): ErrandAnswer => ({
  status: 302,
  headers: location === null ? {} : { location },
  body: "",
});

/** Reads one page with the browser's own cookies. The caller has made sure that it may be read. */
export async function readErrand(errand: Errand, signal: AbortSignal): Promise<ErrandAnswer> {
  const deadline = AbortSignal.timeout(errand.withinMs);
  const ask = (redirect: RequestRedirect) =>
    fetch(errand.url, {
      headers: errand.headers,
      credentials: "include",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      redirect,
      signal: AbortSignal.any([signal, deadline]),
    });
  try {
    // What leads to a host that we may not read ends here as an error: looked at again, it says that it leads away.
    const response = await ask("follow").catch(async (error: unknown) => {
      if (deadline.aborted || signal.aborted) throw error;
      return ask("manual");
    });
    if (response.type === "opaqueredirect") return leadsElsewhere(null);
    if (response.redirected && !isSamePage(errand.url, response.url)) {
      await response.body?.cancel().catch(() => {});
      return leadsElsewhere(response.url);
    }
    const body = await readText(response, errand.maxBodyBytes);
    if (body === null) return { failure: "too_large" };
    return { status: response.status, headers: headersOf(response), body };
  } catch {
    return { failure: deadline.aborted ? "too_slow" : "unreachable" };
  }
}
