import { freshId, make, replaceKeepingFocus, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { createDayField } from "./day_field.js";
import { answerForm } from "./answers.js";
import { labelled, lockPart, makeSection } from "./section.js";

/** The form of a question, new or changed; what is in it survives a reload. */
function questionForm({ code, words, drafts, covered, send }) {
  const { say } = words;
  const text = make("textarea", { rows: "2", "data-field": "question" });
  const missing = make("textarea", { rows: "2", "data-field": "missing" });
  const { element: dueField, input: due, set: setDue } = createDayField(words, say("question.due"));
  const keepButton = make("button", { class: "ms-button", text: say("question.keep") });
  const askButton = make("button", { class: "ms-button", text: say("question.ask") });
  const cancel = make("button", { class: "ms-quiet", text: say("question.cancel"), hidden: true });
  const empty = make("p", { class: "ms-hint", role: "alert" });
  const element = make(
    "div",
    { class: "ms-form" },
    labelled(say("question.text"), text),
    make("div", { class: "ms-form-pair" }, labelled(say("question.missing"), missing), dueField),
    make("div", { class: "ms-buttons" }, askButton, keepButton, cancel, empty),
  );
  let thread = null;
  /** What was written before the screen was shared is not for the agency yet. */
  let isPrivate = false;

  function fill(values) {
    isPrivate = Boolean(values);
    thread = values?.thread ?? null;
    text.value = values?.text ?? "";
    missing.value = values?.missing ?? "";
    setDue((values?.due ?? "").slice(0, 10));
    cancel.hidden = thread === null && text.value === "";
    setText(empty, "");
  }

  function submit(ask) {
    if (text.value.trim() === "") {
      setText(empty, say("question.empty"));
      return text.focus();
    }
    const values = { thread, text: text.value.trim(), missing: missing.value.trim(), due: due.value || null };
    drafts.dropForm(`question/${code}`);
    fill(null);
    send(values, ask);
  }

  element.addEventListener("input", () => {
    cancel.hidden = false;
    isPrivate ||= !covered();
    drafts.keepForm(`question/${code}`, { thread, text: text.value, missing: missing.value, due: due.value });
  });
  keepButton.addEventListener("click", () => submit(false));
  askButton.addEventListener("click", () => submit(true));
  cancel.addEventListener("click", () => {
    drafts.dropForm(`question/${code}`);
    fill(null);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    // Kept, as in every field; only the button shows it to the agency.
    submit(false);
  });
  fill(drafts.form(`question/${code}`));
  /** Change one that was kept; what is being written comes first. */
  function edit(question) {
    const busy = text.value.trim() !== "" || missing.value.trim() !== "";
    if (busy && thread !== question.thread) setText(empty, say("question.form_busy"));
    else if (thread !== question.thread) fill(question);
    text.focus();
  }

  return { element, edit, text, isPrivate: () => isPrivate && text.value + missing.value !== "", main: (room) => (setAttribute(askButton, "data-main", room), setAttribute(keepButton, "data-main", !room)) };
}

/**
 * The clarifications of a sub-aspect, and a new one.
 *
 * @param {{sub: SubAspect, words: Words, state: State, act: Actions, drafts: Drafts,
 *   side: "evaluator"|"agency", mode: () => string, covered: () => boolean,
 *   back: () => void}} given
 */
export function createQuestions({ sub, words, state, act, drafts, side, mode, covered, back }) {
  const { say } = words;
  const code = sub.code;
  const list = make("ul", { class: "ms-questions", tabindex: "-1" });
  const why = make("p", { class: "ms-why", hidden: true });
  const form = questionForm({
    code,
    words,
    drafts,
    covered,
    send(values, ask) {
      act.question(code, values, ask);
      back();
    },
  });
  let returning = null;
  let drawn = "";

  /** What is still missing in an answer, asked for in place. */
  function returnForm(question) {
    const id = freshId("return");
    const name = `return/${question.thread}`;
    const field = make("textarea", { id, rows: "2", "data-field": name, "data-focus": "return-text" });
    // The list may be drawn anew while this is written.
    field.value = drafts.form(name)?.text ?? "";
    field.addEventListener("input", () => drafts.keepForm(name, { text: field.value }));
    const sendBack = () => {
      if (field.value.trim() === "") return field.focus();
      returning = null;
      drafts.dropForm(name);
      act.close(question, false, field.value.trim());
    };
    const stop = () => {
      returning = null;
      drafts.dropForm(name);
      show();
    };
    return make(
      "div",
      { class: "ms-form" },
      make("label", { for: id, text: say("question.still_missing") }),
      field,
      make("div", { class: "ms-buttons" }, make("button", { class: "ms-button", "data-main": true, text: say("question.return"), onclick: sendBack }), make("button", { class: "ms-quiet", text: say("question.cancel"), onclick: stop })),
    );
  }

  function buttonsOf(question) {
    const button = (name, deed) => make("button", { class: "ms-button", "data-focus": `${name}-${question.thread}`, text: say(`question.${name}`), onclick: deed });
    if (question.draft) {
      if (state.may("question")) return [];
      const edit = () => form.edit(question);
      return [button("send", () => act.question(code, question, true)), button("edit", edit)];
    }
    if (question.state === "closed" || state.may("closing")) return [];
    const turnBack = () => {
      returning = question.thread;
      show();
      list.querySelector("[data-focus=return-text]")?.focus();
    };
    const close = button("close", () => act.close(question, true, ""));
    return question.state === "answered" ? [close, button("insufficient", turnBack)] : [close];
  }

  /** Until when an answer is awaited; of one that came or was let go it is told no more. */
  function dueTag({ due, state: how, draft }) {
    if (!due || how === "closed" || how === "answered") return null;
    const late = !draft && due.slice(0, 10) < state.view.now.slice(0, 10);
    return make("span", { class: "ms-tag", "data-tag": late ? "overdue" : "due" }, icon(late ? "unsaved" : "clock"), say(late ? "question.overdue" : "question.until", { day: words.day(due) }));
  }

  function row(question) {
    const kind = question.draft ? "draft" : question.rejected && question.state === "open" ? "returned" : question.state;
    const drawing = { draft: "draft", returned: "question", open: "question", answered: "reason", closed: "agreed" }[kind];
    const facts = [question.missing && say("question.lacks", { what: question.missing }), say("text.said", { by: question.by, at: words.moment(question.at) })];
    const answer = question.answer
      ? make("blockquote", {}, make("b", { text: say("question.answer", { at: question.answered_at ? words.moment(question.answered_at) : "" }) }), make("p", { text: question.answer }), question.files.length > 0 ? make("p", { class: "ms-about", text: say("question.files", { count: question.files.length }) }) : null)
      : null;
    return make(
      "li",
      { class: "ms-question", "data-state": kind },
      make("p", { class: "ms-tags" }, make("span", { class: "ms-tag", "data-tag": kind }, icon(drawing), say(`question.states.${kind}`)), dueTag(question), question.fresh && side !== "agency" ? make("span", { class: "ms-tag", "data-tag": "fresh", text: say("question.fresh") }) : null),
      make("p", { class: "ms-question-text", text: question.text }),
      make("p", { class: "ms-about", text: facts.filter(Boolean).join(" · ") }),
      answer,
      question.closing ? make("p", { class: "ms-about", text: say(question.rejected ? "question.returned_with" : "question.closed_with", { text: question.closing }) }) : null,
      side === "agency" && question.state !== "closed" && !state.may("answer") ? answerForm({ question, evidence: state.item(code).evidence, words, act, drafts, back }) : null,
      returning === question.thread ? returnForm(question) : make("div", { class: "ms-buttons" }, ...buttonsOf(question)),
    );
  }

  function show() {
    const shown = state.item(code).questions.filter((question) => !question.draft || !covered());
    const files = side === "agency" ? state.item(code).evidence.map(({ file }) => file) : [];
    const key = JSON.stringify([shown, returning, covered() && form.isPrivate(), files, state.may("question"), state.may("closing"), state.may("answer")]);
    form.main(mode() === "room");
    if (key === drawn) return;
    drawn = key;
    replaceKeepingFocus(list, shown.map(row));
    list.hidden = shown.length === 0;
    if (side === "agency") {
      setText(why, shown.length === 0 ? say("question.none_asked") : state.may("answer"));
      why.hidden = why.textContent === "";
      return;
    }
    const refused = state.may("question");
    lockPart(form.element, refused);
    const hides = covered() && form.isPrivate();
    form.element.hidden = refused !== "" || hides;
    setText(why, refused || (hides ? say("share.question_covered") : ""));
    why.hidden = why.textContent === "" || refused === state.may("level");
  }

  return {
    element: makeSection("questions", say("question.title"), "C", list, why, side === "agency" ? null : form.element),
    show,
    focus: () => (side === "agency" ? (list.querySelector("textarea") ?? list) : form.text).focus(),
  };
}
