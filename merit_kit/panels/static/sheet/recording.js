import { makeOp } from "./statements.js";
import { standingIds } from "./overlay.js";

/**
 * How what a person does becomes a statement: shown and kept before it is sent, with what it would
 * take to go back.
 *
 * @typedef {ReturnType<typeof createRecording>} Recording
 *
 * @param {{state: State, outbox: Outbox, undo: ReturnType<typeof createUndo>, drafts: () => Drafts,
 *   room: ?string}} given
 */
export function createRecording({ state, outbox, undo, drafts, room }) {
  const assessment = state.sheet.assessment;

  function record(kind, body, visibleTo, base = null) {
    const draft = { kind, body };
    const item = state.item(state.codeOf(draft));
    const op = makeOp(kind, body, visibleTo, base ?? standingIds(kind, body, visibleTo, item), room);
    outbox.add(assessment, op);
    state.touch([op]);
    return op;
  }

  /** What is being typed is said where it is the same, and goes on upon what was said otherwise. */
  function carryOn(name, text, op) {
    if (drafts().text(name) === text) drafts().forget(name);
    else drafts().follow(name, op);
  }

  const remember = (before, op) => undo.push({ ...before, op: op.id, base: op.base });

  /** What no key takes back is still the last thing done: undoing does not reach past it unsaid. */
  const passOver = (op, code) => undo.push({ what: "other", code, op: op.id, base: [], kind: op.body.of === "field" ? "finding" : op.kind });

  return { record, carryOn, remember, passOver };
}
