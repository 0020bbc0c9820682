import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Redis } from "ioredis";

const readers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  string: ["GET"],
  hash: ["HGETALL"],
  list: ["LRANGE", "0", "-1"],
  set: ["SMEMBERS"],
  zset: ["ZRANGE", "0", "-1", "WITHSCORES"],
  stream: ["XRANGE", "-", "+"],
};

function flatten(reply: unknown): Buffer[] {
  if (Array.isArray(reply)) return reply.flatMap(flatten);
  if (Buffer.isBuffer(reply)) return [reply];
  return reply === null || reply === undefined ? [] : [Buffer.from(String(reply))];
}

/** Every key of a Redis with everything in it, of whatever type. */
export async function dumpRedis(client: Redis): Promise<{ key: string; values: Buffer[] }[]> {
  const keys = await client.keys("*");
  return Promise.all(
    keys.map(async (key) => {
      const [command, ...rest] = readers[await client.type(key)] ?? ["DUMP"];
      return { key, values: flatten(await client.callBuffer(command, key, ...rest)) };
    }),
  );
}

/** Every file below a folder. Redis's append-only file has what was ever written, deleted or not. */
export async function dumpFiles(folder: string): Promise<{ key: string; values: Buffer[] }[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async ({ parentPath, name }) => ({ key: name, values: [await readFile(join(parentPath, name))] })),
  );
}
