import { TEXT_FIELDS, levelBody, levelVisibility } from "./statements.js";
import { standingIds } from "./overlay.js";
import { verdictOf } from "./signs.js";

/**
 * Going back: what was done last is stated as it was before, and only where it still stands.
 *
 * @param {{state: State, undo: ReturnType<typeof createUndo>, recording: Recording, levels: Levels,
 *   mode: () => "prep"|"room", note: (text: string) => void, words: Words}} given
 */
export function createUndoing({ state, undo, recording, levels, mode, note, words }) {
  const { say } = words;
  const { record, carryOn } = recording;
  const { stateLevel, standingLevels, isSeen, tell } = levels;

  /** Where a step was done, as kind, body and who may see it. */
  const levelTopic = ({ code, pass }) => ["level", levelBody(code, pass, null, ""), "agency"];
  const TOPICS = {
    level: levelTopic,
    settled: levelTopic,
    text: ({ field, code }) => TEXT_FIELDS[field](code, ""),
    evidence: ({ file }) => ["evidence-state", { file }, "agency"],
  };

  /** Whether what a step did still stands: nobody else's is taken back, nor a conflict settled. */
  function stillStands(step) {
    if (step.pass && step.pass !== state.view.pass) return false;
    const standing = standingIds(...TOPICS[step.what](step), state.item(step.code));
    return standing.length === 1 && standing[0] === step.op;
  }

  function stateBefore(step) {
    const { code, text } = step;
    if (step.what === "level") {
      // The agency has seen a level since: what was a draft before it is not said to them by undoing.
      const isPublic = levelVisibility(mode(), standingLevels(code, step.pass)) === "agency";
      return step.draft && isPublic ? stateLevel(code, null, "") : stateLevel(code, step.level, step.reason);
    }
    if (step.what === "text") {
      const op = record(...TEXT_FIELDS[step.field](code, text, state.item(code)));
      carryOn(`${step.field}/${code}`, text, op);
      return op;
    }
    const { sha256 } = state.item(code).evidence.find((each) => each.file === step.file);
    const op = record("evidence-state", { file: step.file, sha256, state: step.state, text }, "agency");
    carryOn(`remark/${step.file}`, text, op);
    return op;
  }

  /** @returns {?string} the sub-aspect it was about */
  function undoLast() {
    const step = undo.last();
    if (!step) return note(say("done.nothing_to_undo")), null;
    const { code } = step;
    if (step.what === "other") {
      undo.pop();
      return note(say("done.undo_other", { code, what: say(`kinds.${step.kind}`) })), code;
    }
    const stands = stillStands(step);
    const refused = state.may(TOPICS[step.what](step)[0].replace("-", "_"));
    // What may not be done now may be done later; what has passed stays passed.
    if (stands && refused) return note(refused), code;
    if (stands && step.what === "level" && isSeen(code)) return note(say("done.seen_already", { code })), code;
    undo.pop();
    if (!stands) return note(say("done.undo_passed", { code })), code;
    if (step.what === "settled") return note(say("done.undo_settled", { code })), code;
    const op = stateBefore(step);
    undo.goOnFrom(step.base, op.id);
    // In the second pass the level of the first one may count again.
    const now = verdictOf(state.item(code), state.view.pass).step;
    const isLevel = step.what === "level";
    tell(code, isLevel && op.visible_to === "internal", say(`done.undone_${isLevel && now === null ? "none" : step.what}`, { code, step: now }));
    return code;
  }

  return { undoLast };
}
