import type { Json, RunningService } from "../service.js";

/** One answer, headers and all. */
export interface Seen {
  readonly where: string;
  readonly status: number;
  readonly text: string;
}

async function seen(where: string, response: Response): Promise<Seen> {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return { where, status: response.status, text: `${headers}\n\n${await response.text()}` };
}

/** Gets every GET route of the API, for every thing that there is. */
export async function crawlApi({ url, token }: RunningService): Promise<Seen[]> {
  const answers: Seen[] = [];
  const get = async (path: string): Promise<Json> => {
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` }, signal });
    const answer = await seen(`GET ${path}`, response);
    answers.push(answer);
    return /json/.test(response.headers.get("content-type") ?? "")
      ? JSON.parse(answer.text.split("\n\n")[1] ?? "")
      : null;
  };
  const idsOf = async (path: string): Promise<string[]> =>
    (await get(path)).data.map(({ id, type }: Json) => id ?? type);
  const all = "limit=200";
  const subscriptions = await idsOf("/v1/subscriptions");
  const deliveries: string[] = [];
  for (const id of subscriptions)
    deliveries.push(...(await idsOf(`/v1/subscriptions/${id}/deliveries?${all}`)));
  const ids: Readonly<Record<string, readonly string[]>> = {
    accounts: await idsOf("/v1/accounts"),
    events: await idsOf(`/v1/events?${all}`),
    "event-types": await idsOf("/v1/event-types"),
    subscriptions,
    deliveries,
  };
  const { paths } = await get("/openapi.json");
  for (const [path, methods] of Object.entries<Json>(paths)) {
    if (!methods.get || path.endsWith("/stream") || path.startsWith("/unsubscribe")) continue;
    const kind = /^\/v1\/([\w-]+)\/\{/.exec(path)?.[1];
    const targets = kind === undefined ? [path] : (ids[kind] ?? []).map((id) => path.replace(/\{\w+\}/, id));
    for (const target of targets.slice(0, 60)) await get(target);
  }
  answers.push(await readStream(url, token, ids.events?.at(-1) ?? ""));
  for (const path of ["/docs", "/docs/errors", "/events?type=favorite.*"]) await get(path);
  return answers;
}

/** What the event stream says in its first moments, beginning after an event. */
async function readStream(url: string, token: string, after: string): Promise<Seen> {
  const headers = { authorization: `Bearer ${token}`, "last-event-id": after };
  const signal = AbortSignal.timeout(500);
  const response = await fetch(`${url}/v1/events/stream`, { headers, signal });
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { where: "event stream", status: response.status, text };
}

/** Asks the API for what it refuses. */
export async function provokeErrors(
  { url, token }: RunningService,
  account: string,
  cookies: string,
): Promise<Seen[]> {
  const answers: Seen[] = [];
  const ask = async (method: string, path: string, body?: string, bearer = token) => {
    const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
    const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    answers.push(await seen(`${method} ${path} ${body ?? ""}`, response));
  };
  const hook = { type: "webhook", url: "http://10.0.0.1/hook" };
  await ask("GET", "/v1/accounts", undefined, `${token}x`);
  await ask("GET", "/v1/accounts/acc_none");
  await ask("GET", "/v1/events?after=none");
  await ask("GET", "/v1/nothing");
  await ask("PUT", "/v1/accounts");
  await ask("POST", "/v1/accounts", `{"name":"x","session":{"cookies":"${cookies}"`);
  await ask("POST", "/v1/accounts", JSON.stringify({ name: "x", session: { cookies, email: cookies } }));
  await ask("POST", "/v1/accounts", JSON.stringify({ name: 5, session: { cookies } }));
  await ask("PUT", `/v1/accounts/${account}/session`, JSON.stringify({ cookies: cookies.replace("=", " ") }));
  await ask("PUT", `/v1/accounts/${account}/session`, JSON.stringify({ cookies: { value: cookies } }));
  const headers = { authorization: `${cookies}\n` };
  await ask("POST", "/v1/subscriptions", JSON.stringify({ events: ["*"], channel: { ...hook, headers } }));
  await ask("POST", "/v1/subscriptions", JSON.stringify({ events: ["*"], channel: hook }));
  const credentials = `https://user:${cookies.replace(/\W/g, "")}@example.com/`;
  await ask(
    "POST",
    "/v1/subscriptions",
    JSON.stringify({ events: ["*"], channel: { ...hook, url: credentials } }),
  );
  return answers;
}

/** Signs in to the dashboard and follows every link. */
export async function crawlDashboard({ url, token }: RunningService, most = 80): Promise<Seen[]> {
  const form = new URLSearchParams({ token, next: "/" });
  const signIn = await fetch(`${url}/sign-in`, { method: "POST", body: form, redirect: "manual" });
  const cookie = (signIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const answers = [await seen("sign-in", signIn)];
  const waiting = ["/", "/nowhere"];
  const known = new Set(waiting);
  for (let path = waiting.shift(); path !== undefined && answers.length < most; path = waiting.shift()) {
    if (path === "/live") continue;
    const answer = await seen(`page ${path}`, await fetch(url + path, { headers: { cookie } }));
    answers.push(answer);
    for (const [, href = ""] of answer.text.matchAll(/href="(\/[^"#]*)"/g)) {
      const link = href.replaceAll("&amp;", "&");
      if (!known.has(link)) waiting.push(link);
      known.add(link);
    }
  }
  return answers;
}
