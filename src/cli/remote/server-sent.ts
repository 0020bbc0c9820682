/** One message of a stream of server-sent events. */
export interface ServerSent {
  readonly id: string;
  /** What it is called; empty for one without a name. */
  readonly event: string;
  readonly data: string;
}

/**
 * Reads server-sent events from bytes as they come. Comments and fields that are not needed are left out; a message that
 * was cut off by the end is none. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createServerSentReader(): (bytes: Uint8Array) => ServerSent[] {
  const decoder = new TextDecoder();
  let rest = "";
  let id = "";
  let event = "";
  let data: string[] = [];

  function takeLine(line: string): ServerSent[] {
    if (line === "") {
      const message = { id, event, data: data.join("\n") };
      const isMessage = data.length > 0;
      [event, data] = ["", []];
      return isMessage ? [message] : [];
    }
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "id" && !value.includes("\0")) id = value;
    if (name === "event") event = value;
    if (name === "data") data.push(value);
    return [];
  }

  return (bytes) => {
    rest += decoder.decode(bytes, { stream: true });
    // A carriage return at the very end may be the first half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    return lines.flatMap(takeLine);
  };
}
