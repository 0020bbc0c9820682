import type { IncomingMessage } from "node:http";
import type { ResourceName } from "../../../src/domain/record.js";
import type { Markers } from "./markers.js";
import type { Planter } from "./plant.js";
import { type Reply, resourceAt } from "./upstream.js";

type Trouble = (said: Said) => Reply;

/** What an answer that says no repeats. */
interface Said {
  readonly cookie: string;
  readonly url: string;
  readonly word: string;
}

const html = { "content-type": "text/html" };
const page = (inside: string) => `<!DOCTYPE html><html><body>${inside}</body></html>`;

/** One way to fail for each list, and each repeats secrets. Twice, so that every list fails in two ways. */
const rounds: readonly Readonly<Record<ResourceName, Trouble>>[] = [
  {
    collections: ({ word }) => ({
      status: 400,
      body: { message: `The token ${word} is invalid`, token: word },
    }),
    downloads: ({ cookie }) => ({
      status: 401,
      body: { error: "Unauthorized", message: `session ${cookie}` },
    }),
    photo_downloads: ({ word }) => ({ status: 403, body: { message: `Wrong password: ${word}` } }),
    video_downloads: ({ word }) => ({ status: 422, body: { message: word, errors: { pin: [word] } } }),
    favorites: ({ url }) => ({ status: 500, body: { message: `Failed to sign ${url}`, trace: [url] } }),
    sharing_links: ({ word, url }) => ({ status: 302, headers: { location: `${url}&next=${word}` } }),
    starred_photos: ({ word }) => ({ body: `{"data":[{"password":"${word}",,}]}` }),
    invoices: ({ word }) => ({ body: `{"data":[{"id":"in_1","password":"${word}"},{"token":"${word}` }),
    payments: ({ word }) => ({ headers: html, body: { success: false, error: `PIN is ${word}` } }),
    clients: ({ cookie, url }) => ({ headers: html, body: page(`${cookie} <a href="${url}">x</a>`) }),
    contracts: ({ word }) => ({ headers: { "content-type": "text/plain" }, body: `secret ${word}` }),
    questionnaires: ({ cookie }) => ({ status: 404, headers: html, body: page(`no such page, ${cookie}`) }),
    quotes: ({ word }) => ({ body: JSON.stringify(`token ${word}`) }),
  },
  {
    collections: ({ word }) => ({ status: 500, body: { error: { code: word, message: word, title: word } } }),
    downloads: ({ url }) => ({ status: 410, body: { error: url } }),
    photo_downloads: ({ word }) => ({ raw: `HTTP/1.1 200 OK\r\nset-cookie: a=${word}\r\nb ${word}\r\n\r\n` }),
    video_downloads: ({ word }) => ({ status: 403, body: { title: "Forbidden", detail: word, type: word } }),
    favorites: ({ word }) => ({ raw: `${word} ${word}\r\n\r\n` }),
    sharing_links: ({ word }) => ({ status: 301, headers: { location: `/${word}?token=${word}` } }),
    starred_photos: ({ word }) => ({ headers: { "content-encoding": "gzip" }, body: word }),
    invoices: ({ word, cookie }) => ({ status: 503, body: { message: `session: ${word}`, cookie } }),
    payments: ({ word }) => ({ body: { status: "error", message: `not allowed, token ${word}` } }),
    clients: ({ word }) => ({ body: { password: { id: 5, name: word }, [word]: [] } }),
    contracts: ({ word }) => ({ status: 419, headers: html, body: page(`csrf ${word}`) }),
    questionnaires: ({ word }) => ({ status: 422, headers: html, body: JSON.stringify({ message: word }) }),
    quotes: ({ url }) => ({ status: 307, headers: { location: `//${url}` } }),
  },
];

/** Answers of an upstream in trouble. Whether the session is good can still be asked. */
export function troublesOf(round: number, markers: Markers, planter: Planter) {
  return (path: string, request: IncomingMessage): Reply | null => {
    const resource = resourceAt(path);
    if (resource === undefined) return null;
    const place = `trouble ${round} of ${resource}`;
    const cookie = request.headers.cookie ?? "";
    const said = { cookie, url: planter.signedUrl(place), word: markers.plant(`${place}: word`) };
    return rounds[round]?.[resource](said) ?? null;
  };
}

/** A session that ended, wherever it is asked for. */
export const expired = (markers: Markers) => (): Reply => ({
  status: 302,
  headers: { location: `https://x.example/login?token=${markers.plant("login token")}` },
});

/** A session that is refused with everything that was sent. */
export const refused =
  (markers: Markers) =>
  (_path: string, request: IncomingMessage): Reply => ({
    status: 401,
    body: {
      message: `Invalid session ${request.headers.cookie}, password ${markers.plant("refused: password")}`,
    },
  });

/** A bot challenge. */
export const challenged = (markers: Markers) => (): Reply => ({
  status: 403,
  headers: { ...html, "cf-mitigated": "challenge" },
  body: page(`<script>var cf_token="${markers.plant("challenge token")}"</script>Just a moment`),
});
