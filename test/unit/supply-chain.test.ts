import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { useExamples } from "../support/documents.js";

const example = useExamples();

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

interface Entry {
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
  resolved?: string;
  integrity?: string;
}

/** What the check says of this checkout, with its lock changed. */
function check(change: (packages: Record<string, Entry>) => void = () => undefined) {
  const folder = mkdtempSync(join(tmpdir(), "pixiehook-licences-"));
  for (const path of ["package.json", "docs/decisions/0001-dependencies.md"])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  const lock = JSON.parse(read("package-lock.json"));
  change(lock.packages);
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
  const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/licences.js"), folder], {
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true });
  return { status, problems: [...stderr.matchAll(/^✗ (.*)$/gm)].map(([, problem]) => problem) };
}

test("every package is there for a reason, under a licence that is allowed, with a checksum, and runs nothing at installation", () => {
  expect(check()).toEqual({ status: 0, problems: [] });
  const fine = { license: "MIT", integrity: "sha512-x" };
  const { status, problems } = check((packages) => {
    packages["node_modules/viral"] = { ...fine, license: "AGPL-3.0-only" };
    packages["node_modules/silent"] = { integrity: "sha512-x" };
    packages["node_modules/hono/node_modules/weak"] = { ...fine, license: "MPL-2.0" };
    packages["node_modules/tool"] = { ...fine, license: "MPL-2.0", dev: true };
    packages["node_modules/copyleft-tool"] = { ...fine, license: "GPL-2.0-or-later", dev: true };
    packages["node_modules/either"] = { ...fine, license: "(GPL-3.0 OR MIT)" };
    packages["node_modules/both"] = { ...fine, license: "(GPL-3.0 AND MIT)" };
    packages["node_modules/builder"] = { ...fine, hasInstallScript: true };
    packages["node_modules/elsewhere"] = { ...fine, resolved: "https://mirror.example/elsewhere.tgz" };
    packages["node_modules/unsigned"] = { license: "MIT" };
  });
  expect(status).toBe(1);
  expect(problems.map((problem) => problem?.split(" ")[0]).sort()).toEqual([
    "both",
    "builder",
    "copyleft-tool",
    "elsewhere",
    "silent",
    "unsigned",
    "viral",
    "weak",
  ]);
});

test("the image runs as a user of its own, built from the lock without running scripts of packages", () => {
  const lines = read("Dockerfile").split("\n");
  const stage = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));
  const users = stage.filter((line) => line.startsWith("USER ")).map((line) => line.slice(5).trim());
  expect(users.at(-1)).toBe("node");
  const user = stage.findIndex((line) => line.startsWith("USER "));
  expect(
    stage.slice(user).filter((line) => /^(RUN|COPY|ADD) /.test(line)),
    "nothing is its own to change",
  ).toEqual([]);
  expect(stage.filter((line) => line.startsWith("HEALTHCHECK "))).toHaveLength(1);
  const installs = lines.filter((line) => /npm (ci|install|i)\b/.test(line));
  expect(installs).toEqual(["RUN npm ci --ignore-scripts"]);
  for (const line of lines.filter((each) => each.startsWith("FROM ")))
    expect(line, "a version of the base image is named").toMatch(/^FROM \S+:\d/);
});

interface Component {
  group?: string;
  name: string;
  properties?: { name: string }[];
}

interface Composed {
  image?: string;
  build?: string;
  user?: string;
  read_only?: boolean;
  privileged?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  tmpfs?: string[];
  volumes?: string[];
  ports?: string[];
  healthcheck?: object;
}

const { services, volumes } = parse(read("docker-compose.yml"), { merge: true }) as {
  services: Record<string, Composed>;
  volumes: Record<string, unknown>;
};

test.each(Object.entries(services))(
  "the service %s can change nothing but its data and /tmp",
  (_name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.cap_add ?? []).toEqual([]);
    expect(service.privileged ?? false).toBe(false);
    expect(service.security_opt).toEqual(["no-new-privileges:true"]);
    expect(service.tmpfs).toEqual(["/tmp"]);
    for (const volume of service.volumes ?? []) {
      const [from = "", to] = volume.split(":");
      expect([Object.hasOwn(volumes, from), to], volume).toEqual([true, "/data"]);
    }
    // The image of this program has its user in the Dockerfile.
    if (!service.build) expect(service.user).toMatch(/^(?!root$|0)\w+/);
    else expect(service.user ?? "node").toBe("node");
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  },
);

test("each service says whether it is well: by itself, or by the image", () => {
  const without = Object.entries(services).filter(([, { healthcheck }]) => !healthcheck);
  expect(without.map(([name, { build }]) => [name, build])).toEqual([["api", "."]]);
});

test("the page names every package that runs, and how to list all of them", () => {
  const page = read("docs/supply-chain.md");
  const { dependencies } = JSON.parse(read("package.json"));
  const named = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(Object.keys(dependencies).sort());
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Entry> };
  const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== "" && !dev);
  expect(page).toContain(`with what they need ${shipped.length},`);
  const [command = ""] = example("docs/supply-chain.md", "sbom").split(" > ");
  const { stdout } = spawnSync("bash", ["-c", command], { cwd: root, encoding: "utf8" });
  const { bomFormat, components } = JSON.parse(stdout);
  expect(bomFormat).toBe("CycloneDX");
  const isTool = ({ properties = [] }: Component) =>
    properties.some(({ name }) => name === "cdx:npm:package:development");
  const runs = (components as Component[]).filter((one) => !isTool(one));
  const listed = runs.map(({ group, name }) => (group ? `${group}/${name}` : name));
  expect(listed).toEqual(expect.arrayContaining(Object.keys(dependencies)));
});
