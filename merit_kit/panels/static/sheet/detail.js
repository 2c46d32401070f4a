import { make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { createCards } from "./cards.js";
import { createTextField } from "./texts.js";
import { createEvidence } from "./evidence.js";
import { createQuestions } from "./questions.js";
import { createFindings } from "./findings.js";
import { createConflicts } from "./conflicts.js";
import { makeSection } from "./section.js";
import { signsOf, verdictOf, wordsOf } from "./signs.js";

/** What is known beside the levels: the agency's own words, and the last round's. */
function contextOf(sub, item, words, side) {
  const { say } = words;
  const parts = [];
  if (side === "agency") {
    const verified = item.akhir ?? item.awal;
    if (verified?.reason) parts.push([say("detail.verified_because"), verified.reason]);
    if (item.notes.agency?.text) parts.push([say("detail.note_of_evaluators"), item.notes.agency.text]);
    if (item.recommendation?.text) parts.push([say("detail.recommended"), item.recommendation.text]);
  } else if (item.self?.reason) parts.push([say("detail.self_said"), item.self.reason]);
  const before = sub.previous;
  if (before?.text) parts.push([say("detail.before", { round: before.round }), before.text]);
  return parts;
}

/**
 * One sub-aspect, everything of it. Built when it is opened; afterwards `show` changes what differs.
 *
 * @param {{sub: SubAspect, sheet: Sheet, words: Words, state: State, act: Actions, drafts: Drafts,
 *   mode: () => string, covered: () => boolean, back: () => void, move: (way: number) => void,
 *   files: Files, side: "evaluator"|"agency"|"practice", history: () => void}} given
 */
export function createDetail(given) {
  const { sub, sheet, words, state, act, side, mode, covered, move, history } = given;
  const { say } = words;
  const field = (name, key, rows) => createTextField({ ...given, field: name, code: sub.code, key, rows });
  const cards = createCards({ ...given, choose: (step) => act.level(sub.code, step) });
  const conflicts = createConflicts(given);
  const ours = side === "evaluator";
  const texts = { reason: field("reason", "R", 3), ...(ours && { note: field("note", "N", 3), internal: field("internal", "I", 3), recommendation: field("recommendation", "M", 3), discussion: field("discussion", null, 2), agreed: field("agreed", null, 2) }) };
  const evidence = createEvidence(given);
  const questions = createQuestions(given);
  const findings = ours ? createFindings(given) : null;
  const aspect = sheet.aspects.find(({ number }) => number === sub.aspect);

  const quiet = (name, deed, key = name) => make("button", { class: "ms-quiet", title: say(`detail.${key}`), "aria-label": say(`detail.${key}`), onclick: deed }, icon(name));
  const confirm = make("button", { class: "ms-button", "data-main": true, onclick: () => act.confirm(sub.code) });
  const takeBack = make("button", { class: "ms-quiet", text: say("detail.take_back"), onclick: () => act.level(sub.code, null) });
  const standing = make("span", { class: "ms-standing-word" });
  const locked = make("p", { class: "ms-locked", hidden: true });
  const context = make("dl", { class: "ms-context" });
  let contextDrawn = "";

  const element = make(
    "article",
    { class: "ms-item", "data-item": sub.code },
    // What comes and goes with a click has a line of its own: a card must not move under the mouse.
    make(
      "div",
      { class: "ms-item-top" },
      make("p", { class: "ms-crumb", text: say("detail.crumb", { aspect: `${aspect.number}. ${aspect.name}`, weight: sub.weight }) }),
      make("div", { class: "ms-item-deeds" }, standing, confirm, takeBack, quiet("history", history), quiet("previous", () => move(-1), "previous_item"), quiet("next", () => move(1))),
    ),
    make("h3", { class: "ms-item-name" }, make("span", { class: "ms-code", text: sub.code }), ` ${sub.name}`),
    locked,
    context,
    conflicts.element,
    cards.element,
    make("div", { class: "ms-texts" }, texts.reason.element, texts.note?.element, texts.internal?.element),
    make(
      "div",
      { class: "ms-parts" },
      ...evidence.elements,
      side === "practice" ? null : questions.element,
      ...(ours ? [makeSection("sitting", say("tools.sitting"), null, texts.discussion.element, texts.agreed.element), makeSection("recommendation", say("text.recommendation"), "M", texts.recommendation.element), findings.element] : []),
    ),
  );

  function showStanding(item) {
    const signs = signsOf(item, state.view.pass, covered());
    setText(standing, wordsOf(signs, say).join(" · "));
    setAttribute(standing, "data-standing", signs.theirs ?? signs.standing);
    const { step, level, carried, disputed } = verdictOf(item, state.view.pass, covered());
    const may = state.may("level") === "" && disputed.length === 0;
    const waits = step !== null && (mode() === "room" ? carried || level.draft : carried && !level.draft);
    // Over a draft that is covered nothing is offered: nobody agrees by what they do not see.
    const unsaid = verdictOf(item, state.view.pass).step === null;
    const agrees = side !== "agency" && step === null && unsaid && signs.self !== null;
    confirm.hidden = !may || !(waits || agrees);
    setText(confirm, waits ? say("detail.confirm", { step }) : say("detail.agree", { step: signs.self ?? "" }));
    takeBack.hidden = !may || step === null || carried;
  }

  function showContext(item) {
    const parts = contextOf(sub, item, words, side);
    const key = JSON.stringify(parts);
    if (key === contextDrawn) return;
    contextDrawn = key;
    context.replaceChildren(...parts.map(([title, text]) => make("div", {}, make("dt", { text: title }), make("dd", { text }))));
  }

  function show() {
    const item = state.item(sub.code);
    showStanding(item);
    showContext(item);
    const why = state.may("level");
    setText(locked, why);
    locked.hidden = why === "";
    conflicts.show();
    cards.show();
    for (const text of Object.values(texts)) text.show();
    evidence.show();
    questions.show();
    findings?.show();
  }

  return {
    element,
    show,
    /** Bring the card of the level that stands into sight: it was chosen by a key. */
    reveal: () => cards.reveal(verdictOf(state.item(sub.code), state.view.pass, covered()).step),
    /** Put the caret into a part. @param {"reason"|"note"|"internal"|"recommendation"|"question"|"evidence"} name */
    focus(name) {
      if (name === "question") return questions.focus(), true;
      if (name === "evidence") return evidence.focus();
      texts[name]?.focus();
      return name in texts;
    },
  };
}
