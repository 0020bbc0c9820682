import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openPhp } from "./php.js";

/** A receiver of the page, at work. */
export interface Receiver {
  readonly url: string;
  /** What it kept, by id; null where the example keeps nothing. */
  kept(): ReadonlyMap<string, string> | null;
  /** What it wrote to its standard output. */
  output(): string;
  close(): void;
}

async function freePort(): Promise<number> {
  const server = createSocket().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function inboxOf(folder: string): ReadonlyMap<string, string> {
  const inbox = join(folder, "inbox");
  const names = existsSync(inbox) ? readdirSync(inbox).filter((name) => name.endsWith(".json")) : [];
  return new Map(names.map((name) => [name.slice(0, -5), readFileSync(join(inbox, name), "utf8")]));
}

/** Puts files into a folder of their own, from which the checkout's packages are found, too. */
function lay(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  symlinkSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(folder, "node_modules"));
}

/** A receiver that is a program: started with its port and its secret, as the page says. */
export async function startProgram(
  command: readonly string[],
  { folder, files, secret }: { folder: string; files: Readonly<Record<string, string>>; secret: string },
): Promise<Receiver> {
  lay(folder, files);
  const port = await freePort();
  const [program = "", ...args] = command;
  const env = { PATH: process.env.PATH, PORT: String(port), PIXIEHOOK_WEBHOOK_SECRET: secret };
  const child: ChildProcess = spawn(program, args, { cwd: folder, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (output += chunk));
  const url = `http://127.0.0.1:${port}/hook`;
  const answers = () => fetch(url, { method: "POST" }).catch(() => null);
  for (let tries = 0; (await answers()) === null; tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`it does not listen:\n${output}`);
    await sleep(50);
  }
  const kept = () => (existsSync(join(folder, "inbox")) ? inboxOf(folder) : null);
  return { url, kept, output: () => output, close: () => void child.kill("SIGKILL") };
}

type Handler = (headers: Record<string, string>, body: Buffer) => Promise<number>;

/** A web server as PHP and CGI programs have one in front of them. */
async function serve(handle: Handler): Promise<{ url: string; close(): void }> {
  const server = createServer((request: IncomingMessage, response) => {
    const answer = async () => {
      const named = Object.entries(request.headers).filter(([name]) => name.startsWith("webhook-"));
      return handle(Object.fromEntries(named) as Record<string, string>, await buffer(request));
    };
    answer().then(
      (status) => response.writeHead(status).end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, close: () => void server.close() };
}

export async function startPhp(files: Readonly<Record<string, string>>, secret: string): Promise<Receiver> {
  const php = await openPhp();
  for (const [name, text] of Object.entries(files)) php.write(`/site/public/${name}`, text);
  const environment = { PIXIEHOOK_WEBHOOK_SECRET: secret };
  const server = await serve(
    async (headers, body) =>
      (await php.request("/site/public/receive.php", { headers, body, environment })).status,
  );
  const kept = () => {
    const names = php.list("/site/inbox").filter((name) => name.endsWith(".json"));
    return new Map(names.map((name) => [name.slice(0, -5), php.read(`/site/inbox/${name}`).toString()]));
  };
  const close = () => {
    server.close();
    php.close();
  };
  return { url: server.url, kept, output: () => "", close };
}

/** Runs a CGI program for one request (RFC 3875) and answers with its status. `path` goes before PATH. */
export function runCgi(folder: string, { headers, body, secret, path = "" }: CgiRequest): Promise<number> {
  const variables = Object.entries(headers).map(([name, value]) => [
    `HTTP_${name.toUpperCase().replaceAll("-", "_")}`,
    value,
  ]);
  const env = {
    ...Object.fromEntries(variables),
    PATH: `${path}:${process.env.PATH}`,
    PIXIEHOOK_WEBHOOK_SECRET: secret,
    REQUEST_METHOD: "POST",
  };
  return new Promise((resolve) => {
    const child = execFile("sh", ["receive.cgi"], { cwd: folder, env }, (error, stdout) => {
      const status = /^Status: (\d{3}) .*\r\n\r\n$/.exec(stdout)?.[1];
      resolve(error || status === undefined ? 500 : Number(status));
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(body);
  });
}

interface CgiRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly secret: string;
  readonly path?: string;
}

export async function startCgi(folder: string, script: string, secret: string): Promise<Receiver> {
  lay(folder, { "receive.cgi": script });
  const server = await serve((headers, body) => runCgi(folder, { headers, body, secret }));
  return { url: server.url, kept: () => inboxOf(folder), output: () => "", close: server.close };
}
