/** Words that errors are made of. A password can be any word but hardly tells itself by being one of these. */
const ordinary = new Set(
  `a about access account action active again all allow allowed already an and any api are argument as at attempt
  authenticated authentication authorized available back bad be been before blocked body but by call can cannot
  changed check client code collection collections connection contract could csrf current data database date
  denied disabled does download downloads due enabled endpoint error exceeded exception exist exists expired
  failed failure favorite favorites feature field fields file find folder for forbidden format found from gallery
  gateway gone has have host id in include included incorrect internal invalid invoice invoices is it item items
  json kind later limit link list log logged login maintenance match may message method mismatch missing model
  moment more must name no not null number of on only or our out page pages parameter parameters password payload
  payment payments per permission permissions permitted photo photos pin plan please query questionnaire
  quota quote rate record refresh refused rejected reload request requested requests required resource response
  result retry row rows seconds see server service session sessions sharing sign signed size slow something soon
  state status stop studio subscription support supported temporarily that the this throttled time timed timeout
  to today token too try type unable unauthenticated unauthorized unavailable under unexpected unknown unprocessable
  until upgrade url use user valid value version video videos want was we went with wrong you your`.split(
    /\s+/,
  ),
);

const longest = 120;
const isOrdinary = (word: string) =>
  word
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .every((part) => part === "" || ordinary.has(part));

/**
 * The upstream's own words in brackets, with a leading space. Errors repeat what was sent: any word that is not
 * a common one could be a cookie, a PIN or a password, and is left out. Nothing where little remains.
 */
export function quoted(words: string): string {
  const given = words
    .slice(0, 2_000)
    .split(/\s+/)
    .filter((word) => word !== "");
  const known = given.filter(isOrdinary);
  if (known.length === 0 || known.length * 2 < given.length) return "";
  const kept = given.map((word) => (isOrdinary(word) ? word : "…")).join(" ");
  const shown = kept.replace(/…( …)+/g, "…");
  return ` (${shown.length > longest ? `${shown.slice(0, longest).replace(/\s\S*$/, "")} …` : shown})`;
}
