import type { ListsPlace } from "../lists/place.js";
import type { Line, Section } from "../support/benchmark.js";

/** What is promised of the first page with all that it loads, bytes. */
const promisedBytes = 100_000;

/** What a browser that has never been here loads for the home page, not compressed. */
export async function firstPage({ client }: Pick<ListsPlace, "client">): Promise<Section> {
  const bytes = async (path: string) => Buffer.byteLength((await client.get(path)).text);
  const { text: html } = await client.get("/");
  const files = new Set(
    [...html.matchAll(/(?:src|href|srcset)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? ""),
  );
  const lines: Line[] = [
    { label: "HTML", figures: [{ name: "bytes", value: Buffer.byteLength(html), unit: "bytes" }] },
  ];
  for (const path of files) {
    const value = await bytes(path);
    lines.push({
      label: path.replace(/^\/assets\/|-[0-9a-f]{12}/g, ""),
      figures: [{ name: "bytes", value, unit: "bytes" }],
    });
  }
  const sum = lines.reduce((total, { figures }) => total + (figures[0]?.value ?? 0), 0);
  const all = { name: "bytes", value: sum, unit: "bytes", atMost: promisedBytes } as const;
  return {
    title: "The first page",
    notes: ["GET / with its style, script and icon, as a browser loads them that has none of them yet."],
    lines: [...lines, { label: "in all", figures: [all] }],
  };
}
