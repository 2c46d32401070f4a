import { freshId, make, setAttribute, setText } from "../sheet/dom.js";
import { FILTERS, VIEWS } from "./crossing.js";

/**
 * The head of the explorer: what is chosen, and which view of it.
 *
 * @param {{words: Words, choose: (what: Object) => void, reload: () => void}} given
 */
export function createFilters({ words, choose, reload }) {
  const { say } = words;
  const marks = make("div", { class: "ms-marks" });
  const where = make("p", { class: "ms-where" });
  const figures = Object.fromEntries(
    ["agencies", "median", "lowest", "mismatches", "categories"].map((name) => {
      const value = make("b");
      const more = make("span", { class: "ms-figure-more" });
      const element = make("div", { class: "ms-figure", "data-figure": name }, make("dt", { text: say(`figure.${name}`) }), make("dd", {}, value, more));
      return [name, { element, value, more }];
    }),
  );
  const again = make("button", { class: "ms-button mg-again", title: say("reload_tip"), onclick: reload }, make("span", { text: say("reload") }));

  const selects = Object.fromEntries(
    [...FILTERS, "one"].map((name) => {
      const id = freshId(name);
      const select = make("select", { id, "data-filter": name, "data-focus": name, onchange: () => choose({ [name]: select.value, page: 0 }) });
      const element = make("div", { class: "mg-select", "data-of": name }, make("label", { for: id, text: say(`filter.${name}`) }), select);
      return [name, { element, select, listed: null }];
    }),
  );
  const order = ["round", "kind", "province", "wilayah", "category", "edition"];
  const tools = make("div", { class: "mg-tools", role: "group", "aria-label": say("filter.label") }, ...order.map((name) => selects[name].element), selects.one.element);

  const tabs = VIEWS.map((name) => {
    const button = make("button", { class: "mg-tab", role: "tab", id: freshId("tab"), "data-view": name, onclick: () => choose({ view: name }) }, make("span", { text: say(`view.${name}`) }));
    return { name, button };
  });
  const list = make("div", { class: "mg-tabs", role: "tablist", "aria-label": say("view.label") }, ...tabs.map(({ button }) => button));
  list.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex(({ button }) => button === document.activeElement);
    const next = tabs[(at + way + tabs.length) % tabs.length];
    next.button.focus();
    choose({ view: next.name });
  });

  const element = make(
    "header",
    { class: "ms-head" },
    marks,
    make("div", { class: "ms-head-main" }, make("div", { class: "ms-who" }, make("h2", { text: say("title") }), where), make("dl", { class: "ms-totals" }, ...Object.values(figures).map((each) => each.element)), again),
    tools,
    list,
  );

  function fill(name, options, value) {
    const { select, element: whole } = selects[name];
    // The same list, and not one like it: they cross again only when they are others.
    if (selects[name].listed !== options) {
      selects[name].listed = options;
      const first = ["round", "edition"].includes(name) ? [] : [["", say(`all.${name}`)]];
      const every = [...first, ...options];
      select.replaceChildren(...every.map(([key, text]) => make("option", { value: key, text })));
    }
    select.value = value;
    whole.hidden = name === "edition" && options.length < 2;
    setAttribute(whole, "data-set", value !== "" && !["round", "edition"].includes(name));
  }

  return {
    element,
    tabOf: (view) => tabs.find(({ name }) => name === view)?.button.id,
    /** @param {Object} shown an answer to a choice */
    show({ wish, options, figures: has, about }) {
      if (marks.childElementCount !== about.marks.length) marks.replaceChildren(...about.marks.map((text) => make("span", { text })));
      const read = say("read_at", { time: words.moment(about.read_at) });
      setText(where, [read, about.own ? say("own", { count: about.own }) : "", about.made_up ? say("made_up", { count: about.made_up }) : "", about.unscored].filter(Boolean).join(" · "));
      for (const name of [...FILTERS, "one"]) fill(name, options[name], wish[name]);
      setText(figures.agencies.value, String(has.agencies));
      setText(figures.agencies.more, say("figure.complete", { count: has.complete, determined: has.determined }));
      setText(figures.median.value, has.median || "–");
      setText(figures.median.more, say("figure.of", { most: has.most }));
      setText(figures.lowest.value, has.lowest ? `${has.lowest.percent} %` : "–");
      setText(figures.lowest.more, has.lowest?.name ?? "");
      setText(figures.mismatches.value, String(has.mismatches));
      setText(figures.mismatches.more, has.mismatches ? say("figure.mismatched", { count: has.mismatched }) : say("figure.field"));
      setAttribute(figures.mismatches.element, "data-some", has.mismatches > 0);
      figures.categories.value.replaceChildren(...has.categories.map((each) => make("span", { class: "ms-category", "data-tone": each.tone, title: each.name }, `${each.name} `, make("b", { text: String(each.count) }))));
      for (const { name, button } of tabs) {
        setAttribute(button, "aria-selected", String(name === wish.view));
        setAttribute(button, "tabindex", name === wish.view ? "0" : "-1");
      }
    },
  };
}
