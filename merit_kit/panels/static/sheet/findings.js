import { make, replaceKeepingFocus, setText } from "./dom.js";
import { createDayField } from "./day_field.js";
import { labelled, makeSection, makeSelect } from "./section.js";
import { createTextField } from "./texts.js";

/**
 * What practice shows, seen in the field; and where it lies below the paper, the explanation.
 *
 * @param {{sub: SubAspect, sheet: Sheet, words: Words, state: State, act: Actions,
 *   drafts: Drafts, side: "evaluator", mode: () => string, covered: () => boolean,
 *   back: () => void}} given
 */
export function createFindings({ sub, sheet, words, state, act, drafts, side, mode, covered, back }) {
  const { say } = words;
  const { code } = sub;
  const list = make("ul", { class: "ms-findings", tabindex: "-1" });
  const level = makeSelect(["", ...sheet.steps.map(String)], (step) => step || "–");
  const source = makeSelect(sheet.choices.finding_sources, (name) => say(`finding.sources.${name}`));
  const { element: dayField, input: day, set: setDay } = createDayField(words, say("finding.day"));
  setDay(new Date().toISOString().slice(0, 10));
  const reason = make("textarea", { rows: "2", "data-field": "finding" });
  const wrong = make("p", { class: "ms-hint", role: "alert" });
  const add = make("button", { class: "ms-button", text: say("finding.add") });
  const fields = make(
    "div",
    { class: "ms-form" },
    make("div", { class: "ms-form-three" }, labelled(say("finding.level"), level), labelled(say("finding.source"), source), dayField),
    labelled(say("finding.reason"), reason),
    make("div", { class: "ms-buttons" }, add, wrong),
  );
  const form = make("details", { class: "ms-more" }, make("summary", { text: say("finding.new") }), fields);
  const why = make("p", { class: "ms-why", hidden: true });

  fields.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    add.click();
  });
  add.addEventListener("click", () => {
    const lacks = level.value === "" || day.value === "" || reason.value.trim() === "";
    setText(wrong, lacks ? say("finding.incomplete") : "");
    if (lacks) return;
    act.finding(code, { level: Number(level.value), source: source.value, seen_on: day.value, reason: reason.value.trim() });
    reason.value = "";
    level.value = "";
    form.open = false;
    drafts.dropForm(`finding/${code}`);
    back();
  });
  const values = () => ({ level: level.value, source: source.value, day: day.value, reason: reason.value });
  fields.addEventListener("input", () => drafts.keepForm(`finding/${code}`, values()));
  const kept = drafts.form(`finding/${code}`);
  if (kept) {
    [level.value, source.value, reason.value] = [kept.level, kept.source, kept.reason];
    setDay(kept.day);
    form.open = true;
  }

  const mismatchText = make("p", { class: "ms-mismatch-text" });
  const answer = createTextField({ field: "mismatch", code, key: null, words, state, drafts, act, rows: 2, side, mode, covered });
  const mismatch = make("div", { class: "ms-mismatch", hidden: true }, mismatchText, answer.element);
  let drawn = "";

  function row(finding) {
    return make(
      "li",
      { class: "ms-finding" },
      make("p", {}, make("b", { text: say("finding.at", { step: finding.level ?? "–" }) }), ` ${finding.reason}`),
      make("p", {
        class: "ms-about",
        text: [say(`finding.sources.${finding.source}`), words.day(finding.seen_on), say("text.said", { by: finding.by, at: words.moment(finding.at) }), finding.photos.length > 0 ? say("finding.photos", { count: finding.photos.length }) : ""].filter(Boolean).join(" · "),
      }),
    );
  }

  return {
    element: makeSection("findings", say("finding.title"), null, mismatch, list, why, form),
    show() {
      const item = state.item(code);
      const key = JSON.stringify(item.findings);
      if (key !== drawn) {
        drawn = key;
        replaceKeepingFocus(list, item.findings.map(row));
        list.hidden = item.findings.length === 0;
      }
      mismatch.hidden = item.mismatch === null;
      if (item.mismatch) {
        const { field, verified, answered } = item.mismatch;
        setText(mismatchText, say(answered ? "mismatch.answered" : "mismatch.open", { field, verified }));
        answer.show();
      }
      const refused = state.may("finding");
      form.hidden = refused !== "";
      setText(why, refused === state.may("level") ? "" : refused);
      why.hidden = why.textContent === "";
    },
  };
}
