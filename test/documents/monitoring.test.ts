import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { readConfig } from "../../src/config.js";
import { useExamples } from "../support/documents.js";

const example = useExamples();
const root = new URL("../../", import.meta.url);
const page = "docs/monitoring.md";
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

const scrapeSchema = z.strictObject({
  job_name: z.string(),
  scrape_interval: z.string().regex(/^\d+[sm]$/),
  static_configs: z.array(z.strictObject({ targets: z.array(z.string()) })).optional(),
  dns_sd_configs: z
    .array(z.strictObject({ names: z.array(z.string()), type: z.literal("A"), port: z.int() }))
    .optional(),
});
const prometheusSchema = z.strictObject({
  rule_files: z.array(z.string()),
  scrape_configs: z.tuple([scrapeSchema]),
});
const composeSchema = z.object({
  services: z.record(z.string(), z.object({ volumes: z.array(z.string()).default([]) })),
});
const composed = composeSchema.parse(parse(read("docker-compose.yml"), { merge: true }));
/** The job that the alerts speak of. */
const jobs = new Set(
  [...read("docs/monitoring/alerts.yml").matchAll(/job="([^"]+)"/g)].map(([, job]) => job),
);

test("Prometheus finds one process where it listens unless told otherwise", () => {
  const { rule_files, scrape_configs } = prometheusSchema.parse(parse(example(page, "prometheus")));
  const [{ job_name, static_configs }] = scrape_configs;
  const { host, port } = readConfig({}).http;
  expect(static_configs).toEqual([{ targets: [`${host}:${port}`] }]);
  expect([...jobs]).toEqual([job_name]);
  for (const file of rule_files)
    expect(existsSync(new URL(`docs/monitoring/${file}`, root)), file).toBe(true);
});

test("Prometheus finds every process of the containers, at the ports that they serve", () => {
  const { rule_files, scrape_configs } = prometheusSchema.parse(parse(example(page, "prometheus-compose")));
  const [{ job_name, dns_sd_configs = [] }] = scrape_configs;
  expect([...jobs]).toEqual([job_name]);
  const { http, metricsPort } = readConfig({
    PIXIEHOOK_METRICS_PORT: /PIXIEHOOK_METRICS_PORT=(\d+)/.exec(read(page))?.[1],
  });
  const asked = Object.fromEntries(
    dns_sd_configs.flatMap(({ names, port }) => names.map((name) => [name, port])),
  );
  expect(asked).toEqual({ api: http.port, worker: metricsPort });
  for (const name of Object.keys(asked)) expect(composed.services).toHaveProperty(name);
  // The rules lie beside the configuration: where the block that starts Prometheus puts them.
  const { prometheus } = composeSchema.parse(parse(example(page, "compose"))).services;
  const mounted = Object.fromEntries(
    prometheus?.volumes.map((each) => each.split(":").slice(0, 2).reverse()) ?? [],
  );
  for (const file of rule_files) {
    const from = mounted[`/etc/prometheus/${file}`] ?? "";
    expect(existsSync(new URL(from, root)), from).toBe(true);
  }
  expect(mounted["/etc/prometheus/prometheus.yml"]).toBe("./prometheus.yml");
});

test("the containers that are scaled are there", () => {
  const scaled = /--scale (\w+)=\d+$/m.exec(example("README.md", "compose"))?.[1];
  expect(Object.keys(composed.services)).toEqual(["redis", "api", "worker"]);
  expect(composed.services).toHaveProperty(scaled ?? "");
});
