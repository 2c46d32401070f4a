import { TEXT_FIELDS, findingBody, levelBody, levelVisibility, makeOp, questionBody, remadeOp, standingText } from "./statements.js";
import { levelIds, standingIds } from "./overlay.js";
import { isAlike, verdictOf } from "./signs.js";

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

  function standingLevels(code, pass) {
    const item = state.item(code);
    return item.disputed[pass].length > 0 ? item.disputed[pass] : [item[pass]].filter(Boolean);
  }

  /**
   * The reason as it is typed; else as it stands, where it is still one: for the level it was given
   * for, or one of the same pass on the same side of the agency's own.
   */
  function reasonFor(code, step) {
    const typed = drafts().text(`reason/${code}`);
    if (typed !== null) return typed;
    const item = state.item(code);
    const { level: standing, step: now, carried } = verdictOf(item, state.view.pass);
    // An agency's own words explain what there is, whatever level they hold it to be.
    if (state.view.pass === "self") return standing?.reason ?? "";
    const self = item.self?.level ?? null;
    const side = (level) => (self === null || level === null ? level : Math.sign(level - self));
    const fits = step === now || (!carried && step !== null && (self === null || (side(step) === side(now) && step !== self)));
    return fits ? (standing?.reason ?? "") : "";
  }

  function stateLevel(code, step, reason, base = null) {
    const { pass } = state.view;
    const standing = standingLevels(code, pass);
    const op = record("level", levelBody(code, pass, step, reason), levelVisibility(mode(), standing), base);
    carryOn(`reason/${code}`, reason, op);
    return op;
  }

  /** What of the level there is to go back to. */
  function levelBefore(code) {
    const { pass } = state.view;
    const item = state.item(code);
    if (item.disputed[pass].length > 0) return { what: "settled", code, pass };
    const { level = null, reason = "", draft = false } = item[pass] ?? {};
    return { what: "level", code, pass, level, reason, draft };
  }

  const remember = (before, op) => undo.push({ ...before, op: op.id, base: op.base });

  /** What no key takes back is still the last thing done: undoing does not reach past it unsaid. */
  const passOver = (op, code) => undo.push({ what: "other", code, op: op.id, base: [], kind: op.body.of === "field" ? "finding" : op.kind });

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

  /** What the agency has seen stays seen: at the desk it would change before its eyes. */
  function isSeen(code) {
    return mode() === "prep" && standingLevels(code, state.view.pass).some((each) => !each.draft);
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
      return tell(code, hasDraft(code), say("done.same_level", { code, step: now ?? "–" }));
    }
    if (isSeen(code)) return note(say("done.seen_already", { code }));
    // While the agency looks on, what it has not seen is not said along with what is.
    const isUnseen = covered() && mode() === "room" && (typed ? !drafts().isOpen(`reason/${code}`) : standing?.draft);
    if (isUnseen && typed) return note(say("share.reason_first", { code }));
    const before = levelBefore(code);
    const op = stateLevel(code, step, isUnseen ? "" : reasonFor(code, step));
    remember(before, op);
    tell(code, op.visible_to === "internal", step === null ? say("done.level_taken", { code }) : say("done.level", { code, step }));
  }

  /** Say what was done, or is; of a draft no more than that while the agency looks on. */
  function tell(code, isDraft, text) {
    note(covered() && isDraft ? say("done.covered", { code }) : text);
  }

  /** Settle a conflict by one of its statements: the new one names them all. */
  function choose(code, chosen) {
    const before = levelBefore(code);
    remember(before, stateLevel(code, chosen.level, chosen.reason, levelIds(state.item(code), state.view.pass)));
    note(say("done.settled", { code, step: chosen.level ?? "–" }));
  }

  /** Make one of statements of the same level, with what each said for it. */
  function unite(code, disputed) {
    const refused = state.may("level");
    if (refused) return note(refused);
    // Nobody makes known by accident what they do not see.
    if (covered() && hasDraft(code)) return note(say("done.covered", { code }));
    const reasons = new Set(disputed.map(({ reason }) => reason.trim()).filter(Boolean));
    choose(code, { level: disputed[0].level, reason: [...reasons].join("\n\n") });
  }

  const hasDraft = (code) => standingLevels(code, state.view.pass).some((each) => each.draft);

  return {
    level,
    /** Enter: make a draft known, or agree with the agency. */
    confirm(code) {
      if (state.view.pass === "self") return note(say("done.choose_level", { code }));
      const item = state.item(code);
      const { level: standing, step, carried, disputed } = verdictOf(item, state.view.pass);
      if (isAlike(disputed)) return unite(code, disputed);
      if (disputed.length > 1) return tell(code, hasDraft(code), say("done.conflict_first", { code }));
      if (step !== null && (carried || standing.draft)) {
        if (standing.draft && mode() === "prep") return tell(code, true, say("done.draft_waits", { code }));
        // Nobody makes known by accident what they do not see.
        if (standing.draft && covered()) return note(say("done.covered", { code }));
        return level(code, step);
      }
      if (step !== null) return note(say("done.same_level", { code, step }));
      const self = item.self?.level ?? null;
      if (self === null) return note(say("done.no_self", { code }));
      return level(code, self);
    },
    choose,
    unite,
    /** State a text of a field; false if it has to wait. @param {?number} [of] the level a reason is for */
    text(field, code, text, base, of) {
      if (field === "reason") {
        const { level: standing, carried } = verdictOf(state.item(code), state.view.pass);
        if (state.may("level") || isSeen(code)) return false;
        // It is for the level that stood when it was begun, whatever somebody else has said since.
        const step = of === undefined || carried ? (standing?.level ?? null) : of;
        if (step === null || carried) return false;
        if (standing?.level === step && standing.reason === text) return true;
        const before = levelBefore(code);
        remember(before, stateLevel(code, step, text, base));
        return true;
      }
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
      const item = state.item(code);
      if (field === "reason") {
        const pass = state.view.pass ?? "awal";
        return { base: levelIds(item, pass), level: item[pass]?.level ?? null, open: covered() };
      }
      const [kind, body, visibleTo] = TEXT_FIELDS[field](code, "");
      return { base: standingIds(kind, body, visibleTo, item) };
    },
    isSeen,
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
    /** @returns {?string} the sub-aspect it was about */
    undo() {
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
    },
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
