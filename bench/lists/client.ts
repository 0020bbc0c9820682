/** One answer, and the time from the request to its last byte, ms. */
export interface Answered {
  readonly ms: number;
  readonly text: string;
}

/** A page of a list, as far as a benchmark looks at it. */
export interface ListPage {
  readonly data: readonly { readonly id: string }[];
  readonly next: string | null;
}

export interface Client {
  get(path: string): Promise<Answered>;
  page(path: string): Promise<Answered & ListPage>;
  post(path: string, body: unknown): Promise<Answered>;
}

/** Asks over one connection, one thing after the other. With the token, and with the dashboard's cookie. */
export async function openClient(url: string, token: string): Promise<Client> {
  const signedIn = await fetch(`${url}/sign-in`, {
    method: "POST",
    body: new URLSearchParams({ token }),
    headers: { "sec-fetch-site": "same-origin" },
    redirect: "manual",
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const send = async (path: string, init: RequestInit = {}): Promise<Answered> => {
    const begin = performance.now();
    const headers = { authorization: `Bearer ${token}`, cookie, "content-type": "application/json" };
    const response = await fetch(`${url}${path}`, { ...init, headers, redirect: "manual" });
    const text = await response.text();
    const ms = performance.now() - begin;
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    return { ms, text };
  };
  return {
    get: (path) => send(path),
    async page(path) {
      const answered = await send(path);
      return { ...answered, ...(JSON.parse(answered.text) as ListPage) };
    },
    post: (path, body) => send(path, { method: "POST", body: JSON.stringify(body) }),
  };
}
