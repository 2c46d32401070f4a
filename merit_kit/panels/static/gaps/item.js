import { make, setText } from "../sheet/dom.js";
import { icon } from "../sheet/icons.js";

/**
 * One aspect of one agency, beside the heat map: its sub-aspects, and what is said of them.
 *
 * @param {{words: Words, close: () => void, look: () => void, one: () => void}} given
 */
export function createItem({ words, close, look, one }) {
  const { say } = words;
  const name = make("h3");
  const aspect = make("p", { class: "ms-about" });
  const list = make("div", { class: "mg-items" });
  const shut = make("button", { class: "ms-quiet", "data-tool": "close", "aria-label": say("item.close"), onclick: close }, icon("close"));
  const deeds = make("div", { class: "ms-buttons" }, make("button", { class: "ms-button", "data-tool": "look", onclick: look }, make("span", { text: say("item.look") })), make("button", { class: "ms-button", "data-tool": "one", onclick: one }, make("span", { text: say("item.one") })));
  const element = make("aside", { class: "mg-item", tabindex: "-1", "aria-label": say("item.label"), hidden: true }, make("div", { class: "mg-item-head" }, make("div", {}, name, aspect), shut), deeds, list);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });

  const level = (of, value) => make("span", { class: "mg-level", "data-of": of }, make("span", { class: "ms-about", text: say(`item.${of}`) }), make("b", { text: value === null ? "–" : String(value) }));
  const said = (of, text) => (text ? make("p", { class: "mg-said", "data-of": of }, make("b", { text: `${say(`item.${of}`)}: ` }), text) : null);

  function itemOf(each) {
    const gap = each.gap === null ? "" : say("item.gap", { points: each.gap });
    const levels = make("div", { class: "mg-levels" }, level("self", each.self), level("awal", each.awal), ...["akhir", "draft", "field", "final"].filter((of) => each[of] !== null).map((of) => level(of, each[of])), make("span", { class: "ms-about", text: gap }));
    const files = each.evidence.length
      ? make("ul", { class: "mg-files", "aria-label": say("item.evidence") }, ...each.evidence.map((file) => make("li", {}, make("span", { text: file.name }), make("span", { class: "ms-about", text: ` · ${file.state}` }))))
      : make("p", { class: "ms-about", text: say("item.no_evidence") });
    const open = each.questions ? make("p", { class: "ms-about", text: say("item.questions", { count: each.questions }) }) : null;
    const warned = [...each.disputes, each.mismatch && say("item.mismatch", each.mismatch)].filter(Boolean).map((text) => make("p", { class: "mg-warned", text }));
    const findings = each.findings.map((found) => make("p", { class: "mg-said", "data-of": "finding" }, make("b", { text: `${say("item.finding", found)}. ` }), found.reason));
    const explained = each.mismatch ? said("explained", each.mismatch.answer) : null;
    return make("section", { class: "mg-one-item", "data-code": each.code, "data-mismatch": each.mismatch !== null || null }, make("h4", { text: `${each.code} ${each.name}` }), levels, ...warned, ...(each.mismatch ? findings : []), explained, said("self_reason", each.self_reason), each.reason ? make("p", { class: "mg-said", "data-of": "reason" }, make("b", { text: `${say("item.reason_of", { what: each.reason_pass })}: ` }), each.reason) : null, ...(each.mismatch ? [] : findings), said("note", each.note), said("internal", each.internal), open, files);
  }

  return {
    element,
    wait(row) {
      element.hidden = false;
      setText(name, row.name);
      setText(aspect, say("item.reading"));
      list.replaceChildren();
    },
    show(item, code, focus) {
      setText(name, item.name);
      setText(aspect, `${item.aspect.number} ${item.aspect.name}`);
      list.replaceChildren(...item.items.map(itemOf));
      if (focus) {
        element.focus({ preventScroll: true });
        // On a small window it stands where the map was.
        element.scrollIntoView({ block: "nearest" });
      }
      list.querySelector(`[data-code="${CSS.escape(code)}"]`)?.scrollIntoView({ block: "nearest" });
    },
    fail: (why) => setText(aspect, why),
    hide: () => (element.hidden = true),
  };
}
