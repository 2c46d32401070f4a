import { TEXT_FIELDS, findingBody, levelBody, levelVisibility, makeOp, questionBody, remadeOp, standingText } from "./statements.js";
import { levelIds, standingIds } from "./overlay.js";
import { verdictOf } from "./signs.js";

/**
 * What a person can do on a sheet. Each deed is shown and kept before it is sent.
 *
 * @typedef {ReturnType<typeof createActions>} Actions
 *
 * @param {{state: State, outbox: Outbox, undo: ReturnType<typeof createUndo>, drafts: () => Drafts,
 *   room: ?string, mode: () => "prep"|"room", note: (text: string) => void, words: Words}} given
 *   `note` tells the person, also one who listens, what was done.
 */
export function createActions({ state, outbox, undo, drafts, room, mode, note, words }) {
  const { say } = words;
  const assessment = state.sheet.assessment;

  function record(kind, body, visibleTo, base = null) {
    const draft = { kind, body };
    const item = state.item(state.codeOf(draft));
    const op = makeOp(kind, body, visibleTo, base ?? standingIds(kind, body, visibleTo, item), room);
    outbox.add(assessment, op);
    state.touch([op]);
    return op;
  }

  function standingLevels(code, pass) {
    const item = state.item(code);
    return item.disputed[pass].length > 0 ? item.disputed[pass] : [item[pass]].filter(Boolean);
  }

  /** The reason as it is typed, else as it stands. */
  function reasonOf(code) {
    return drafts().text(`reason/${code}`) ?? verdictOf(state.item(code), state.view.pass).level?.reason ?? "";
  }

  function stateLevel(code, step, reason, base = null) {
    const { pass } = state.view;
    const standing = standingLevels(code, pass);
    record("level", levelBody(code, pass, step, reason), levelVisibility(mode(), standing), base);
    drafts().forget(`reason/${code}`);
  }

  function remember(code) {
    const { level } = verdictOf(state.item(code), state.view.pass);
    undo.push({ what: "level", code, level: level?.level ?? null, reason: level?.reason ?? "" });
  }

  /** Choose a level; null takes it back. */
  function level(code, step) {
    const refused = state.may("level");
    if (refused) return note(refused);
    if (step !== null && !state.sheet.steps.includes(step)) return note(say("done.no_step", { step }));
    const { level: standing, step: now, carried, disputed } = verdictOf(state.item(code), state.view.pass);
    const confirms = mode() === "room" && standing?.draft;
    const typed = drafts().text(`reason/${code}`) !== null;
    if (step === now && disputed.length === 0 && !carried && !confirms && !typed) {
      return note(say("done.same_level", { code, step: now ?? "–" }));
    }
    remember(code);
    stateLevel(code, step, reasonOf(code));
    note(step === null ? say("done.level_taken", { code }) : say("done.level", { code, step }));
  }

  return {
    level,
    /** Enter: make a draft known, or agree with the agency. */
    confirm(code) {
      const item = state.item(code);
      const { level: standing, step, carried, disputed } = verdictOf(item, state.view.pass);
      if (disputed.length > 1) return note(say("done.conflict_first", { code }));
      if (step !== null && (carried || standing.draft)) {
        if (standing.draft && mode() === "prep") return note(say("done.draft_waits", { code }));
        return level(code, step);
      }
      if (step !== null) return note(say("done.same_level", { code, step }));
      const self = item.self?.level ?? null;
      if (self === null) return note(say("done.no_self", { code }));
      return level(code, self);
    },
    /** Settle a conflict by one of its statements: the new one names them all. */
    choose(code, chosen) {
      const { pass } = state.view;
      stateLevel(code, chosen.level, chosen.reason, levelIds(state.item(code), pass));
      note(say("done.settled", { code, step: chosen.level ?? "–" }));
    },
    /** State a text of a field; false if it has to wait. */
    text(field, code, text, base, undoable = true) {
      if (field === "reason") {
        const { level: standing, carried } = verdictOf(state.item(code), state.view.pass);
        if (state.may("level")) return false;
        if (!standing || standing.level === null || carried) return false;
        if (standing.reason === text) return true;
        if (undoable) remember(code);
        const { pass } = state.view;
        const visible = levelVisibility(mode(), standingLevels(code, pass));
        record("level", levelBody(code, pass, standing.level, text), visible, base);
        return true;
      }
      const item = state.item(code);
      const before = standingText(field, item);
      const [kind, body, visibleTo] = TEXT_FIELDS[field](code, text);
      if (state.may(kind.replace("-", "_"))) return false;
      if (before === text) return true;
      // The kernel takes no empty explanation.
      if (field === "mismatch" && (text.trim() === "" || !item.mismatch)) return false;
      if (undoable && field !== "mismatch") undo.push({ what: "text", field, code, text: before });
      record(kind, body, visibleTo, base);
      return true;
    },
    textBase(field, code) {
      const item = state.item(code);
      if (field === "reason") return levelIds(item, state.view.pass ?? "awal");
      const [kind, body, visibleTo] = TEXT_FIELDS[field](code, "");
      return standingIds(kind, body, visibleTo, item);
    },
    evidence(code, file, change, base = null, undoable = true) {
      const held = state.item(code).evidence.find((each) => each.file === file);
      if (!held || state.may("evidence_state")) return false;
      const before = { state: held.state ?? "belum-diperiksa", text: held.text ?? "" };
      const after = { ...before, ...change };
      if (before.state === after.state && before.text === after.text) return true;
      if (undoable) undo.push({ what: "evidence", code, file, ...before });
      record("evidence-state", { file, sha256: held.sha256, ...after }, "agency", base);
      note(say("done.evidence", { name: held.name, state: say(`evidence.states.${after.state}`) }));
      return true;
    },
    evidenceBase: (code, file) => standingIds("evidence-state", { file }, "agency", state.item(code)),
    /** Keep a question as a draft or ask it. */
    question(code, values, ask) {
      const held = state.item(code).questions.find((each) => each.thread === values.thread);
      const visible = ask || (held && !held.draft) ? "agency" : "internal";
      record("question", questionBody(code, values), visible);
      note(say(ask ? "done.asked" : "done.question_kept", { code }));
    },
    close(question, closed, text) {
      record("closing", { thread: question.thread, closed, text }, "agency");
      note(say(closed ? "done.closed" : "done.returned"));
    },
    finding(code, values) {
      record("level", findingBody(code, values), "agency");
      note(say("done.finding", { code, step: values.level }));
    },
    /** @returns {?string} the sub-aspect it was about */
    undo() {
      const step = undo.pop();
      if (!step) return note(say("done.nothing_to_undo")), null;
      const { code } = step;
      if (step.what === "level") stateLevel(code, step.level, step.reason);
      else if (step.what === "evidence") this.evidence(code, step.file, { state: step.state, text: step.text }, null, false);
      else {
        drafts().forget(`${step.field}/${code}`);
        this.text(step.field, code, step.text, null, false);
      }
      note(say(`done.undone_${step.what}`, { code, step: step.level ?? "–" }));
      return code;
    },
    /** State a refused one anew, on top of what stands. */
    remake(op) {
      state.forget();
      const code = state.codeOf(op);
      return code === undefined ? null : remadeOp(op, state.item(code));
    },
  };
}
