import { getPHPLoaderModule } from "@php-wasm/node-8-3";
import { loadPHPRuntime, PHP } from "@php-wasm/universal";

/** PHP as a web server runs it, with files of its own. */
export interface Php {
  /** Runs a script for one request; gives its status and what it wrote. */
  request(script: string, request?: PhpRequest): Promise<{ status: number; text: string }>;
  write(path: string, text: string): void;
  list(folder: string): string[];
  read(path: string): Buffer;
  close(): void;
}

interface PhpRequest {
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;
  readonly environment?: Record<string, string>;
}

/** PHP 8.3, compiled to WebAssembly: the tests run it where no PHP is installed, too. About half a second. */
export async function openPhp(): Promise<Php> {
  const php = new PHP(await loadPHPRuntime(await getPHPLoaderModule()));
  php.mkdir("/site/public");
  return {
    async request(script, { headers = {}, body = new Uint8Array(), environment = {} } = {}) {
      const answer = await php.run({ scriptPath: script, method: "POST", headers, body, env: environment });
      if (answer.errors !== "") throw new Error(answer.errors);
      return { status: answer.httpStatusCode, text: answer.text };
    },
    write: (path, text) => php.writeFile(path, text),
    list: (folder) => (php.isDir(folder) ? php.listFiles(folder) : []),
    read: (path) => Buffer.from(php.readFileAsBuffer(path)),
    close: () => php.exit(),
  };
}
