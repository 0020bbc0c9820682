import { ProblemError } from "./problem.js";
import { refuseInvalid } from "./validation.js";

/** What may be the name of a field: what else stands in a body may be a cookie, or a part of a page. */
const fieldName = /^([A-Za-z]{1,24}|\d{1,4})$/;

/** The path to a wrong field as far as it can be told. The names of headers are the upstream's, and left out. */
function tellable(path: string): string {
  const parts = path.split(/[.[\]]+/).filter((part) => part !== "");
  const strange = parts.findIndex((part, at) => !fieldName.test(part) || parts[at - 1] === "headers");
  const told = strange < 0 ? parts : [...parts.slice(0, strange), "…"];
  return told
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}

/** As `refuseInvalid`; of what a companion sent nothing is repeated but what may be the name of a field. */
export const refuseInput: typeof refuseInvalid = (result, c) => {
  try {
    return refuseInvalid(result, c);
  } catch (error) {
    const isTold = !(error instanceof ProblemError) || !c.req.path.startsWith("/companion/");
    if (isTold || error.errors === undefined) throw error;
    const errors = error.errors.map(({ path, message }) => ({ path: tellable(path), message }));
    const named = errors.map(({ path, message }) => (path === "body" ? message : `${path}: ${message}`));
    const told = named.join("; ");
    const end = told.endsWith("?") ? "" : ".";
    throw new ProblemError(error.code, `The body is not valid. ${told}${end}`, errors);
  }
};
