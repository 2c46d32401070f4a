/**
 * What an item's standing is called: the words behind the signs of the navigator and the filters.
 * Counting and comparing only; what a level is worth is the kernel's business.
 *
 * @typedef {{level: ?Level, step: ?number, carried: boolean, disputed: Level[]}} Verdict
 *   `carried`: it is the level of the first pass, which holds until the second says otherwise.
 */

/** Files that do not prove what they were given for. */
const FAULTY = ["kurang", "kedaluwarsa", "tidak-dapat-dibuka"];

/** The lowest level of every edition says that nothing is there yet: it needs no evidence. */
const lowestProven = 1;

/** An item as the agency sees it: of a conflict, too, only what was said in the room. */
function withoutDrafts(item) {
  const seen = { ...item, disputed: { ...item.disputed } };
  for (const pass of ["awal", "akhir"]) {
    const said = (item.disputed[pass].length > 0 ? item.disputed[pass] : [item[pass]]).filter((level) => level && !level.draft);
    seen[pass] = said.length === 1 ? said[0] : null;
    seen.disputed[pass] = said.length > 1 ? said : [];
  }
  return seen;
}

/**
 * @param {Item} item @param {?string} pass
 * @param {boolean} covered drafts are not shown: the agency looks on
 * @returns {Verdict}
 */
export function verdictOf(item, pass, covered = false) {
  if (covered) return verdictOf(withoutDrafts(item), pass);
  const ask = (of, carried) => ({
    level: item[of],
    step: item[of]?.level ?? null,
    carried,
    disputed: item.disputed[of],
  });
  if (["awal", "self", "second"].includes(pass)) return ask(pass, false);
  const later = ask("akhir", false);
  // One that was taken back says nothing: the first pass counts again.
  return later.step !== null || later.disputed.length > 0 ? later : ask("awal", pass === "akhir");
}

/**
 * @param {Item} item @param {?string} pass @param {boolean} covered
 * @returns {{standing: "disputed"|"unassessed"|"stated"|"alone"|"agreed"|"raised"|"lowered", self: ?number,
 *   step: ?number, draft: boolean, carried: boolean, conflict: boolean, mismatch: boolean,
 *   questions: number, waiting: number, answered: number, fresh: number, files: number,
 *   answers: number, reason: boolean, theirs: ?("agreed"|"raised"|"lowered"), verified: ?number,
 *   alike: boolean}}
 *   `questions` are those that are not closed: `waiting` for an answer, or `answered`; `fresh` is
 *   what came since the level: `files` and `answers`. On the agency's sheet `theirs` is what the
 *   evaluators made of its level, and `verified` theirs. `alike`: all that dispute say the same.
 */
export function signsOf(item, pass, covered = false) {
  const { level, step, carried, disputed } = verdictOf(item, pass, covered);
  const self = item.self?.level ?? null;
  // On the agency's own sheet there is nobody to agree with.
  const own = pass === "self";
  let standing = "agreed";
  if (disputed.length > 1) standing = "disputed";
  else if (step === null) standing = "unassessed";
  else if (own) standing = "stated";
  else if (self === null) standing = "alone";
  else standing = compared(step, self);
  const differs = standing === "raised" || standing === "lowered";
  const verified = own ? verdictOf(item, "akhir").step : null;
  const theirs = verified === null || self === null ? null : compared(verified, self);
  const asked = item.questions.filter((each) => !each.draft);
  const inState = (...states) => asked.filter((each) => states.includes(each.state)).length;
  const [waiting, answered] = [inState("open"), own ? 0 : inState("answered")];
  const files = own ? 0 : item.evidence.filter((each) => each.fresh).length;
  const answers = own ? 0 : item.questions.filter((each) => each.fresh).length;
  return {
    standing,
    self,
    step,
    draft: step !== null && level.draft,
    carried: carried && step !== null,
    conflict: disputed.length > 1 || item.disputed.self.length > 1,
    mismatch: !own && item.mismatch !== null && !item.mismatch.answered,
    questions: waiting + answered,
    waiting,
    answered,
    fresh: files + answers,
    files,
    answers,
    faulty: own ? item.evidence.filter((each) => FAULTY.includes(each.state) || each.unfit).length : 0,
    bare: own && step !== null && step > lowestProven && item.evidence.length === 0,
    reason: differs && level.reason.trim() === "",
    theirs,
    verified,
    alike: isAlike(disputed),
  };
}

const compared = (step, self) => (step === self ? "agreed" : step > self ? "raised" : "lowered");

/** Whether several state the same level, not knowing of each other. @param {Level[]} disputed */
export const isAlike = (disputed) => disputed.length > 1 && disputed.every(({ level }) => level !== null && level === disputed[0].level);

const DIFFER = ["raised", "lowered"];

/** The filters of the navigator, each with what it keeps. `mode` is "prep" or "room". */
export const FILTERS = {
  all: () => true,
  open: (signs, mode) =>
    // What has come since an item was scored may change it: in the room it must not be filtered away.
    signs.standing === "unassessed" || signs.fresh > 0 || signs.faulty > 0 || (signs.standing === "stated" && signs.questions > 0) || signs.conflict || signs.mismatch || signs.reason || (signs.draft && mode === "room"),
  differing: (signs) => DIFFER.includes(signs.theirs ?? signs.standing),
  questions: (signs) => signs.questions > 0,
  fresh: (signs) => signs.fresh > 0,
  conflicts: (signs) => signs.conflict,
};

/** The filters of a sheet. What is new for the evaluators is the agency's own; practising, one is alone. @param {"evaluator"|"agency"|"practice"} side */
export const filtersOf = (side) => {
  const without = { agency: ["fresh"], practice: ["questions", "fresh", "conflicts"] }[side] ?? [];
  return Object.keys(FILTERS).filter((name) => !without.includes(name));
};

/** The signs of an item beside its standing, in the order of their weight. */
export function marksOf(signs) {
  return ["conflict", "mismatch", "questions", "faulty", "bare", "fresh", "reason", "draft"].filter((name) => signs[name]);
}

/** Marks that are one drawing, and in words say how many there are of each. */
const COUNTED = { questions: ["waiting", "answered"], fresh: ["files", "answers"], faulty: ["faulty"] };

/** All that is to be said of an item, in words. @param {Words["say"]} say @returns {string[]} */
export function wordsOf(signs, say) {
  const marks = marksOf(signs).filter((name) => name !== "conflict" || signs.standing !== "disputed");
  const said = marks.flatMap((name) => {
    if (!COUNTED[name]) return [say(`mark.${name}`)];
    const some = COUNTED[name].filter((each) => signs[each] > 0);
    return some.map((each) => say(signs[each] === 1 ? `mark.${each}_one` : `mark.${each}`, { count: signs[each] }));
  });
  const standing = signs.standing === "disputed" && signs.alike ? "alike" : signs.standing;
  return [say(signs.theirs ? `theirs.${signs.theirs}` : `standing.${standing}`), ...said];
}
