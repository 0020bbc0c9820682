// What the tests use of PHP as WebAssembly; the packages' own types cannot be resolved by Node's rules.
declare module "@php-wasm/node-8-3" {
  export function getPHPLoaderModule(): Promise<object>;
}
declare module "@php-wasm/universal" {
  export function loadPHPRuntime(module: object): Promise<number>;
  export class PHP {
    constructor(runtime: number);
    mkdir(path: string): void;
    isDir(path: string): boolean;
    listFiles(path: string): string[];
    writeFile(path: string, text: string): void;
    readFileAsBuffer(path: string): Uint8Array;
    run(request: {
      scriptPath: string;
      method: string;
      headers: Record<string, string>;
      body: Uint8Array;
      env: Record<string, string>;
    }): Promise<{ httpStatusCode: number; text: string; errors: string }>;
    exit(): void;
  }
}
