import { expect, test } from "vitest";
import { createServerSentReader } from "../../../src/cli/remote/server-sent.js";

const stream = `retry: 3000\n: connected\n\nid: 1\nevent: a\ndata: {"n":"ü"}\n\n: alive\n\nid:2\r\ndata: one\r\ndata:  two\r\n\r\ndata: three\r\rid: 4\ndata: cut off`;
const messages = [
  { id: "1", event: "a", data: '{"n":"ü"}' },
  { id: "2", event: "", data: "one\n two" },
  { id: "2", event: "", data: "three" },
];

test("messages come whole, however the bytes are cut, and a comment is none", () => {
  const bytes = new TextEncoder().encode(stream);
  for (const size of [1, 2, 3, 7, 11, bytes.length]) {
    const read = createServerSentReader();
    const found = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...read(bytes.subarray(at, at + size)));
    expect(found, `${size} bytes at once`).toEqual(messages);
  }
});
