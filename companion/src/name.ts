const systems: Readonly<Record<string, string>> = {
  mac: "macOS",
  win: "Windows",
  linux: "Linux",
  cros: "ChromeOS",
  android: "Android",
  openbsd: "OpenBSD",
};

// The first that is found: all of them also call themselves Chrome, Chromium or Safari.
const byBrand = ["Google Chrome", "Microsoft Edge", "Opera", "Brave", "Vivaldi", "Chromium"];
const byAgent: readonly (readonly [RegExp, string])[] = [
  [/Firefox\//, "Firefox"],
  [/Edg\//, "Microsoft Edge"],
  [/OPR\//, "Opera"],
  [/Chrome\//, "Chromium"],
];

/** What this browser is called in the dashboard: "Chromium on Linux". */
export function browserName(brands: readonly string[], userAgent: string, system: string): string {
  const brand = byBrand.find((name) => brands.includes(name));
  const name = brand ?? byAgent.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "A browser";
  const where = systems[system];
  return where === undefined ? name : `${name} on ${where}`;
}
