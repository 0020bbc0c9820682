/** Pixieset's two APIs. */
export type Host = "gallery" | "studio";

/** What the hosts are called in reasons, wherever they are configured to be. */
export const hostNames: Readonly<Record<Host, string>> = {
  gallery: "Pixieset Galleries",
  studio: "Pixieset Studio",
};

/** What both APIs are asked with, whoever asks. */
export const apiHeaders = { accept: "application/json", "x-requested-with": "XMLHttpRequest" } as const;

/** The address of a path on one of the hosts, given their base URLs. */
export function urlOf(
  { galleryUrl, studioUrl }: { readonly galleryUrl: string; readonly studioUrl: string },
  host: Host,
  path: string,
): URL {
  const base = host === "gallery" ? galleryUrl : studioUrl;
  return new URL(base.replace(/\/+$/, "") + path);
}

/** Origins of the two APIs that are not Pixieset's: of a simulation, or whatever else is configured. */
export function foreignOrigins(urls: { readonly galleryUrl: string; readonly studioUrl: string }): string[] {
  const origins = [urls.galleryUrl, urls.studioUrl].map((url) => new URL(url).origin);
  return [...new Set(origins)].filter(
    (origin) => !/^https:\/\/(galleries|studio)\.pixieset\.com$/.test(origin),
  );
}
