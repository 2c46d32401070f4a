import { make, setAttribute, setText } from "../sheet/dom.js";
import { icon } from "../sheet/icons.js";

/**
 * One agency: beside others in a picture, and with other levels. Nothing of it is stored.
 *
 * @param {{words: Words, whatIf: (id: string, changes: Object) => void, look: (one: Object) => void}} given
 */
export function createOne({ words, whatIf, look }) {
  const { say } = words;
  let one = null;
  let changes = {};
  const place = make("div", { class: "mg-peers" });
  const choose = make("p", { class: "mg-none", text: say("one.choose") });
  const title = make("h3");
  const about = make("p", { class: "ms-about" });
  const lifts = make("ol", { class: "mg-lifts" });
  const lifting = make("h4", { text: say("one.lifts") });
  const none = make("p", { class: "ms-about mg-no-lifts" });
  const figures = Object.fromEntries(["total", "category", "rank"].map((name) => {
    const [was, now, more] = [make("span", { class: "mg-was" }), make("b"), make("span", { class: "ms-figure-more" })];
    return [name, { was, now, more, element: make("div", { class: "mg-figure-of", "data-figure": name }, make("dt", { text: say(`one.${name}`) }), make("dd", {}, was, now, more)) }];
  }));
  const reset = make("button", { class: "ms-button", "data-tool": "reset", onclick: () => begin() }, icon("undo"), make("span", { text: say("one.reset") }));
  const told = make("p", { class: "ms-unseen", role: "status", "aria-live": "polite" });
  const sheet = make("div", { class: "mg-sheet", role: "region", tabindex: "0", "aria-label": say("one.sheet") });
  const open = make("button", { class: "ms-button", "data-tool": "look", onclick: () => look(one) }, make("span", { text: say("item.look") }));
  const side = make("section", { class: "mg-what-if", "aria-label": say("one.what_if") }, make("div", { class: "mg-if-head" }, make("div", {}, make("h3", { text: say("one.what_if") }), make("p", { class: "ms-about mg-promise", text: say("one.nothing_stored") })), reset), make("dl", { class: "mg-figures" }, ...Object.values(figures).map((each) => each.element)), make("p", { class: "ms-about mg-ranked", text: say("one.ranked") }), told, sheet);
  const left = make("div", { class: "mg-left" }, make("div", { class: "mg-if-head" }, make("div", {}, title, about), open), place, lifting, lifts, none);
  const both = make("div", { class: "mg-one" }, left, side);
  const element = make("div", { class: "mg-one-place" }, choose, both);
  const rows = new Map();

  function put(code, level) {
    const was = one.aspects.flatMap(({ subs }) => subs).find((sub) => sub.code === code).level;
    if (level === was) delete changes[code];
    else changes[code] = level;
    mark(code);
    whatIf(one.id, { ...changes });
  }

  function mark(code) {
    const { sub, buttons, row } = rows.get(code);
    const now = code in changes ? changes[code] : sub.level;
    setAttribute(row, "data-changed", code in changes);
    for (const { step, button } of buttons) {
      setAttribute(button, "aria-checked", String(step === now));
      setAttribute(button, "tabindex", step === now || (now === null && step === one.steps[0]) ? "0" : "-1");
      setAttribute(button, "data-was", step === sub.level);
    }
  }

  function rowOf(sub) {
    const buttons = one.steps.map((step) => ({ step, button: make("button", { class: "mg-step", role: "radio", "data-code": sub.code, "data-step": String(step), "aria-label": say("one.step", { level: step }), onclick: () => put(sub.code, step) }, String(step)) }));
    const group = make("span", { class: "mg-steps", role: "radiogroup", "aria-label": `${sub.code} ${sub.name}` }, ...buttons.map(({ button }) => button));
    group.addEventListener("keydown", (event) => {
      const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      const at = buttons.findIndex(({ button }) => button === document.activeElement);
      const next = buttons[Math.min(Math.max(at + way, 0), buttons.length - 1)];
      put(sub.code, next.step);
      next.button.focus();
    });
    const row = make("div", { class: "mg-sub" }, make("span", { class: "mg-sub-name" }, make("b", { text: `${sub.code} ` }), sub.name, sub.disputed ? make("span", { class: "mg-dispute", text: ` · ${say("disputed")}` }) : null), group);
    rows.set(sub.code, { sub, buttons, row });
    return row;
  }

  function aspectOf(aspect) {
    const percent = make("span", { class: "ms-about", "data-percent": String(aspect.number) });
    return make("section", {}, make("h4", { class: "mg-aspect" }, make("span", { text: `${aspect.number} ${aspect.name}` }), percent), ...aspect.subs.map(rowOf));
  }

  function tell({ before, after, ranked, waiting }) {
    const { total, category, rank } = figures;
    const other = Object.keys(changes).length > 0;
    setText(total.was, other && before.total !== after.total ? before.total : "");
    setText(total.now, after.total || "–");
    setText(total.more, after.next ? say("one.to_next", { points: after.next.points, name: after.next.name }) : "");
    const named = (standing) => standing.category?.name ?? say(standing.total ? "one.provisional" : "one.unassessed");
    setText(category.was, other && named(before) !== named(after) ? named(before) : "");
    category.now.replaceChildren(after.category ? make("span", { class: "ms-category", "data-tone": after.category.tone, text: after.category.name }) : named(after));
    setText(category.more, after.index ? say("one.index", { index: after.index }) : "");
    setText(rank.was, other && before.rank !== after.rank && before.rank ? String(before.rank) : "");
    setText(rank.now, after.rank ? String(after.rank) : "–");
    const among = [say("one.of", { of: ranked }), waiting ? say("one.waiting", { count: waiting }) : ""].filter(Boolean).join("; ");
    setText(rank.more, after.rank ? among : say("one.unranked"));
    for (const each of sheet.querySelectorAll("[data-percent]")) {
      const [was, now] = [before, after].map((standing) => standing.aspects[each.dataset.percent]);
      const share = (text) => (text ? `${text} %` : "–");
      setText(each, was === now ? share(now) : `${share(was)} → ${share(now)}`);
    }
    const standing = { total: after.total || "–", category: named(after), rank: after.rank, of: ranked };
    setText(told, other ? say(after.rank ? "one.told" : "one.told_unranked", standing) : "");
  }

  function build() {
    const [at, subs] = [sheet.scrollTop, one.aspects.flatMap((aspect) => aspect.subs)];
    rows.clear();
    sheet.replaceChildren(...one.aspects.map(aspectOf));
    // What was supposed may be so by now.
    changes = Object.fromEntries(subs.filter(({ code, level }) => code in changes && changes[code] !== level).map(({ code }) => [code, changes[code]]));
    for (const code of rows.keys()) mark(code);
    sheet.scrollTop = at;
  }

  function begin() {
    changes = {};
    build();
    whatIf(one.id, {});
  }

  return {
    element,
    /** @param {?Object} next the agency; null where none is chosen @param {Node[]} pictures */
    show(next, pictures) {
      choose.hidden = next !== null;
      both.hidden = next === null;
      if (next === null) return;
      const same = one?.id === next.id;
      const read = same && JSON.stringify([one.steps, one.aspects]) === JSON.stringify([next.steps, next.aspects]);
      one = next;
      setText(title, one.name);
      setText(about, [one.kind, one.stage, one.state].join(" · "));
      place.replaceChildren(...pictures);
      lifts.replaceChildren(...one.lifts.map((each) => make("li", {}, make("b", { text: `${each.code} ` }), `${each.name} `, make("span", { class: "ms-about", text: say("one.lift", { level: each.level, next: each.next, gain: each.gain }) }))));
      lifting.hidden = lifts.hidden = one.lifts.length === 0;
      none.hidden = one.lifts.length > 0;
      setText(none, one.no_lifts);
      if (!same) changes = {};
      // Read again, its levels may be others.
      if (!read) build();
      whatIf(one.id, { ...changes });
    },
    answer: tell,
    fail: (why) => setText(figures.total.more, why),
  };
}
