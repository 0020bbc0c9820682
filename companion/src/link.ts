/** Where pixiehook is, and what to show there. */
export interface Link {
  /** Its public address, without a slash at the end. */
  readonly address: string;
  readonly code: string;
}

// Names and addresses of one's own house: what goes there does not go over the internet.
const own = [
  /^localhost$|\.localhost$|^\[::1\]$/,
  /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)(\.\d+)+$/,
  /^\[f[cd][0-9a-f]{2}:|^\[fe[89ab][0-9a-f]:/,
  /\.(local|lan|internal|home\.arpa)$|^[^.:]+$/,
];

/** Whether the session could be read on its way there. */
function isInTheOpen({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && !own.some((pattern) => pattern.test(hostname));
}

/** What a pairing link says, or why the text is none and what to do. */
export function readLink(text: string): Link | { readonly problem: string } {
  const pasted = text.trim();
  if (pasted === "") return { problem: "Paste the pairing link first." };
  if (!/^https?:\/\//i.test(pasted) || !URL.canParse(pasted))
    return { problem: "Paste the whole pairing link: it begins with https:// or http://." };
  const url = new URL(pasted);
  const path = /^(.*)\/companion\/?$/.exec(url.pathname)?.[1];
  if (path === undefined || url.username !== "" || url.password !== "")
    return {
      problem: "This is not a pairing link: copy the one that the account's page in pixiehook shows.",
    };
  if (isInTheOpen(url))
    return {
      problem:
        "Your session would go to this address unencrypted: put pixiehook behind https first, then pair.",
    };
  const code = url.hash.slice(1).replaceAll("%20", "").trim();
  if (code.replace(/[\s-]/g, "").length !== 12)
    return { problem: "The code is missing at the end of the link: copy the link to its last letter." };
  return { address: `${url.origin}${path}`, code };
}
