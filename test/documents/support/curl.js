// The few options of curl that the documents use, for machines without it: -s -S -f -N -X -H -d -o --data-binary.
import { readFileSync, writeFileSync } from "node:fs";

const [args, headers] = [process.argv.slice(2), new Headers()];
let [url, method, body, output, fail] = ["", undefined, undefined, null, false];
const take = (value) => (value.startsWith("@") ? readFileSync(value === "@-" ? 0 : value.slice(1)) : value);
// curl leaves line breaks out of what `-d` reads from a file.
const plain = (data) => (typeof data === "string" ? data : data.toString().replace(/[\r\n]/g, ""));

while (args.length > 0) {
  const arg = args.shift();
  if (/^-[sSfN]+$/.test(arg)) fail ||= arg.includes("f");
  else if (arg === "-X") method = args.shift();
  else if (arg === "-d") body = plain(take(args.shift()));
  else if (arg === "--data-binary") body = take(args.shift());
  else if (arg === "-o") output = args.shift();
  else if (arg === "-H") {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(args.shift()) ?? [];
    headers.set(name, value);
  } else if (arg.startsWith("-")) throw new Error(`this curl does not know ${arg}`);
  else url = arg;
}
if (body !== undefined && !headers.has("content-type"))
  headers.set("content-type", "application/x-www-form-urlencoded");
const answer = await fetch(url, { method: method ?? (body === undefined ? "GET" : "POST"), headers, body });
if (fail && !answer.ok) {
  process.stderr.write(`curl: (22) The requested URL returned error: ${answer.status}\n`);
  process.exit(22);
}
if (output !== null) writeFileSync(output, Buffer.from(await answer.arrayBuffer()));
else for await (const chunk of answer.body ?? []) process.stdout.write(chunk);
