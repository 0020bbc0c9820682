import { expect, it } from "vitest";
import { foreignOrigins } from "../../../src/pixieset/hosts.js";

it("names each origin once that is not Pixieset's", () => {
  const origins = (galleryUrl: string, studioUrl: string) => foreignOrigins({ galleryUrl, studioUrl });
  expect(origins("https://galleries.pixieset.com/api/v1", "https://studio.pixieset.com/api/v1")).toEqual([]);
  expect(origins("http://127.0.0.1:4010/gallery/api/v1", "http://127.0.0.1:4010/studio/api/v1")).toEqual([
    "http://127.0.0.1:4010",
  ]);
  expect(origins("https://galleries.pixieset.com.example/api", "https://studio.pixieset.com/api/v1")).toEqual(
    ["https://galleries.pixieset.com.example"],
  );
});
