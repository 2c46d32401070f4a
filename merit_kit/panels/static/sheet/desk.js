import { randomHex } from "./ids.js";
import { createPapers } from "./papers.js";
import { openCheck } from "./check.js";
import { openCompare } from "./compare.js";
import { openSitting } from "./sitting.js";

/**
 * What is done for the assessment as a whole, each in a drawer over the sheet: the sitting and its
 * papers; the agency's last look before it hands in; in practice, the comparison.
 *
 * @param {{root: HTMLElement, words: Words, side: "evaluator"|"agency"|"practice", sheet: Sheet,
 *   room: ?string, drafts: Drafts, unsaved: () => number, ask: (message: Object) => void,
 *   go: (code: string) => void}} given
 */
export function createDesk({ root, words, side, sheet, room, drafts, unsaved, ask, go }) {
  // Each asking has a name of its own: an answer to one before it is not taken for its own.
  const asked = (message) => {
    const token = randomHex();
    ask({ ...message, assessment: sheet.assessment, room, ask: token });
    return token;
  };
  const papers = side !== "evaluator" ? null : createPapers({ words, unsaved, ask: () => asked({ do: "papers" }) });
  let sitting = null;
  let check = null;

  return {
    sitting() {
      if (side === "practice") return;
      sitting = openSitting({ place: root, words, side, drafts, ask: asked, papers: papers?.element ?? null, closed: () => (sitting = null) });
    },
    check() {
      const open = side === "practice" ? openCompare : openCheck;
      check = open({ place: root, words, sheet, unsaved, ask: asked, go, closed: () => (check = null) });
    },
    takeSitting: (message) => sitting?.take(message),
    takeCheck: (message) => check?.take(message),
    failed({ do: what, why, ask: of }) {
      if (what === "papers") papers?.fail(why);
      else (what === "check" ? check : sitting)?.fail(why, of);
    },
    given: (message, buffers) => papers?.heard(message, buffers),
    stop: () => papers?.stop(),
  };
}
