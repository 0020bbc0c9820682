import { afterAll, beforeAll, expect, test } from "vitest";
import { createFarm, type RedisFarm, usual } from "../support/redis-process.js";
import { type Certificates, createCertificates, speaksTls } from "../support/redis-tls.js";
import { refusedStart, startWholePath } from "../support/whole-path.js";

const encrypted = await speaksTls();
if (!encrypted) process.stderr.write("This redis-server was built without TLS: rediss:// is not tried.\n");

let certificates: Certificates;
let farm: RedisFarm;
let url: string;

beforeAll(async () => {
  if (!encrypted) return;
  certificates = await createCertificates();
  farm = await createFarm();
  const { options, ca } = certificates;
  const access = ["--requirepass", "of-the-server"];
  const connection = { password: "of-the-server", tls: { ca } };
  const words = (port: number, home: string) => [...usual(port, home), ...access, ...options(port)];
  url = `rediss://:of-the-server@${(await farm.add(words, connection)).address}`;
});
afterAll(async () => {
  await farm?.close();
  await certificates?.dispose();
});

test.skipIf(!encrypted)(
  "an encrypted Redis with an authority of one's own carries the whole path",
  async () => {
    const path = await startWholePath({ REDIS_URL: url, REDIS_TLS_CA: certificates.caFile });
    try {
      path.act(2);
      await path.arrived("the events came");
      expect([...new Set(path.objects())].sort()).toEqual([...path.wanted].sort());
    } finally {
      await path.close();
    }
  },
);

test.skipIf(!encrypted)("a start says at once when it cannot trust Redis, and why", async () => {
  const [unknown, missing] = await Promise.all([
    refusedStart({ REDIS_URL: url }),
    refusedStart({ REDIS_URL: url, REDIS_TLS_CA: "/nowhere/ca.pem" }),
  ]);
  expect(unknown).toMatch(/Redis cannot be trusted \(.*certificate.*\): check REDIS_TLS_CA/);
  expect(missing).toMatch(/REDIS_TLS_CA cannot be read \(.*no such file.*\): use the path of a PEM file/);
  expect(unknown + missing).not.toContain("of-the-server");
});
