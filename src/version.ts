import { readFileSync } from "node:fs";
import { messageOf } from "./errors.js";

/** The version in package.json, which stands above both the sources and the compiled files. */
export function readVersion(): string {
  for (const above of ["../package.json", "../../package.json"]) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(above, import.meta.url), "utf8"));
      if (name === "pixiehook" && typeof version === "string") return version;
    } catch (error) {
      if (!messageOf(error).includes("ENOENT")) throw error;
    }
  }
  return "0.0.0";
}
