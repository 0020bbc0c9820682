import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadSecrets } from "../../../src/store/embedded/secrets.js";

let parent: string;
let dataDir: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "pixiehook-secrets-"));
  dataDir = join(parent, "data");
});

afterEach(() => rm(parent, { recursive: true, force: true }));

const unset = () => ({ dataDir, secretKeys: null, apiToken: null });

it("makes the secrets once, for this user alone", async () => {
  const first = await loadSecrets(unset());
  expect(first.secretKeys.map((key) => key.length)).toEqual([32]);
  expect(first.apiToken).toMatch(/^[\w-]{43}$/);
  expect(first.apiTokenCreated).toBe(true);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  for (const name of ["secret-key", "api-token"]) {
    expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
  }
  expect(await loadSecrets(unset())).toEqual({ ...first, apiTokenCreated: false });
});

it("gives everyone who starts at the same time the same ones, and shows the token once", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => loadSecrets(unset())));
  expect(new Set(all.map((each) => each.apiToken)).size).toBe(1);
  expect(new Set(all.map((each) => each.secretKeys[0]?.toString("hex"))).size).toBe(1);
  expect(all.filter((each) => each.apiTokenCreated)).toHaveLength(1);
  expect((await readdir(dataDir)).sort()).toEqual(["api-token", "secret-key"]);
});

it("touches no disk for what is set", async () => {
  const secretKeys = [Buffer.alloc(32, 1)];
  const config = { dataDir, secretKeys, apiToken: "0123456789abcdef" };
  expect(await loadSecrets(config)).toEqual({
    secretKeys,
    apiToken: "0123456789abcdef",
    apiTokenCreated: false,
  });
  expect(await readdir(parent)).toEqual([]);
});

it("never replaces a key that it cannot read", async () => {
  await loadSecrets(unset());
  await writeFile(join(dataDir, "secret-key"), "damaged");
  await expect(loadSecrets(unset())).rejects.toThrow("secret-key does not hold base64 of 32 bytes");
  expect(await readFile(join(dataDir, "secret-key"), "utf8")).toBe("damaged");
});

it("says what is wrong with a folder that cannot be used", async () => {
  await writeFile(dataDir, "a file");
  await expect(loadSecrets(unset())).rejects.toThrow(/^The data folder .* cannot be used/);
});

it("does not make a new key where data is sealed with one that is gone", async () => {
  await loadSecrets(unset());
  await mkdir(join(dataDir, "redis", "appendonlydir"), { recursive: true });
  await writeFile(join(dataDir, "redis", "appendonlydir", "appendonly.aof.manifest"), "");
  await rm(join(dataDir, "secret-key"));
  await expect(loadSecrets(unset())).rejects.toThrow(/secret-key is missing.*put its copy back/);
  expect(await readdir(dataDir)).not.toContain("secret-key");
});
