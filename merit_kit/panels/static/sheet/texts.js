import { freshId, make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { standingText } from "./statements.js";
import { signsOf, verdictOf } from "./signs.js";

/**
 * One field of text of a sub-aspect, which states itself after a rest and on leaving.
 *
 * @param {{field: "reason"|"note"|"internal"|"recommendation"|"discussion"|"agreed"|"mismatch", code: string, key: string,
 *   words: Words, state: State, drafts: Drafts, act: Actions, rows: number,
 *   side: "evaluator"|"agency"|"practice", mode: () => string, covered: () => boolean}} given
 *   `key` opens it from the list.
 */
export function createTextField({ field, code, key, words, state, drafts, act, rows, side, mode, covered }) {
  const { say } = words;
  const name = `${field}/${code}`;
  const own = field === "reason" && state.view.pass === "self";
  const [fieldId, hintId] = [freshId(field), freshId("hint")];
  const area = make("textarea", { id: fieldId, rows: String(rows), "data-field": field, "aria-describedby": hintId, spellcheck: "false" });
  const hint = make("span", { id: hintId, class: "ms-hint" });
  const who = make("span", { class: "ms-who-said" });
  const label = make("label", { for: fieldId }, field === "internal" ? icon("lock") : null, make("span", { text: say(`text.${own ? "self_reason" : field}`) }));
  const keycap = key ? make("kbd", { text: key, "aria-hidden": "true" }) : null;
  const element = make(
    "div",
    { class: `ms-field${field === "internal" ? " ms-internal" : ""}`, "data-of": field },
    make("div", { class: "ms-label" }, label, keycap),
    area,
    make("div", { class: "ms-under" }, hint, who),
  );

  area.addEventListener("input", () => {
    drafts.type(name, area.value, () => act.textBase(field, code));
  });
  area.addEventListener("blur", () => drafts.flush(name));

  function standing() {
    const item = state.item(code);
    if (field !== "reason") return standingText(field, item);
    const { level, carried } = verdictOf(item, state.view.pass);
    return carried ? "" : (level?.reason ?? "");
  }

  function saidBy() {
    const item = state.item(code);
    const said = { note: item.notes.agency, internal: item.notes.internal, recommendation: item.recommendation, discussion: item.discussion, agreed: item.agreed }[field];
    return said ? say("text.said", { by: said.by, at: words.moment(said.at) }) : "";
  }

  function hintText(typed, asked) {
    const isFor = drafts.level(name) === undefined ? verdictOf(state.item(code), state.view.pass).step : drafts.level(name);
    if (typed && field === "reason" && isFor === null) return say("text.reason_waits");
    if (typed) return say("text.typing");
    if (asked) return say("text.reason_missing");
    if (field === "internal") return say("text.internal_hint");
    // At the desk levels are drafts; these are not.
    return field !== "reason" && side === "evaluator" && mode() === "prep" ? say("text.public_hint") : "";
  }

  /** What the agency is not to see while it looks on; what is being typed is seen by whoever types. */
  function isCovered(typed) {
    if (!covered()) return false;
    if (field === "internal") return true;
    if (field !== "reason" || area === area.ownerDocument.activeElement) return false;
    const { level } = verdictOf(state.item(code), state.view.pass);
    return level ? level.draft : typed && !drafts.isOpen(name);
  }

  function show() {
    const typed = drafts.text(name);
    const text = typed ?? standing();
    if (area.value !== text) area.value = text;
    const right = { mismatch: "mismatch_answer", agreed: "agreed_action", internal: "note", reason: "level" }[field] ?? field;
    const seen = field === "reason" && act.isSeen(code) ? say("done.seen_already", { code }) : "";
    const why = state.may(right) || seen;
    element.hidden = isCovered(typed !== null);
    if (area.readOnly !== (why !== "")) area.readOnly = why !== "";
    const asked = field === "reason" && why === "" && text.trim() === "" && signsOf(state.item(code), state.view.pass).reason;
    setAttribute(element, "data-asked", asked ? "true" : null);
    setAttribute(element, "data-empty", text === "");
    setAttribute(element, "data-typed", typed !== null ? "true" : null);
    // Why no level may be stated is said once, above the cards.
    setText(hint, why !== "" && why !== state.may("level") ? why : hintText(typed !== null, asked));
    setText(who, saidBy());
  }

  return { element, show, focus: () => area.focus() };
}
