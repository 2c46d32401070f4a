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
 *   room: ?string, drafts: Drafts, waitingActs: WaitingActs, unsaved: () => number,
 *   send: (message: Object) => void, go: (code: string) => void, note: (text: string) => void}} given
 */
export function createDesk({ root, words, side, sheet, room, drafts, waitingActs, unsaved, send, go, note }) {
  const { assessment } = sheet;

  /** Each question has a name of its own: an answer to one before it is not taken for its own. */
  const named = (question) => ({ ...question, assessment, room, ask: randomHex() });
  /** @returns {string} the name of the question */
  function sendOff(question) {
    send(question);
    return question.ask;
  }
  const waitingHere = (kind) => waitingActs.of(assessment, room, kind);
  const ask = (question) => sendOff(named(question));
  /** A drawer begins with what waits since it was open last; else with how things are. */
  const begin = (question) => sendOff(waitingHere(question.do) ?? named(question));
  /** Answers may come when another assessment is open, or the same in another room. */
  const isHere = (answer) => answer.assessment === assessment && answer.room === room;
  const inAll = () => unsaved() + ["sitting", "check"].filter(waitingHere).length;
  const papers = side !== "evaluator" ? null : createPapers({ words, unsaved: inAll, ask: () => named({ do: "papers" }), put: sendOff });
  let sitting = null;
  let check = null;

  const open = {
    sitting() {
      if (side === "practice") return;
      sitting = openSitting({ place: root, words, side, room, drafts, ask, begin, papers: papers?.element ?? null, closed: () => (sitting = null) });
    },
    check() {
      const made = side === "practice" ? openCompare : openCheck;
      check = made({ place: root, words, sheet, unsaved, drafts, ask, begin, go, closed: () => (check = null) });
    },
  };
  /** After a reload, whoever waited for an answer waits where they were. */
  function goOn() {
    // A dialog can be shown once the panel is on the page.
    if (!root.isConnected) return void (leaveFrame = nextFrame(goOn));
    for (const what of ["sitting", "check"]) if (waitingHere(what)) open[what]();
  }
  let leaveFrame = nextFrame(goOn);

  return {
    ...open,
    takeSitting(message) {
      if (!isHere(message)) return;
      if (sitting) return sitting.take(message);
      // It was closed before the answer came: what was typed in it is stated all the same.
      if (formOf(message.act, room)) drafts.dropForm(formOf(message.act, room));
      if (message.note) note(message.note);
    },
    takeCheck(message) {
      if (!isHere(message)) return;
      if (check) check.take(message);
      else if (message.note) note(message.note);
    },
    failed(message) {
      const { do: what, why, ask: of, later } = message;
      if (what === "papers") return papers?.fail(why);
      const drawer = what === "check" ? check : sitting;
      if (!isHere(message)) note(words.say("sitting.elsewhere", { why }));
      else if (drawer) drawer.fail(why, of, later);
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
