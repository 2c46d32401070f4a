import { make } from "./dom.js";
import { icon, MARK_ICONS } from "./icons.js";
import { openDialog } from "./dialogs.js";

/** Every key but the levels' and what it does, in the order of the overlay: name of the sentence, keys. */
const KEY_TABLE = [
  ["confirm", ["Enter"]],
  ["items", ["↑", "↓", "K", "J"]],
  ["cards", ["←", "→"]],
  ["aspects", ["[", "]"]],
  ["open", ["O"]],
  ["filter", ["F"]],
  ["search", ["/"]],
  ["reason", ["R"]],
  ["note", ["N"]],
  ["internal", ["I"]],
  ["question", ["C"]],
  ["evidence", ["E"]],
  ["recommendation", ["M"]],
  ["history", ["H"]],
  ["sitting", ["B"]],
  ["undo", ["U"]],
  ["save", ["Ctrl", "Enter"]],
  ["back", ["Esc"]],
  ["help", ["?"]],
];

/** Keys that do nothing on a sheet: what they lead to is not there. */
const NOT_ON = {
  evaluator: [],
  agency: ["confirm", "note", "internal", "recommendation"],
  practice: ["note", "internal", "question", "recommendation", "sitting"],
};

/** What the signs in the list mean: drawing and sentence, for whom they are there. */
const LEGEND = [
  ["agreed", "standing.agreed", ["evaluator", "practice"]],
  ["raised", "standing.raised", ["evaluator", "practice"]],
  ["lowered", "standing.lowered", ["evaluator", "practice"]],
  ["stated", "standing.stated", ["agency"]],
  ["agreed", "theirs.agreed", ["agency"]],
  ["raised", "theirs.raised", ["agency"]],
  ["lowered", "theirs.lowered", ["agency"]],
  ["unassessed", "standing.unassessed", ["evaluator", "agency", "practice"]],
  ["conflict", "mark.conflict", ["evaluator", "agency"]],
  ["mismatch", "mark.mismatch", ["evaluator"]],
  ["questions", "legend.questions", ["evaluator", "agency"]],
  ["fresh", "legend.fresh", ["evaluator"]],
  ["bare", "legend.bare", ["agency"]],
  ["faulty", "legend.faulty", ["agency"]],
  ["reason", "mark.reason", ["evaluator", "practice"]],
  ["draft", "mark.draft", ["evaluator"]],
  ["pending", "mark.pending", ["evaluator", "agency", "practice"]],
];

/** The drawings beside their words. */
function legendOf(side, say) {
  const lines = LEGEND.filter(([, , sides]) => sides.includes(side));
  return make("ul", { class: "ms-legend", "aria-label": say("legend.title") }, ...lines.map(([name, key]) => make("li", { "data-mark": name }, icon(MARK_ICONS[name] ?? name), make("span", { text: say(key) }))));
}

/**
 * @param {{place: HTMLElement, words: Words, side: "evaluator"|"agency"|"practice", steps: number[],
 *   on: boolean, turn: (on: boolean) => void}} given `steps`: the levels of the edition, lowest first
 */
export function openHelp({ place, words, side, steps, on, turn }) {
  const { say } = words;
  const table = [["level", [steps[0], "…", steps.at(-1)]], ...KEY_TABLE];
  const rows = table.filter(([name]) => !NOT_ON[side].includes(name)).map(([name, keys]) =>
    make("div", {}, make("dt", {}, ...keys.map((key) => make("kbd", { text: key }))), make("dd", { text: say(`keys.${name}`) })),
  );
  const box = make("input", { type: "checkbox" });
  box.checked = on;
  box.addEventListener("change", () => turn(box.checked));
  openDialog(
    place,
    { title: say("keys.title"), close: say("dialog.close"), className: "ms-help" },
    make("p", { text: say("keys.when") }),
    make("dl", { class: "ms-keys" }, ...rows),
    make("label", { class: "ms-check" }, box, make("span", { text: say("keys.on") })),
    make("p", { class: "ms-about", text: say("keys.tab") }),
    make("h4", { class: "ms-legend-title", text: say("legend.title") }),
    legendOf(side, say),
  );
}
