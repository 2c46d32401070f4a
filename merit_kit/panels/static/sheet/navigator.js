import { make, setAttribute, setText } from "./dom.js";
import { icon, MARK_ICONS, redraw } from "./icons.js";
import { FILTERS, filtersOf, marksOf, signsOf, wordsOf } from "./signs.js";


/** One row: built once, afterwards only what differs in it is touched. */
function navigatorRow(sub, words, own, choose) {
  const { say } = words;
  const markBox = make("span", { class: "ms-row-marks" });
  const standing = icon("unassessed");
  const self = make("span", { class: "ms-row-self" });
  const level = make("span", { class: "ms-pill" });
  const arrow = make("span", { class: "ms-arrow", text: "→" });
  const levels = make("span", { class: "ms-row-levels" }, self, arrow, level, standing);
  const element = make(
    "div",
    { class: "ms-row", role: "option", tabindex: "-1", "data-code": sub.code, "aria-selected": "false", onclick: () => choose(sub.code) },
    make("span", { class: "ms-row-code", text: sub.code }),
    make("span", { class: "ms-row-name", text: sub.name }),
    markBox,
    levels,
  );
  let drawn = "";
  let marked = "";

  // Most rows have none: drawings that are only hidden would be half of the panel's elements.
  function showMarks(names) {
    if (String(names) === marked) return;
    marked = String(names);
    markBox.replaceChildren(...names.map((name) => make("span", { class: "ms-mark", "data-mark": name }, icon(MARK_ICONS[name] ?? name))));
  }

  return {
    element,
    show(signs, pending) {
      const key = JSON.stringify([signs, pending]);
      if (key === drawn) return;
      drawn = key;
      const told = wordsOf(signs, say);
      if (pending) told.push(say("mark.pending"));
      showMarks(pending ? [...marksOf(signs), "pending"] : marksOf(signs));
      setText(self, signs.self === null ? "–" : String(signs.self));
      // On the agency's own sheet there is nothing to compare with, until there is.
      const [seen, step] = signs.theirs ? [signs.theirs, signs.verified] : [signs.standing, signs.step];
      self.hidden = arrow.hidden = own && !signs.theirs;
      setText(level, step === null ? "–" : String(step));
      setAttribute(element, "data-standing", seen);
      redraw(standing, seen);
      setAttribute(level, "data-draft", signs.draft || signs.carried ? "true" : null);
      const levelsTold = say("row.levels", { self: signs.self ?? "–", step: (own ? signs.verified : signs.step) ?? "–" });
      setAttribute(element, "aria-label", `${sub.code} ${sub.name}: ${levelsTold}; ${told.join(", ")}`);
      setAttribute(element, "title", `${sub.code} ${sub.name}\n${told.join(" · ")}`);
    },
  };
}

/** The filters with their counts. */
function filterBar(words, side, choose) {
  const { say } = words;
  const chips = {};
  const element = make("div", { class: "ms-filters", role: "group", "aria-label": say("filter.label") });
  for (const name of filtersOf(side)) {
    const count = make("b");
    const button = make("button", { class: "ms-chip", "data-filter": name, onclick: () => choose(name) }, make("span", { text: say(`filter.${name}`) }), count);
    chips[name] = { button, count };
    element.append(button);
  }
  return { element, chips };
}

/**
 * All sub-aspects, by aspect. The list is one stop of the Tab key; the arrows move in it.
 *
 * @param {{sheet: Sheet, words: Words, choose: (code: string) => void,
 *   side: "evaluator"|"agency", filtered: (name: string) => void, note: (text: string) => void}} given
 */
export function createNavigator({ sheet, words, side, choose, filtered, note }) {
  const { say } = words;
  const rows = new Map();
  const signs = new Map();
  let filter = "all";
  let mode = "prep";
  let sought = "";
  let current = null;
  /** The row was come to by Enter in the search, and no key was pressed on it yet. */
  let justFound = false;

  const list = make("div", { class: "ms-list", role: "listbox", "aria-label": say("nav.label") });
  const groups = sheet.aspects.map(({ number, name }) => {
    const title = make("div", { class: "ms-group-name", role: "presentation", text: `${number}. ${name}` });
    const group = make("div", { role: "group", "aria-label": `${number}. ${name}` }, title);
    for (const sub of sheet.subs.filter((each) => each.aspect === number)) {
      const row = navigatorRow(sub, words, side === "agency", choose);
      rows.set(sub.code, { ...row, sub, text: `${sub.code} ${sub.name}`.toLowerCase() });
      group.append(row.element);
    }
    list.append(group);
    return group;
  });
  const none = make("p", { class: "ms-none", text: say("nav.none"), hidden: true });
  const search = make("input", { class: "ms-search", type: "search", placeholder: say("nav.search"), "aria-label": say("nav.search") });
  search.addEventListener("input", () => {
    sought = search.value.trim().toLowerCase();
    sift();
  });
  search.addEventListener("keydown", (event) => {
    if (!["Escape", "Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const first = order.find(fits);
    if (event.key === "Escape") {
      search.value = sought = "";
      sift();
      rows.get(current)?.element.focus({ preventScroll: true });
    } else if (first) {
      choose(first);
      if (sought) note(say("nav.sought", { text: search.value.trim(), count: order.filter(fits).length }));
      justFound = event.key === "Enter";
    }
  });
  // On a row Enter states a level, to the agency's eyes: pressed again by habit it only says so.
  list.addEventListener("keydown", (event) => {
    const again = justFound && event.key === "Enter";
    justFound = false;
    if (!again) return;
    event.preventDefault();
    event.stopPropagation();
    note(say("nav.enter_again", { code: current }));
  });
  const bar = filterBar(words, side, filtered);
  const element = make("div", { class: "ms-nav" }, make("div", { class: "ms-nav-top" }, bar.element, search), list, none);
  const order = sheet.subs.map((sub) => sub.code);

  // What is sought is sought everywhere.
  const inFilter = (code) => sought !== "" || FILTERS[filter](signs.get(code), mode);

  // The current one stays in sight although what was just done takes it out of the filter:
  // it would vanish under the hand.
  const keeps = (code) =>
    rows.get(code).text.includes(sought) && (code === current || inFilter(code));

  function sift() {
    if (signs.size < rows.size) return;
    let any = false;
    for (const [code, { element: row }] of rows) {
      row.hidden = !keeps(code);
      any ||= !row.hidden;
    }
    for (const group of groups) group.hidden = !group.querySelector(".ms-row:not([hidden])");
    none.hidden = any;
    for (const [name, { button, count }] of Object.entries(bar.chips)) {
      const test = FILTERS[name];
      setText(count, String(order.filter((code) => test(signs.get(code), mode)).length));
      setAttribute(button, "aria-pressed", String(name === filter));
    }
  }

  const fits = (code) => rows.get(code).text.includes(sought) && inFilter(code);

  return {
    element,
    search,
    /** @param {Iterable<string>} codes that may look different @param {State} state
     * @param {boolean} covered without drafts */
    show(codes, state, covered) {
      for (const code of codes) {
        if (!rows.has(code)) continue;
        const said = signsOf(state.item(code), state.view.pass, covered);
        signs.set(code, said);
        rows.get(code).show(said, state.isPending(code));
      }
      sift();
    },
    set(settings) {
      ({ filter = filter, mode = mode } = settings);
      sift();
    },
    /** The next one that the filter keeps, in a direction; null at the end. */
    step(from, direction) {
      for (let at = order.indexOf(from) + direction; order[at]; at += direction) {
        if (fits(order[at])) return order[at];
      }
      return null;
    },
    /** What is said where `step` finds none: what is sought may be the reason. */
    end: () => (sought ? say("nav.end_sought", { text: search.value.trim() }) : say("nav.end")),
    /** The next one of the whole sheet that asks for something, round the end. */
    nextOpen(from) {
      const start = order.indexOf(from);
      const round = [...order.slice(start + 1), ...order.slice(0, start + 1)];
      return round.find((code) => FILTERS.open(signs.get(code), mode)) ?? null;
    },
    firstOf: (aspect) => {
      const codes = order.filter((code) => rows.get(code).sub.aspect === aspect);
      return codes.find(fits) ?? codes[0];
    },
    firstFitting: () => order.find(fits) ?? null,
    anyOpen: () => order.some((code) => FILTERS.open(signs.get(code), mode)),
    mark(code) {
      const before = rows.get(current)?.element;
      const row = rows.get(code).element;
      if (before) {
        before.setAttribute("aria-selected", "false");
        before.tabIndex = -1;
      }
      current = code;
      justFound = false;
      row.setAttribute("aria-selected", "true");
      row.tabIndex = 0;
      sift();
    },
    /** Bring the current row into sight inside the list, and only there: the page must not jump. */
    reveal() {
      const row = rows.get(current).element;
      // From the top of the list, whose box it is placed in; 28 for the heading that stays.
      const top = row.offsetTop;
      if (top < list.scrollTop + 28) list.scrollTop = top - 28;
      else if (top + row.offsetHeight > list.scrollTop + list.clientHeight) {
        list.scrollTop = top + row.offsetHeight - list.clientHeight;
      }
    },
    focus: () => rows.get(current)?.element.focus({ preventScroll: true }),
  };
}
