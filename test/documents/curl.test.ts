import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { available } from "./support/shell.js";

const ours = [process.execPath, fileURLToPath(new URL("support/curl.js", import.meta.url))];
const folder = mkdtempSync(join(tmpdir(), "pixiehook-curl-"));
const seen: { method: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
const server = createServer(async (request, response) => {
  seen.push({ method: request.method, headers: request.headers, body: (await buffer(request)).toString() });
  response.writeHead(request.url === "/no" ? 404 : 200).end(`about ${request.url}\n`);
});

beforeAll(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  writeFileSync(join(folder, "body.txt"), "one\r\ntwo\n");
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function run(program: readonly string[], args: readonly string[], input: string) {
  const { port } = server.address() as AddressInfo;
  const [file = "", ...before] = program;
  const whole = [...before, ...args.map((arg) => arg.replace("HERE", `http://127.0.0.1:${port}`))];
  const result = await new Promise<{ code: number; stdout: string }>((resolve) => {
    const child = execFile(file, whole, { cwd: folder }, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), stdout }),
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
  const { method, headers, body } = seen.pop() ?? {};
  const { authorization, "content-type": type } = headers ?? {};
  return { ...result, method, authorization, type, body };
}

test.skipIf(!available("curl"))(
  "where there is no curl, ours does for the documents what curl does",
  async () => {
    const calls: [args: string[], input?: string][] = [
      [["-sS", "HERE/a", "-H", "Authorization: Bearer t"]],
      [["-sS", "-X", "PUT", "HERE/a", "-H", "content-type: application/json", "-d", "@-"], '{"a":\n "ö"}\n'],
      [["-sS", "HERE/a", "--data-binary", "@body.txt", "-o", "answer.txt"]],
      [["-fsS", "HERE/no"]],
    ];
    for (const [args, input = ""] of calls) {
      const theirs = await run(["curl"], args, input);
      expect(await run(ours, args, input), args.join(" ")).toEqual(theirs);
    }
    expect(readFileSync(join(folder, "answer.txt"), "utf8")).toBe("about /a\n");
  },
);
