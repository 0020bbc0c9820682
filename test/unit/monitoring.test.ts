import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createMetrics } from "../../src/metrics.js";

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
const page = read("monitoring.md");
const dashboard = JSON.parse(read("monitoring/grafana-dashboard.json")) as Dashboard;

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

/** The alerts, read by their fixed form: name, expression, and what people are told. */
const alerts = read("monitoring/alerts.yml")
  .split("- alert: ")
  .slice(1)
  .map((text) => {
    const field = (name: string) => new RegExp(`^ +${name}: "?(.+?)"?$`, "m").exec(text)?.[1] ?? "";
    const name = text.slice(0, text.indexOf("\n"));
    return { name, expr: field("expr"), texts: ["summary", "description", "remedy"].map(field) };
  });

/** Every metric with its labels: ours, and those of any process. */
const { registry } = createMetrics({ version: "1.2.3" });
const metrics = registry.getMetricsAsArray() as unknown as {
  name: string;
  help: string;
  type: string;
  labelNames?: string[];
}[];
const labelsOf = new Map(metrics.map(({ name, labelNames = [] }) => [name, labelNames]));
const own = metrics.filter(({ name }) => name.startsWith("pixiehook_"));

const rows = [...page.matchAll(/^\| `(pixiehook_\w+)` +\| (.*?) +\| .+ \|$/gm)].map(
  ([, name = "", labels = ""]) => ({
    name,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
  }),
);

test("the page names every metric with its labels, and none that there is not", () => {
  const told = Object.fromEntries(rows.map(({ name, labels }) => [name, labels.toSorted()]));
  const exposed = own.map(({ name }) => [name, [...(labelsOf.get(name) ?? [])].sort()]);
  expect(told).toEqual(Object.fromEntries(exposed));
});

test("names and units follow the conventions", () => {
  for (const { name, type, help } of own) {
    expect(name).toMatch(/^[a-z][a-z_]*[a-z]$/);
    expect(help.length, name).toBeGreaterThan(8);
    // Milliseconds and the like are no base units; of counters, and of nothing else, the total is told.
    expect(name).not.toMatch(/milli|_ms\b|kilo|mega|minutes\b|hours?\b|percent/);
    expect(name.endsWith("_total"), name).toBe(type === "counter");
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
  }
});

/** What of an expression must exist: metrics, the labels that are asked of each, and those that are grouped by. */
function usedBy(expr: string) {
  const selectors = [...expr.matchAll(/\b((?:pixiehook|process|nodejs)_\w+|up)\b(?:\{([^}]*)\})?/g)].map(
    ([, name = "", inner = ""]) => ({
      name: labelsOf.has(name) || name === "up" ? name : name.replace(/_bucket$/, ""),
      labels: [...inner.matchAll(/(\w+)\s*[!=]/g)].map(([, label = ""]) => label),
    }),
  );
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
  return { selectors, grouped };
}

const asked = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...alerts.map(({ name, expr }) => [name, expr] as const),
];

test.each(asked)("%s asks for nothing that is not there", (_title, expr) => {
  const { selectors, grouped } = usedBy(expr);
  expect(selectors.length).toBeGreaterThan(0);
  const known = new Set(["le", "job", "instance"]);
  for (const { name, labels } of selectors) {
    const own = name === "up" ? [] : labelsOf.get(name);
    expect(own, `${name} of ${expr}`).toBeDefined();
    for (const label of own ?? []) known.add(label);
    for (const label of labels) expect(["job", ...(own ?? [])], expr).toContain(label);
  }
  for (const label of grouped) expect([...known], expr).toContain(label);
});

describe("the dashboard", () => {
  test("can be imported: ids and places of its own, a query and a unit in each panel", () => {
    const { panels, templating } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(templating.list).toContainEqual(
      expect.objectContaining({ name: "datasource", type: "datasource" }),
    );
    const cells = new Set<string>();
    for (const { type, title, description, gridPos, fieldConfig, targets = [] } of panels) {
      const { x, y, w, h } = gridPos;
      expect(x + w, title).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++)
        for (let line = y; line < y + h; line++) {
          expect(cells.has(`${column},${line}`), `${title} lies over another`).toBe(false);
          cells.add(`${column},${line}`);
        }
      if (type === "row") continue;
      expect(description, title).toMatch(/\.$/);
      expect(fieldConfig?.defaults.unit, title).toMatch(/^(short|s|bytes|ops|reqps|reqpm)$/);
      expect(targets.length, title).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  test("shows every metric but the version", () => {
    const shown = new Set(
      dashboard.panels.flatMap(({ targets = [] }) =>
        targets.flatMap(({ expr }) => usedBy(expr).selectors.map(({ name }) => name)),
      ),
    );
    const inAlerts = new Set(alerts.flatMap(({ expr }) => usedBy(expr).selectors.map(({ name }) => name)));
    const unseen = own.filter(({ name }) => !shown.has(name) && !inAlerts.has(name)).map(({ name }) => name);
    expect(unseen).toEqual(["pixiehook_build_info"]);
  });
});

test("every alert says what is wrong, what that means, and what to do", () => {
  expect(alerts.length).toBeGreaterThanOrEqual(8);
  for (const { name, texts } of alerts) for (const text of texts) expect(text, name).toMatch(/^.{15,}$/);
  for (const { texts } of alerts) expect(texts[2]).toMatch(/\.$/);
});
