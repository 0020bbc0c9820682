// Writes the document of /openapi.json to dist, for a linter that goes by the rules in redocly.yaml.
import { writeFileSync } from "node:fs";
import { pino } from "pino";

const { createApi } = await import(new URL("../dist/src/api/app.js", import.meta.url).href);
const app = createApi({
  services: {},
  log: pino({ level: "silent" }),
  entrance: {},
  publicUrl: "http://localhost:3000",
  version: "0.0.0",
});
const response = await app.request("/openapi.json");
writeFileSync("dist/openapi.json", JSON.stringify(await response.json(), null, 2));
