import { nextFrame } from "./dom.js";
import { randomHex } from "./ids.js";
import { createPapers } from "./papers.js";
import { openCheck } from "./check.js";
import { openCompare } from "./compare.js";
import { formOf, openSitting } from "./sitting.js";

/**
 * What is done for the assessment as a whole, each in a drawer over the sheet: the sitting and its
 * papers; the agency's last look before it hands in; in practice, the comparison.
 *
 * @param {{root: HTMLElement, words: Words, side: "evaluator"|"agency"|"practice", sheet: Sheet,
 *   room: ?string, drafts: Drafts, acts: Acts, unsaved: () => number,
 *   ask: (message: Object) => void, go: (code: string) => void, note: (text: string) => void}} given
 */
export function createDesk({ root, words, side, sheet, room, drafts, acts, unsaved, ask, go, note }) {
  const { assessment } = sheet;

  function put(message) {
    ask(message);
    return message.ask;
  }
  // Each asking has a name of its own: an answer to one before it is not taken for its own.
  const asked = (message) => put({ ...message, assessment, room, ask: randomHex() });
  const waiting = (what) => acts.of(assessment, room, what);
  /** A drawer begins with what waits since it was open last; else with how things are. */
  const begin = (message) => (waiting(message.do) ? put(waiting(message.do)) : asked(message));
  const inAll = () => unsaved() + ["sitting", "check"].filter(waiting).length;
  const papers = side !== "evaluator" ? null : createPapers({ words, unsaved: inAll, ask: () => ({ do: "papers", assessment, room, ask: randomHex() }), put });
  let sitting = null;
  let check = null;

  const open = {
    sitting() {
      if (side === "practice") return;
      sitting = openSitting({ place: root, words, side, room, drafts, ask: asked, begin, papers: papers?.element ?? null, closed: () => (sitting = null) });
    },
    check() {
      const made = side === "practice" ? openCompare : openCheck;
      check = made({ place: root, words, sheet, unsaved, drafts, ask: asked, begin, go, closed: () => (check = null) });
    },
  };
  /** After a reload, whoever waited for an answer waits where they were. */
  function goOn() {
    // A dialog can be shown once the panel is on the page.
    if (!root.isConnected) return void (leaveFrame = nextFrame(goOn));
    for (const what of ["sitting", "check"]) if (waiting(what)) open[what]();
  }
  let leaveFrame = nextFrame(goOn);

  return {
    ...open,
    takeSitting(message) {
      if (sitting) return sitting.take(message);
      // It was closed before the answer came: what was typed in it is stated all the same.
      if (formOf(message.act, room)) drafts.dropForm(formOf(message.act, room));
    },
    takeCheck: (message) => check?.take(message),
    failed({ do: what, why, ask: of }) {
      if (what === "papers") return papers?.fail(why);
      const drawer = what === "check" ? check : sitting;
      if (drawer) drawer.fail(why, of);
      else note(why);
    },
    given: (message, buffers) => papers?.heard(message, buffers),
    resume: () => papers?.resume(),
    stop() {
      leaveFrame();
      papers?.stop();
    },
  };
}
