/** Control characters, and those that turn the direction of a line: they have no place in what people read. */
const unruly = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
/** These have. */
const kept = "\t\n\r";

/** A page without characters that would reorder it, or end it early; nothing that can be seen is lost. */
export function tidyPage(html: string): string {
  return html.replace(unruly, (found) => (kept.includes(found) ? found : ""));
}

/** JSON with such characters written out, so that they are seen. The same values to whoever parses it. */
export function tidyJson(json: string): string {
  return json.replace(unruly, (found) =>
    kept.includes(found) ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
