import { levelBody, levelVisibility } from "./statements.js";
import { levelIds } from "./overlay.js";
import { isAlike, verdictOf } from "./signs.js";

/**
 * Levels: chosen, made known, agreed, settled, and the reasons they are given for.
 *
 * @typedef {ReturnType<typeof createLevels>} Levels
 *
 * @param {{state: State, recording: Recording, drafts: () => Drafts, mode: () => "prep"|"room",
 *   covered: () => boolean, note: (text: string) => void, words: Words}} given
 */
export function createLevels({ state, recording, drafts, mode, covered, note, words }) {
  const { say } = words;
  const { record, carryOn, remember } = recording;

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

  /** Enter: make a draft known, or agree with the agency. */
  function confirm(code) {
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
  }

  /** State a reason; false if it has to wait. @param {?number} [of] the level it is for */
  function stateReason(code, text, base, of) {
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

  /** What a reason goes on upon. */
  function reasonBase(code) {
    const item = state.item(code);
    const pass = state.view.pass ?? "awal";
    return { base: levelIds(item, pass), level: item[pass]?.level ?? null, open: covered() };
  }

  return { level, confirm, choose, unite, stateReason, reasonBase, isSeen, tell, stateLevel, standingLevels };
}
