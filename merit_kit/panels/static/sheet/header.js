import { make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

/** A button of the header: a drawing, a word, and its key in the tip. */
function toolButton(name, words, key, deed) {
  const label = words.say(`tools.${name}`);
  const tip = key ? words.say("tools.with_key", { what: label, key }) : label;
  const button = make("button", { class: "ms-tool", title: tip, "data-tool": name, onclick: deed });
  button.append(icon(name), make("span", { text: label }));
  return button;
}

/** One figure with its name. */
function figure(name, words) {
  const value = make("b");
  const more = make("span", { class: "ms-figure-more" });
  const element = make("div", { class: "ms-figure", "data-figure": name });
  element.append(make("dt", { text: words.say(`figures.${name}`) }), make("dd", {}, value, more));
  return { element, value, more };
}

/**
 * Agency, round, room and marks; the totals; time left; saved or not; the tools.
 *
 * @param {{sheet: Sheet, room: ?Room, words: Words, clock: Element, save: Element,
 *   deeds: {mode: (mode: string) => void, share: () => void, undo: () => void, help: () => void,
 *   swap: () => void}}} given
 */
export function createHeader({ sheet, room, words, clock, save, deeds }) {
  const { say } = words;
  const stage = make("span");
  const where = make("p", { class: "ms-where" }, make("span", { text: sheet.round.name }));
  if (room) where.append(make("span", { text: room.name || room.code }));
  where.append(stage);
  const marks = make("p", { class: "ms-marks" }, ...sheet.marks.map((text) => make("span", { text })));
  const self = figure("self", words);
  const verified = figure("verified", words);
  const index = figure("index", words);
  const category = make("span", { class: "ms-category" });
  const next = make("span", { class: "ms-next" });
  const totals = make("dl", { class: "ms-totals" }, self.element, verified.element, index.element);
  index.value.after(category);
  index.more.append(next);
  const covered = make("p", { class: "ms-covered", text: say("figures.covered"), hidden: true });

  const modes = ["prep", "room"].map((name) =>
    make("button", { text: say(`mode.${name}`), title: say(`mode.${name}_tip`), "data-mode": name, onclick: () => deeds.mode(name) }),
  );
  const mode = make("div", { class: "ms-modes", role: "group", "aria-label": say("mode.label") }, ...modes);
  const undo = toolButton("undo", words, "U", deeds.undo);
  const share = toolButton("share", words, "", deeds.share);
  const help = toolButton("help", words, "?", deeds.help);
  const swap = toolButton("swap", words, "", deeds.swap);
  const tools = make("div", { class: "ms-tools" }, mode, undo, share, help, swap);

  const element = make(
    "header",
    { class: "ms-head" },
    marks,
    make(
      "div",
      { class: "ms-head-main" },
      make("div", { class: "ms-who" }, make("h2", { text: sheet.agency.name }), where),
      make("div", {}, totals, covered),
      make("div", { class: "ms-side" }, make("div", { class: "ms-state" }, clock, save), tools),
    ),
  );

  return {
    element,
    /** @param {View} view @param {boolean} behind whether something here is not in the figures yet */
    figures(view, behind) {
      const { self: own, verified: ours } = view.figures;
      setText(stage, view.pass ? say("stage_pass", { stage: view.stage_name, pass: say(`pass.${view.pass}`) }) : view.stage_name);
      setText(self.value, own.total ?? "–");
      setText(self.more, say("figures.assessed", { assessed: own.assessed, of: ours.of }));
      setText(verified.value, ours.total ?? "–");
      const counted = say("figures.assessed", { assessed: ours.assessed, of: ours.of });
      setText(verified.more, ours.complete ? counted : say("figures.provisional", { counted }));
      setAttribute(verified.element, "data-provisional", ours.complete ? null : "true");
      setAttribute(totals, "data-behind", behind ? "true" : null);
      setAttribute(totals, "title", behind ? say("figures.behind") : null);
      index.element.hidden = !ours.complete;
      setText(index.value, ours.index ?? "");
      setText(category, ours.category?.name ?? "");
      category.hidden = !ours.category;
      const { tone = 1, of = 1 } = ours.category ?? {};
      setAttribute(category, "data-tone", String(of > 1 ? Math.round(((tone - 1) / (of - 1)) * 3) + 1 : 4));
      setText(next, ours.next ? say("figures.next", ours.next) : "");
    },
    settings({ mode: chosen, share: covers, undoable }) {
      for (const button of modes) setAttribute(button, "aria-pressed", String(button.dataset.mode === chosen));
      setAttribute(share, "aria-pressed", String(covers));
      totals.hidden = covers;
      covered.hidden = !covers;
      undo.disabled = !undoable;
    },
  };
}
