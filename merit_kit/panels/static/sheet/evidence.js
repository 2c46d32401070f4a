import { make, setAttribute, setText } from "./dom.js";
import { makeSection, makeSelect } from "./section.js";

/**
 * A button that is pressed twice: there is no way back from what it does. It asks until the focus
 * goes elsewhere.
 * @param {(sure: boolean) => string} label
 */
function twice(text, label, again, deed) {
  const button = make("button", { class: "ms-quiet", text, onclick: pressed, onkeydown: held, onblur: () => ask(false) });
  function ask(sure) {
    setText(button, sure ? again : text);
    setAttribute(button, "data-sure", sure ? "true" : null);
    setAttribute(button, "aria-label", label(sure));
  }
  function pressed({ detail }) {
    const sure = button.dataset.sure === "true";
    // A double click is one press.
    if (detail > 1 && sure) return;
    // Not every browser gives a button the focus that was clicked.
    button.focus();
    ask(!sure);
    if (sure) deed();
  }
  /** A key that is held down presses again and again. */
  function held(event) {
    if (event.repeat && event.key === "Enter") event.preventDefault();
  }
  ask(false);
  return button;
}

/** What an evaluator holds a file to be, for whoever states it. */
function judgingOf(code, first, states, words, act, drafts) {
  const { say } = words;
  const { file } = first;
  const select = makeSelect(states, (state) => say(`evidence.states.${state}`), { "data-file": file, "aria-label": say("evidence.state_of", { name: first.name }) });
  const remark = make("textarea", { rows: "1", placeholder: say("evidence.remark"), "aria-label": say("evidence.remark_of", { name: first.name }) });
  const draft = `remark/${file}`;
  remark.addEventListener("input", () => drafts.type(draft, remark.value, () => ({ base: act.evidenceBase(code, file) })));
  remark.addEventListener("blur", () => drafts.flush(draft));
  select.addEventListener("change", () => {
    const stated = act.evidence(code, file, { state: select.value, text: remark.value }, drafts.base(draft));
    if (stated) drafts.forget(draft);
  });
  return {
    parts: [select, remark],
    show(given, held, why) {
      const text = drafts.text(draft) ?? held.text ?? "";
      if (select.value !== given) select.value = given;
      if (remark.value !== text) remark.value = text;
      select.disabled = remark.disabled = why !== "";
    },
  };
}

/** The same, for the other side: in words, as there is nothing to choose. */
function judgedOf(words) {
  const { say } = words;
  const state = make("span", { class: "ms-tag" });
  const remark = make("p", { class: "ms-remark" });
  return {
    parts: [make("p", { class: "ms-judged" }, state), remark],
    show(given, held) {
      setText(state, say("evidence.judged", { state: say(`evidence.states.${given}`) }));
      setAttribute(state, "data-evidence", given);
      setText(remark, held.text ? say("evidence.remarked", { text: held.text }) : "");
      remark.hidden = !held.text;
    },
  };
}

/** One file: its name, the state an evaluator gave it, and a remark on it. */
function evidenceRow(code, first, states, words, act, drafts, files, side) {
  const { say } = words;
  const file = first.file;
  const judging = side === "evaluator" ? judgingOf(code, first, states, words, act, drafts) : judgedOf(words);
  const name = make("button", { class: "ms-link", "data-open": file, onclick: () => files.open(code, file) });
  let last = first;
  const withdraw = twice(say("evidence.withdraw"), (sure) => say(sure ? "evidence.withdraw_sure" : "evidence.withdraw_of", { name: last.name }), say("evidence.withdraw_again"), () => act.withdraw(code, last));
  const revise = make("button", { class: "ms-quiet", text: say("evidence.revise"), "aria-label": say("evidence.revise_of", { name: first.name }), onclick: () => files.revise(file, last.given) });
  const own = make("div", { class: "ms-buttons" }, revise, withdraw);
  const about = make("span", { class: "ms-about" });
  const fresh = make("span", { class: "ms-tag", "data-tag": "fresh", text: say("evidence.fresh") });
  const unfit = make("p", { class: "ms-unfit", role: "alert", hidden: true });
  const element = make("li", { class: "ms-file" }, make("div", { class: "ms-file-name" }, name, fresh, about), ...judging.parts, unfit, own);

  return {
    element,
    open: name,
    show(held, why, whyNot) {
      last = held;
      own.hidden = whyNot !== "" || held.side !== side;
      setText(name, held.name);
      setText(about, [words.size(held.size), held.side === "evaluator" ? say("evidence.by_evaluator") : "", words.day(held.at)].filter(Boolean).join(" · "));
      fresh.hidden = !held.fresh || side === "agency";
      const given = held.state ?? "belum-diperiksa";
      judging.show(given, held, why);
      setAttribute(element, "data-state", given);
      // To whoever gave it, who can mend it; the others are told when they open it.
      setText(unfit, held.side === side ? (held.unfit ?? "") : "");
      unfit.hidden = unfit.textContent === "";
      setAttribute(name, "title", say("evidence.open", { name: held.name }));
    },
  };
}

/**
 * What is expected as evidence, and what was given.
 *
 * @param {{sub: SubAspect, sheet: Sheet, words: Words, state: State, act: Actions, drafts: Drafts,
 *   files: Files, side: string}} given
 */
export function createEvidence({ sub, sheet, words, state, act, drafts, files, side }) {
  const { say } = words;
  const rows = new Map();
  const list = make("ul", { class: "ms-files", tabindex: "-1" });
  const none = make("p", { class: "ms-none", text: say("evidence.none") });
  const why = make("p", { class: "ms-why", hidden: true });
  const given = makeSection("evidence", say("evidence.given"), "E", why, list, none, files.upload);
  const expected = makeSection(
    "expected",
    say("evidence.expected"),
    null,
    make("ol", { class: "ms-expected" }, ...sub.evidence.map((text) => make("li", { text }))),
  );
  return {
    elements: [given, expected],
    show() {
      const { evidence } = state.item(sub.code);
      const refused = state.may("evidence_state");
      for (const held of evidence) {
        if (!rows.has(held.file)) {
          const row = evidenceRow(sub.code, held, sheet.choices.evidence_states, words, act, drafts, files, side);
          rows.set(held.file, row);
          list.append(row.element);
        }
        rows.get(held.file).show(held, refused, state.may("evidence"));
      }
      for (const [file, row] of rows) {
        if (evidence.some((held) => held.file === file)) continue;
        row.element.remove();
        rows.delete(file);
      }
      none.hidden = evidence.length > 0;
      setText(why, side !== "evaluator" || refused === state.may("level") ? "" : refused);
      why.hidden = why.textContent === "" || evidence.length === 0;
    },
    /** @returns {boolean} whether there is one to go to */
    focus() {
      const first = rows.values().next().value;
      first?.open.focus();
      return Boolean(first);
    },
  };
}
