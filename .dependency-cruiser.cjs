// The import rules of docs/architecture.md. Each rule names what is forbidden and why.
const rootFiles =
  "^src/((config|context|errors|log|metrics|recent|services|slices|streams|main)\\.ts$|services/)";
const leaves = "^src/((errors|log|metrics|config|recent|services|slices|streams)\\.ts$|services/)";

const onlyWithin = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: "^(src|workers)/", pathNot: allowed },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "domain-is-pure",
      comment: "domain holds values and decisions: zod and node:crypto's hashes, nothing else",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { pathNot: "^(src/domain/|node_modules/zod/|crypto$|node:crypto$)" },
    },
    onlyWithin(
      "pixieset-knows-domain",
      "^src/pixieset/",
      ["^src/pixieset/", "^src/domain/", leaves],
      "the upstream imports domain and the root files",
    ),
    onlyWithin(
      "store-knows-domain",
      "^src/store/",
      ["^src/store/", "^src/domain/", leaves],
      "the store imports domain and the root files",
    ),
    onlyWithin(
      "channels-know-domain",
      "^src/channels/",
      ["^src/channels/", "^src/domain/", leaves],
      "channels import domain and the root files",
    ),
    onlyWithin(
      "queues-know-domain",
      "^src/queues/",
      ["^src/queues/", "^src/domain/", leaves],
      "queues import domain and the root files",
    ),
    onlyWithin(
      "pipeline-is-below-the-edges",
      "^src/pipeline/",
      ["^src/(pipeline|domain|store|queues|channels|pixieset)/", leaves],
      "the data path knows no API, dashboard or command",
    ),
    onlyWithin(
      "api-stays-outside",
      "^src/api/",
      ["^src/(api|domain|store|queues)/", "^src/channels/registry\\.ts$", leaves],
      "the API never reaches into pipeline or pixieset",
    ),
    onlyWithin(
      "dashboard-stays-outside",
      "^src/dashboard/",
      ["^src/(dashboard|domain|store|queues)/", "^src/channels/registry\\.ts$", leaves],
      "the dashboard reads the store",
    ),
    onlyWithin(
      "simulator-stands-alone",
      "^src/simulator/",
      ["^src/simulator/"],
      "the simulator shares no code with what it tests",
    ),
    {
      name: "only-queues-import-bullmq",
      severity: "error",
      from: { pathNot: "^src/queues/" },
      to: { path: "node_modules/bullmq/" },
    },
    {
      name: "undici-in-two-places",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(channels/http|pixieset/client|simulator/)" },
      to: { path: "node_modules/undici/" },
    },
    {
      name: "only-store-and-queues-import-ioredis",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(store|queues)/" },
      to: { path: "node_modules/ioredis/" },
    },
    {
      name: "only-context-wires",
      comment: "only context.ts constructs; commands and workers get what it built",
      severity: "error",
      from: { path: "^src/(api|dashboard|pipeline|channels|pixieset|store|queues|domain)/" },
      to: { path: rootFiles, pathNot: leaves },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
  },
};
