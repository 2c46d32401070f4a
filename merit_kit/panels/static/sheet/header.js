import { freshId, make, setAttribute, setText } from "./dom.js";
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
 * @param {{sheet: Sheet, room: ?Room, words: Words, clock: Element, save: Element, note: Element,
 *   side: "evaluator"|"agency"|"practice",
 *   deeds: {mode: (mode: string) => void, share: () => void, undo: () => void, help: () => void,
 *   swap: () => void, sitting: () => void, check: () => void}}} given
 */
export function createHeader({ sheet, room, words, clock, save, note, side, deeds }) {
  const { say } = words;
  const stage = make("span");
  const where = make("p", { class: "ms-where" }, make("span", { text: sheet.round.name }));
  if (room) where.append(make("span", { text: room.name || room.code }));
  where.append(stage);
  const marks = make("p", { class: "ms-marks" }, ...sheet.marks.map((text) => make("span", { text })));
  const self = figure("self", words);
  const verified = figure(side === "practice" ? "practice" : "verified", words);
  const index = figure("index", words);
  const category = make("span", { class: "ms-category" });
  const provisional = make("span", { class: "ms-provisional" });
  const next = make("span", { class: "ms-next" });
  const counted = make("span", { class: "ms-counted" });
  const lacking = make("span", { class: "ms-behind" });
  const totals = make("dl", { class: "ms-totals" }, self.element, verified.element, index.element);
  index.value.after(category);
  index.more.append(provisional, next);
  verified.more.append(counted, lacking);
  const covered = make("p", { class: "ms-covered", text: say("figures.covered"), hidden: true });

  const modes = ["prep", "room"].map((name) =>
    make("button", { text: say(`mode.${name}`), title: say(`mode.${name}_tip`), "data-mode": name, onclick: () => deeds.mode(name) }),
  );
  const mode = make("div", { class: "ms-modes", role: "group", "aria-label": say("mode.label") }, ...modes);
  const undo = toolButton("undo", words, "U", deeds.undo);
  const share = toolButton("share", words, "", deeds.share);
  const help = toolButton("help", words, "?", deeds.help);
  const swap = toolButton("swap", words, "", deeds.swap);
  const toolsId = freshId("tools");
  const sitting = toolButton("sitting", words, "B", deeds.sitting);
  const check = toolButton(side === "practice" ? "compare" : "check", words, "", deeds.check);
  const tools = make("div", { id: toolsId, class: "ms-tools" }, ...{ agency: [check, undo, sitting], practice: [check, undo], evaluator: [mode, undo, share, sitting] }[side], help, swap);
  // Where the window is small the tools are folded away behind this one, which says how one works.
  const way = make("span");
  const fold = make("button", { class: "ms-fold", "data-tool": "fold", "aria-expanded": "false", "aria-controls": toolsId }, way, icon("next"));
  fold.addEventListener("click", () => {
    const open = fold.getAttribute("aria-expanded") !== "true";
    setAttribute(fold, "aria-expanded", String(open));
    setAttribute(element, "data-unfolded", open);
  });

  const readingText = make("span");
  const reading = make("p", { class: "ms-reading", hidden: true }, icon("lock"), readingText);

  const element = make(
    "header",
    { class: "ms-head" },
    marks,
    make(
      "div",
      { class: "ms-head-main" },
      make("div", { class: "ms-who" }, make("h2", { text: sheet.agency.name, title: sheet.agency.name }), make("div", { class: "ms-where-box" }, where, note)),
      make("div", {}, totals, covered),
      make("div", { class: "ms-side" }, make("div", { class: "ms-state" }, clock, save, fold), tools),
    ),
    reading,
  );

  return {
    element,
    /** @param {View} view @param {number} behind how many levels stated here are not in the figures yet */
    figures(view, behind) {
      const { self: own, verified: ours } = view.figures;
      const locked = Object.values(view.may).every(Boolean);
      verified.element.hidden = side === "agency" && ours.assessed === 0;
      setAttribute(element, "data-reading", locked);
      reading.hidden = !locked;
      setText(readingText, locked ? say({ agency: "read_only_agency", practice: "read_only_practice", evaluator: "read_only" }[side], { why: view.may.level }) : "");
      mode.hidden = undo.hidden = locked;
      // On the agency's own sheet it is always its own level that is stated.
      setText(stage, view.pass && view.pass !== "self" ? say("stage_pass", { stage: view.stage_name, pass: say(`pass.${view.pass}`) }) : view.stage_name);
      setText(self.value, own.total ?? "–");
      setText(self.more, say("figures.assessed", { assessed: own.assessed, of: ours.of }));
      setText(verified.value, ours.total ?? "–");
      const how = say("figures.assessed", { assessed: ours.assessed, of: ours.of });
      setText(counted, ours.provisional ? say("figures.provisional", { counted: how }) : how);
      setText(provisional, ours.provisional ? say("mark.draft") : "");
      for (const each of [verified, index]) setAttribute(each.element, "data-provisional", ours.provisional ? "true" : null);
      setAttribute(totals, "data-behind", behind > 0 ? "true" : null);
      setText(lacking, behind > 0 ? say(behind === 1 ? "figures.behind_one" : "figures.behind", { count: behind }) : "");
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
      const told = say(reading.hidden ? `mode.${chosen}` : "mode.read");
      setText(way, told);
      setAttribute(fold, "aria-label", say("tools.fold", { mode: told }));
    },
  };
}
