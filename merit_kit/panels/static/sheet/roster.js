/**
 * Names, NIP and offices as they are pasted from a spreadsheet: one person a line, cells parted by
 * tabs, in whatever order, with a line of headings or a column of numbers or without.
 *
 * @typedef {{name: string, nip: string, office: string}} Listed
 */

const DIGITS = 18;
const HEADING = /^(nip|nama|name|nama lengkap|full name)$/i;
/** A NIP as offices write it, and as Excel spoils it: 1,98E+17. */
const NIP_LIKE = /^'?\d[\d\s.,'-]*(e\+?\d+)?$/i;
const LINE_NUMBER = /^\d{1,3}[.)]?$/;

/** A NIP without what people part it with. @param {string} nip */
export const bareNip = (nip) => nip.replace(/[\s'.-]/g, "");

/** What is wrong with a NIP: how many digits it has; null if nothing is. @param {string} nip */
export function nipFault(nip) {
  const bare = bareNip(nip);
  if (bare === "" || new RegExp(`^\\d{${DIGITS}}$`).test(bare)) return null;
  return { found: nip.trim().slice(0, 40), digits: bare.replace(/\D/g, "").length, allowed: DIGITS };
}

function listed(line) {
  const cells = line.split("\t").map((cell) => cell.trim()).filter((cell) => cell !== "" && !LINE_NUMBER.test(cell));
  const at = cells.findIndex((cell) => NIP_LIKE.test(cell));
  const [name = "", ...office] = cells.filter((_, number) => number !== at);
  const isHeading = cells.some((cell) => HEADING.test(cell));
  return isHeading || name === "" ? null : { name, nip: at < 0 ? "" : bareNip(cells[at]), office: office.join(", ") };
}

/**
 * @param {string} text as it was pasted
 * @returns {?Listed[]} null of what is no table: a name as anybody types it
 */
export function rosterOf(text) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  if (lines.length < 2 && !text.includes("\t")) return null;
  return lines.map(listed).filter(Boolean);
}
