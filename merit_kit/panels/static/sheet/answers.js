import { freshId, make, setText } from "./dom.js";

/**
 * Where the agency answers one question. What is in it survives a reload, and a new drawing of the
 * list it stands in.
 *
 * @param {{question: Question, evidence: Evidence[], words: Words, act: Actions, drafts: Drafts,
 *   back: () => void}} given `evidence`: the files of the sub-aspect, some of which may be attached
 * @returns {HTMLElement}
 */
export function answerForm({ question, evidence, words, act, drafts, back }) {
  const { say } = words;
  const { thread } = question;
  const name = `answer/${thread}`;
  const id = freshId("answer");
  const kept = drafts.form(name);
  const text = make("textarea", { id, rows: "3", "data-field": `answer/${thread}`, "data-focus": `answer-${thread}` });
  text.value = kept?.text ?? "";
  const own = evidence.filter((each) => each.side === "agency");
  const boxes = own.map((each) => {
    const box = make("input", { type: "checkbox", value: each.sha256, "data-focus": `attach-${thread}-${each.file}` });
    box.checked = (kept?.files ?? question.files).includes(each.sha256);
    return [box, make("label", { class: "ms-check" }, box, make("span", { text: each.name, title: each.name }))];
  });
  const empty = make("p", { class: "ms-hint", role: "alert" });
  const send = make("button", { class: "ms-button", "data-main": true, "data-focus": `send-${thread}`, text: say(question.answer ? "question.send_answer_again" : "question.send_answer"), onclick: submit });
  const chosen = () => boxes.filter(([box]) => box.checked).map(([box]) => box.value);

  function submit() {
    if (text.value.trim() === "") {
      setText(empty, say("question.answer_empty"));
      return text.focus();
    }
    drafts.dropForm(name);
    act.answer(question, text.value.trim(), chosen());
    back();
  }

  const element = make(
    "div",
    { class: "ms-form" },
    make("label", { for: id, text: say("question.your_answer") }),
    text,
    boxes.length > 0 ? make("fieldset", { class: "ms-attach" }, make("legend", { text: say("question.attach") }), ...boxes.map(([, label]) => label)) : null,
    make("div", { class: "ms-buttons" }, send, empty),
  );
  element.addEventListener("input", () => drafts.keepForm(name, { text: text.value, files: chosen() }));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    submit();
  });
  return element;
}
