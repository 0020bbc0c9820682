import { type PictureName, pictures } from "../pictures.js";

/** A drawing of ours, light or dark as the page is. `says`: what it shows, in words. */
export function Picture({ name, says }: { name: PictureName; says: string }) {
  const { light, dark, width, height } = pictures[name];
  return (
    <picture>
      <source srcset={dark.path} media="(prefers-color-scheme: dark)" />
      <img src={light.path} alt={says} width={width} height={height} loading="lazy" class="picture" />
    </picture>
  );
}
