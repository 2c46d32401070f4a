import { make, setAttribute, setText } from "../sheet/dom.js";
import { icon } from "../sheet/icons.js";
import { REST } from "./crossing.js";

/**
 * Agencies by aspects, or by the sub-aspects of one: a table whose cells are the darker the more is
 * reached. One stop of the Tab key; arrows go from cell to cell, Enter opens one.
 *
 * @param {{words: Words, choose: (what: Object) => void, clear: () => void, item: (row: Object, column: Column) => void,
 *   agency: (row: Object) => void, picture: () => void}} given
 */
export function createHeat({ words, choose, clear, item, agency, picture }) {
  const { say } = words;
  let heat = null;
  let wish = null;
  let timer = null;

  const search = make("input", { type: "search", class: "ms-search", placeholder: say("heat.search"), "aria-label": say("heat.search") });
  const seek = () => {
    clearTimeout(timer);
    choose({ seek: search.value.trim(), page: 0 });
  };
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(seek, REST);
  });
  search.addEventListener("keydown", (event) => {
    if (!["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") search.value = "";
    seek();
  });
  const up = make("button", { class: "ms-button", "data-tool": "aspects", onclick: () => choose({ aspect: 0, sort: "name", down: false }) }, icon("previous"), make("span", { text: say("heat.back") }));
  const told = make("span", { class: "ms-about mg-told" });
  const count = make("span", { class: "ms-about", role: "status" });
  const back = make("button", { class: "ms-quiet", "aria-label": say("heat.previous"), onclick: () => choose({ page: heat.page - 1 }) }, icon("previous"));
  const next = make("button", { class: "ms-quiet", "aria-label": say("heat.next"), onclick: () => choose({ page: heat.page + 1 }) }, icon("next"));
  const draw = make("button", { class: "ms-button", "data-tool": "picture", onclick: picture }, make("span", { text: say("heat.picture") }));
  const bar = make("div", { class: "mg-bar" }, search, up, told, make("span", { class: "mg-pages" }, count, back, next), draw);

  const caption = make("caption", { class: "ms-unseen" });
  const head = make("tr");
  const body = make("tbody");
  const foot = make("tr", { class: "mg-medians" });
  const table = make("table", { class: "mg-table" }, caption, make("thead", {}, head), body, make("tfoot", {}, foot));
  const none = make("p", { class: "mg-none mg-empty", hidden: true }, make("span", { text: say("no_match") }), make("button", { class: "ms-button", "data-tool": "clear", onclick: clear }, make("span", { text: say("filter.clear") })));
  const open = make("p", { class: "mg-open", role: "note" });
  const scroll = make("div", { class: "mg-scroll", role: "region", tabindex: "0", "aria-label": say("heat.title") }, table, none);
  const keys = make("p", { class: "mg-keys ms-about" }, ...scale(), make("span", { text: say("heat.keys") }));
  const element = make("div", { class: "mg-heat" }, bar, open, scroll, keys);

  function scale() {
    const tones = [0, 1, 2, 3, 4].map((tone) => make("i", { class: "mg-cell", "data-tone": String(tone) }));
    return [make("span", { class: "mg-scale", "aria-hidden": "true" }, make("span", { text: say("heat.less") }), ...tones, make("span", { text: say("heat.more") }))];
  }

  function sortBy(name) {
    const most = name !== "name";
    choose({ sort: name, down: wish.sort === name ? !wish.down : most, page: 0 });
  }

  function headOf(key, label, title, column) {
    const sorted = wish.sort === key;
    const button = make("button", { class: "mg-sort", "data-focus": `sort-${key}`, title, onclick: () => sortBy(key) }, make("span", { text: label }), icon("next"));
    const deeper = column && !wish.aspect ? make("button", { class: "mg-deeper", "data-focus": `deep-${key}`, title: say("heat.deeper", { aspect: title }), "aria-label": say("heat.deeper", { aspect: title }), onclick: () => choose({ aspect: column.aspect, sort: "name", down: false }) }, say("heat.deeper_short")) : null;
    const name = column ? make("span", { class: "mg-title", text: title }) : null;
    return make("th", { scope: "col", "data-column": key, "aria-sort": sorted ? (wish.down ? "descending" : "ascending") : null }, make("span", { class: "mg-headline" }, button), name, deeper);
  }

  function rowOf(row) {
    const name = make("button", { class: "mg-name", "data-focus": `row-${row.agency}`, tabindex: "-1", title: say("heat.open_agency", { agency: row.name }), onclick: () => agency(row) }, make("span", { text: row.name }));
    const cells = heat.columns.map((column, at) => {
      const [text, tone] = row.cells[at];
      const disputed = tone === -2;
      const said = disputed ? say("disputed") : text === "" ? say("heat.unknown") : text;
      const label = say("heat.cell", { agency: row.name, aspect: column.title, value: said, unit: text === "" ? "" : heat.unit });
      return make("td", {}, make("button", { class: "mg-cell", "data-tone": String(tone), "data-focus": `${row.agency}-${column.key}`, tabindex: "-1", "aria-label": label, onclick: () => item(row, column) }, disputed ? "≠" : text === "" ? "–" : text));
    });
    const category = row.category ? make("span", { class: "ms-category", "data-tone": row.category.tone, text: row.category.name }) : null;
    const state = row.state ? make("span", { class: "mg-state", text: row.state }) : null;
    return make("tr", { "data-agency": row.agency, "data-one": row.agency === wish.one || null }, make("th", { scope: "row" }, name, make("span", { class: "ms-about", text: row.about }), row.below ? make("span", { class: "ms-about mg-dispute", text: row.below }) : null), ...cells, make("td", { class: "mg-total" }, make("span", { text: row.total || "–" })), make("td", { class: "mg-standing" }, category, state));
  }

  /** The cells that the arrows go over, row by row. */
  const grid = () => [...body.rows].map((row) => [...row.querySelectorAll("button")]);

  function hold(button) {
    for (const each of table.querySelectorAll('tbody button[tabindex="0"]')) each.setAttribute("tabindex", "-1");
    button?.setAttribute("tabindex", "0");
  }

  body.addEventListener("focusin", (event) => hold(event.target.closest("button")));
  body.addEventListener("keydown", (event) => {
    const way = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], Home: [0, -99], End: [0, 99] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const rows = grid();
    const at = rows.findIndex((row) => row.includes(document.activeElement));
    if (at < 0) return;
    const down = Math.min(Math.max(at + way[0], 0), rows.length - 1);
    const across = Math.min(Math.max(rows[at].indexOf(document.activeElement) + way[1], 0), rows[down].length - 1);
    rows[down][across].focus();
  });

  return {
    element,
    search,
    /** @param {Heat} shown @param {Wish} chosen */
    show(shown, chosen) {
      heat = shown;
      wish = chosen;
      const held = document.activeElement?.dataset?.focus;
      const within = table.contains(document.activeElement);
      up.hidden = !wish.aspect;
      const title = wish.aspect ? say("heat.of_aspect", { number: wish.aspect }) : say("heat.title");
      setText(caption, title);
      setText(told, wish.aspect ? say("heat.reading_of", { top: heat.top }) : say("heat.reading"));
      head.replaceChildren(headOf("name", say("agency"), null, null), ...heat.columns.map((column) => headOf(column.key, column.label, column.title, column)), headOf("total", say("heat.total"), null, null), make("th", { scope: "col", text: say("heat.category") }));
      body.replaceChildren(...heat.rows.map(rowOf));
      foot.replaceChildren(make("th", { scope: "row", text: say("heat.median") }), ...heat.medians.map(([text]) => make("td", {}, make("span", { text: text || "–" }))), make("td"), make("td"));
      none.hidden = heat.rows.length > 0;
      table.hidden = heat.rows.length === 0;
      setText(open, heat.open);
      open.hidden = !heat.open;
      setText(count, say("heat.count", { count: heat.count, page: heat.page + 1, pages: heat.pages }));
      setAttribute(back, "disabled", heat.page === 0);
      setAttribute(next, "disabled", heat.page >= heat.pages - 1);
      if (document.activeElement !== search) search.value = wish.seek;
      hold(body.querySelector("button"));
      if (within) (held && [...table.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === held) || scroll).focus({ preventScroll: true });
    },
    focusCell: (agency_, key) => body.querySelector(`[data-focus="${CSS.escape(`${agency_}-${key}`)}"]`)?.focus(),
    stop: () => clearTimeout(timer),
  };
}
