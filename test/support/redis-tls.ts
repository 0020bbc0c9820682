import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { redisServer } from "./redis-binary.js";

/** An authority of the test's own, and a certificate that it made out to 127.0.0.1. */
export interface Certificates {
  /** The PEM file of the authority. */
  readonly caFile: string;
  readonly ca: Buffer;
  /** What makes a server speak TLS at a port, and nothing else. */
  options(port: number): readonly string[];
  dispose(): Promise<void>;
}

const run = promisify(execFile);

export async function createCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), "pixiehook-tls-"));
  const at = (name: string) => join(folder, name);
  const make = (name: string, subject: string, more: readonly string[]) => {
    const key = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      at(`${name}.key`),
    ];
    return run("openssl", [
      "req",
      "-x509",
      ...key,
      "-out",
      at(`${name}.pem`),
      "-days",
      "2",
      "-subj",
      subject,
      ...more,
    ]);
  };
  await make("ca", "/CN=an authority of a test", []);
  const names = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"];
  await make("server", "/CN=a server of a test", ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), ...names]);
  const files = ["--tls-cert-file", at("server.pem"), "--tls-key-file", at("server.key")];
  const trust = ["--tls-ca-cert-file", at("ca.pem"), "--tls-auth-clients", "no"];
  return {
    caFile: at("ca.pem"),
    ca: await readFile(at("ca.pem")),
    options: (port) => [
      "--port",
      "0",
      "--tls-port",
      `${port}`,
      ...files,
      ...trust,
      "--tls-replication",
      "yes",
    ],
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Whether the server that is installed was built with TLS: only then does it know what a TLS port is. */
export async function speaksTls(): Promise<boolean> {
  const path = await redisServer();
  const said = await run(path, ["--tls-port", "none"]).catch((error: unknown) => error);
  const { stdout = "", stderr = "" } = said as { stdout?: string; stderr?: string };
  return !/bad directive/i.test(stdout + stderr);
}
