const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};
const decode = (text: string) =>
  text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? "");
const attributes = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, decode(value)]),
  );
const crlf = (text: string) => text.replaceAll(/\r\n|\r|\n/g, "\r\n");

/** What a browser sends when nobody touches the form with this id. */
export function untouched(html: string, id: string): Record<string, string[]> {
  const begin = html.search(new RegExp(`<form [^>]*id="${id}"`));
  const form = begin === -1 ? "" : html.slice(begin, html.indexOf("</form>", begin));
  const fields: Record<string, string[]> = {};
  const add = (name: string | undefined, value: string) => {
    if (name) fields[name] = [...(fields[name] ?? []), value];
  };
  const pattern =
    /<input ([^>]*)>|<textarea ([^>]*)>([^<]*)<\/textarea>|<select ([^>]*)>([\s\S]*?)<\/select>/g;
  for (const [, input, area, text = "", select, options = ""] of form.matchAll(pattern)) {
    if (input !== undefined) {
      const { name, type = "text", value = "", checked } = attributes(input);
      const isTick = type === "checkbox" || type === "radio";
      if (isTick && checked === undefined) continue;
      const isLine = type === "text" || type === "url" || type === "time";
      add(name, isLine ? value.replaceAll(/[\r\n]/g, "") : crlf(value));
    } else if (area !== undefined) {
      // The first line break after the tag belongs to the markup.
      add(attributes(area).name, crlf(decode(text).replace(/^\r?\n/, "")));
    } else if (select !== undefined) {
      const all = [...options.matchAll(/<option ([^>]*)>/g)].map(([, option = ""]) => attributes(option));
      add(
        attributes(select).name,
        (all.find(({ selected }) => selected !== undefined) ?? all[0])?.value ?? "",
      );
    }
  }
  return fields;
}
