import { createDashboard } from "../../../src/dashboard/app.js";
import type { DashboardOptions } from "../../../src/dashboard/options.js";
import { createEntrance } from "../../../src/operations/entrance.js";
import { createFakeServices } from "./fake-services.js";
import { at } from "./fixtures.js";

export const token = "dashboard-token-0123456789";
export const home = "http://pixiehook.test";

/** What a form holds; several values for checkboxes of one name. */
type Fields = Record<string, string | string[]>;

/** A dashboard over fake services, and a browser without scripts that keeps cookies and sends forms. */
export function createBrowser(options: Partial<DashboardOptions> = {}) {
  const fake = createFakeServices();
  let time = new Date(at(5));
  const { services } = fake;
  const apiToken = options.apiToken ?? token;
  const entrance = createEntrance({ apiToken, tokens: services.tokens, now: () => time.getTime() });
  const base = { entrance, apiToken, publicUrl: home, version: "1.2.3", secure: false, now: () => time };
  const app = createDashboard({ services, ...base, ...options });
  const jar = new Map<string, string>();
  const setCookies: string[] = [];

  const request = async (method: string, path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await app.request(`${home}${path}`, { method, ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line);
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = pair.split("=");
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
  const get = (path: string, headers: Record<string, string> = {}) => request("GET", path, { headers });
  const post = (path: string, fields: Fields, headers: Record<string, string> = {}) =>
    request("POST", path, {
      body: new URLSearchParams(
        Object.entries(fields).flatMap(([name, values]): [string, string][] =>
          [values].flat().map((value) => [name, value]),
        ),
      ),
      headers: { "sec-fetch-site": "same-origin", ...headers },
    });
  /** The hidden field that every form of the home page carries. */
  const formToken = async () => /name="form" value="([^"]+)"/.exec(await (await get("/")).text())?.[1] ?? "";
  /** Sends a form as the page would, and follows to the page that comes next. */
  const submit = async (path: string, fields: Fields = {}): Promise<string> => {
    const response = await post(path, { form: await formToken(), ...fields });
    const next = response.headers.get("location");
    return next === null ? response.text() : (await get(next)).text();
  };
  const signIn = (shown: string = token) => post("/sign-in", { token: shown });
  const wait = (seconds: number) => {
    time = new Date(time.getTime() + seconds * 1_000);
  };
  return { ...fake, app, entrance, jar, setCookies, request, get, post, submit, signIn, wait, formToken };
}
