import { readFileSync } from "node:fs";
import { hashedPath } from "./hashed-path.js";

/** What the colours of the drawings become on dark pages. */
const darkColours: Readonly<Record<string, string>> = {
  "#ffffff": "#1e2120",
  "#f8f7f4": "#161817",
  "#f6f4ef": "#252928",
  "#e7e3db": "#3a3f3d",
  "#23211e": "#e9e7e2",
  "#6b675f": "#a19d95",
  "#1f6f5c": "#7cc7b0",
  "#eaf4ef": "#1f332c",
  "#c9c4b9": "#565b58",
};

const names = ["network", "copy-chrome", "copy-firefox", "copy-safari"] as const;
export type PictureName = (typeof names)[number];

interface PictureFile {
  readonly path: string;
  readonly content: string;
}

function load(name: PictureName) {
  const content = readFileSync(new URL(`./assets/pictures/${name}.svg`, import.meta.url), "utf8");
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(content) ?? [];
  const file = (suffix: string, text: string): PictureFile => ({
    path: hashedPath(`${name}${suffix}.svg`, text),
    content: text,
  });
  const night = content.replace(/#[0-9a-f]{6}\b/g, (colour) => darkColours[colour] ?? colour);
  return { light: file("", content), dark: file("-dark", night), width, height };
}

/** The drawings, each in two palettes: read once, and never changed. */
export const pictures = Object.fromEntries(names.map((name) => [name, load(name)])) as Readonly<
  Record<PictureName, ReturnType<typeof load>>
>;
