import { make, setText } from "./dom.js";
import { openDialog } from "./dialogs.js";

/**
 * Practice: what is not scored yet; then one's levels beside the model's, which come only now.
 * The kernel's side is merit_kit/panels/_practice.py; change both together.
 *
 * @typedef {{code: string, level: ?number, model: number, difference: ?number, reason: string,
 *   own: string}} Row
 * @typedef {{rows: Row[], scored: number, of: number, exact: number, within: number,
 *   higher: number, lower: number, mean: string, total: string, model_total: string}} Compared
 * @typedef {{unscored: string[], may: string, compared: ?Compared}} Comparing
 */

const SVG = "http://www.w3.org/2000/svg";
const GAP = 22;

function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** A line of steps with one's own level and the model's on it. */
function pictureOf({ code, level, model }, top, say) {
  const width = GAP * top + 20;
  const at = (step) => 10 + GAP * step;
  const told = say("compare.picture_of", { code, level: level ?? say("compare.none"), model });
  const svg = draw("svg", { class: "ms-steps", viewBox: `0 0 ${width} 20`, width, height: 20, role: "img", "aria-label": told });
  svg.append(draw("line", { class: "ms-steps-line", x1: at(0), x2: at(top), y1: 10, y2: 10 }));
  for (let step = 0; step <= top; step += 1) svg.append(draw("circle", { class: "ms-steps-tick", cx: at(step), cy: 10, r: 1.5 }));
  if (level !== null) svg.append(draw("line", { class: "ms-steps-gap", x1: at(level), x2: at(model), y1: 10, y2: 10 }));
  svg.append(draw("circle", { class: "ms-steps-model", cx: at(model), cy: 10, r: 7 }));
  if (level !== null) svg.append(draw("circle", { class: "ms-steps-own", cx: at(level), cy: 10, r: 4 }));
  return svg;
}

const signed = (number) => (number > 0 ? `+${number}` : number < 0 ? `\u2212${-number}` : "0");

/** How many sub-aspects differ by how much, as bars. */
function spreadOf({ rows }, top) {
  const counts = new Map();
  for (const { difference } of rows) if (difference !== null) counts.set(difference, (counts.get(difference) ?? 0) + 1);
  const far = Math.min(top, Math.max(2, ...[...counts.keys()].map(Math.abs)));
  const most = Math.max(1, ...counts.values());
  const bars = [];
  for (let gap = -far; gap <= far; gap += 1) {
    const count = counts.get(gap) ?? 0;
    const bar = make("span", { class: "ms-bar" });
    bar.style.height = `${Math.round((count / most) * 56)}px`;
    bars.push(make("li", { "data-gap": Math.sign(gap) }, make("b", { text: String(count) }), bar, make("span", { text: signed(gap) })));
  }
  return bars;
}

/**
 * @param {{place: HTMLElement, words: Words, sheet: Sheet, unsaved: () => number,
 *   ask: (message: Object) => void, begin: (message: Object) => void, go: (code: string) => void,
 *   closed: () => void}} given `begin` asks first, unless something waits for its answer
 */
export function openCompare({ place, words, sheet, unsaved, ask, begin, go, closed }) {
  const { say } = words;
  const top = Math.max(...sheet.steps);
  const names = new Map(sheet.subs.map(({ code, name }) => [code, name]));
  const told = make("p", { class: "ms-hint", role: "alert", text: say("sitting.wait") });
  const body = make("div", { class: "ms-compare" });
  const dialog = openDialog(place, { title: say("compare.title"), close: say("dialog.close"), className: "ms-drawer ms-compare-drawer" }, told, body);
  dialog.addEventListener("close", closed);

  function leave(code) {
    dialog.close();
    go(code);
  }

  const chip = (code) => make("button", { class: "ms-chip", text: code, onclick: () => leave(code) });

  function showWaiting({ unscored, may }) {
    const rest = unscored.length > 0;
    const submit = make("button", { class: "ms-button", "data-main": rest ? null : true, "data-compare": "submit", text: rest ? say("compare.rest", { count: unscored.length }) : say("compare.submit"), disabled: may !== "", onclick: () => send(submit, rest) });
    const lack = rest && make("div", { class: "ms-lack", "data-lack": "unscored" }, make("p", { text: say("compare.unscored", { count: unscored.length }) }), make("div", { class: "ms-buttons" }, ...unscored.map(chip)));
    body.replaceChildren(...[make("p", { text: say("compare.lead") }), lack, make("div", { class: "ms-buttons" }, submit)].filter(Boolean));
    setText(told, may || (rest ? "" : say("compare.all")));
  }

  function send(button, rest) {
    if (unsaved() > 0) return setText(told, say("compare.unsaved", { count: unsaved() }));
    button.disabled = true;
    ask({ do: "check", submit: true, rest });
  }

  function summaryOf(compared) {
    const { exact, within, scored, mean, total, model_total: model, higher, lower } = compared;
    const fact = (name, text) => make("div", { "data-fact": name }, make("dt", { text: say(`compare.${name}`) }), make("dd", { text }));
    const lean = mean === "" || higher === lower ? "level" : higher > lower ? "milder" : "stricter";
    const facts = make("dl", { class: "ms-facts" }, fact("exact", say("compare.share", { count: exact, of: scored })), fact("within", say("compare.share", { count: within, of: scored })), fact("mean", mean || "–"), fact("points", say("compare.points_of", { own: total, model })));
    const spread = make("ol", { class: "ms-spread", "aria-label": say("compare.spread") }, ...spreadOf(compared, top));
    return make("div", { class: "ms-compare-top" }, make("div", {}, facts, make("p", { text: say(`compare.${lean}`, { higher, lower }) })), spread);
  }

  function rowOf(row) {
    const { code, level, model, difference, reason, own } = row;
    return make(
      "tr",
      { "data-gap": difference === null ? "none" : Math.sign(difference), "data-code": code },
      make("th", { scope: "row" }, make("button", { class: "ms-link", text: code, onclick: () => leave(code) })),
      make("td", {}, pictureOf(row, top, say)),
      make("td", { class: "ms-number", text: level === null ? say("compare.none") : String(level) }),
      make("td", { class: "ms-number", text: String(model) }),
      make("td", { class: "ms-number", text: difference === null ? "–" : signed(difference) }),
      make("td", {}, make("b", { text: names.get(code) }), make("p", { text: reason }), own ? make("p", { class: "ms-about", text: say("compare.own", { reason: own }) }) : null),
    );
  }

  function showCompared(compared) {
    const rows = compared.rows.map(rowOf);
    const differing = make("input", { type: "checkbox", onchange: sift });
    function sift() {
      rows.forEach((row, at) => (row.hidden = differing.checked && compared.rows[at].difference === 0));
    }
    const heads = ["code", "picture", "yours", "model", "difference", "reason"].map((name) => make("th", { scope: "col", text: say(`compare.${name}`, { top }) }));
    const table = make("table", { class: "ms-compare-table" }, make("caption", { class: "ms-unseen", text: say("compare.caption") }), make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
    const sifting = make("label", { class: "ms-sift" }, differing, make("span", { text: say("compare.only_differing") }));
    body.replaceChildren(summaryOf(compared), make("div", { class: "ms-compare-bar" }, make("p", { class: "ms-about", text: say("compare.legend") }), sifting), table);
    setText(told, "");
    dialog.dataset.compared = "true";
  }

  begin({ do: "check", submit: false, rest: false });
  return {
    /** @param {{check: Comparing}} message */
    take({ check }) {
      if (check.compared) showCompared(check.compared);
      else showWaiting(check);
    },
    fail(why) {
      setText(told, why);
      for (const button of body.querySelectorAll("[data-compare=submit]")) button.disabled = false;
    },
  };
}
