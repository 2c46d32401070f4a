import { TEXT_FIELDS, findingBody, questionBody, remadeOp, standingText } from "./statements.js";
import { standingIds } from "./overlay.js";
import { createLevels } from "./levels.js";
import { createRecording } from "./recording.js";
import { createUndoing } from "./undoing.js";

/**
 * What a person can do on a sheet. Each deed is shown and kept before it is sent.
 *
 * @typedef {ReturnType<typeof createActions>} Actions
 *
 * @param {{state: State, outbox: Outbox, undo: ReturnType<typeof createUndo>, drafts: () => Drafts,
 *   room: ?string, mode: () => "prep"|"room", covered: () => boolean,
 *   note: (text: string) => void, words: Words}} given
 *   `note` tells the person, also one who listens, what was done.
 */
export function createActions({ state, outbox, undo, drafts, room, mode, covered, note, words }) {
  const { say } = words;
  const recording = createRecording({ state, outbox, undo, drafts, room });
  const { record, remember, passOver } = recording;
  const levels = createLevels({ state, recording, drafts, mode, covered, note, words });
  const { level, confirm, choose, unite, isSeen } = levels;
  const { undoLast } = createUndoing({ state, undo, recording, levels, mode, note, words });

  return {
    level,
    confirm,
    choose,
    unite,
    isSeen,
    /** State a text of a field; false if it has to wait. @param {?number} [of] the level a reason is for */
    text(field, code, text, base, of) {
      if (field === "reason") return levels.stateReason(code, text, base, of);
      const item = state.item(code);
      const before = standingText(field, item);
      const [kind, body, visibleTo] = TEXT_FIELDS[field](code, text, item);
      if (state.may(kind.replace("-", "_"))) return false;
      if (before === text) return true;
      // The kernel takes no empty explanation.
      if (field === "mismatch" && (text.trim() === "" || !item.mismatch)) return false;
      const op = record(kind, body, visibleTo, base);
      if (field === "mismatch") passOver(op, code);
      else remember({ what: "text", field, code, text: before }, op);
      return true;
    },
    /** What a text goes on upon. @returns {{base: string[], level?: ?number}} */
    textBase(field, code) {
      if (field === "reason") return levels.reasonBase(code);
      const [kind, body, visibleTo] = TEXT_FIELDS[field](code, "");
      return { base: standingIds(kind, body, visibleTo, state.item(code)) };
    },
    evidence(code, file, change, base = null) {
      const held = state.item(code).evidence.find((each) => each.file === file);
      if (!held || state.may("evidence_state")) return false;
      const before = { state: held.state ?? "belum-diperiksa", text: held.text ?? "" };
      const after = { ...before, ...change };
      if (before.state === after.state && before.text === after.text) return true;
      const op = record("evidence-state", { file, sha256: held.sha256, ...after }, "agency", base);
      remember({ what: "evidence", code, file, ...before }, op);
      note(say("done.evidence", { name: held.name, state: say(`evidence.states.${after.state}`) }));
      return true;
    },
    /** Take a file of one's own back; what it was stays in the history. */
    withdraw(code, held) {
      const { file, name, sha256, size, side } = held;
      passOver(record("evidence", { sub_aspect: code, file, name, sha256, size, side, withdrawn: true }, "agency", held.given), code);
      note(say("done.withdrawn", { name }));
    },
    /** Answer a question; the files are some of those given here. @param {string[]} files */
    answer(question, text, files) {
      const op = record("answer", { thread: question.thread, text, files }, "agency");
      passOver(op, state.codeOf(op));
      note(say("done.answered"));
    },
    evidenceBase: (code, file) => standingIds("evidence-state", { file }, "agency", state.item(code)),
    /** Keep a question as a draft or ask it. */
    question(code, values, ask) {
      const held = state.item(code).questions.find((each) => each.thread === values.thread);
      const visible = ask || (held && !held.draft) ? "agency" : "internal";
      passOver(record("question", questionBody(code, values), visible), code);
      note(say(ask ? "done.asked" : "done.question_kept", { code }));
    },
    close(question, closed, text) {
      const op = record("closing", { thread: question.thread, closed, text }, "agency");
      passOver(op, state.codeOf(op));
      note(say(closed ? "done.closed" : "done.returned"));
    },
    finding(code, values) {
      passOver(record("level", findingBody(code, values), "agency"), code);
      note(say("done.finding", { code, step: values.level }));
    },
    undo: undoLast,
    /** Make a refused one anew: on the base given, or on top of what stands. */
    remake(op, base) {
      const fresh = base === null ? standingIds(op.kind, op.body, op.visible_to, state.item(state.codeOf(op))) : base;
      const at = base === null ? new Date().toISOString() : op.stated_at;
      const remade = remadeOp(op, { base: fresh, room, stated_at: at });
      undo.goOnFrom([op.id], remade.id);
      return remade;
    },
  };
}
