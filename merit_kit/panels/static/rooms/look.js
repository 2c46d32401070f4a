import { isolated } from "../sheet/bidi.js";
import { make, setText } from "../sheet/dom.js";
import { icon } from "../sheet/icons.js";

/**
 * The sheet of one room, for reading only, in the place of the table: a widget of its own, which
 * the kernel makes for this page and shuts when the page goes back.
 *
 * @param {{words: Words, widgets: Object, back: () => void}} given `widgets`: the widget manager
 */
export function createLook({ words, widgets, back }) {
  const { say } = words;
  const where = make("span", { class: "mr-where" });
  const button = make("button", { class: "ms-button", "data-tool": "back", title: say("sheet.back_key"), onclick: back }, icon("previous"), make("span", { text: say("sheet.back") }));
  const bar = make("div", { class: "mr-bar" }, button, where, make("span", { class: "ms-tag", text: say("sheet.reading") }));
  const place = make("div", { class: "mr-place" });
  const wait = make("p", { class: "mr-none", role: "status" });
  const element = make("div", { class: "mr-look" }, bar, wait, place);
  let view = null;
  /** Which sheet is awaited: one that comes after going back is not shown. */
  let awaited = null;

  function shut() {
    awaited = null;
    view?.remove();
    view = null;
    place.replaceChildren();
  }

  function tell(text) {
    wait.hidden = false;
    setText(wait, text);
  }

  return {
    element,
    /** @param {Row} row */
    begin(row) {
      shut();
      setText(where, [row.room_name, row.agency_name].filter(Boolean).map(isolated).join(" · "));
      setText(wait, say("sheet.opening", { agency: row.agency_name }));
      wait.hidden = false;
      button.focus({ preventScroll: true });
    },
    /** @param {string} id of the widget's model */
    async show(id) {
      awaited = id;
      const made = await widgets.create_view(await widgets.get_model(id));
      if (awaited !== id) return made.remove();
      view = made;
      wait.hidden = true;
      place.replaceChildren(made.el);
    },
    fail: (row, why) => tell(say("sheet.failed", { agency: row.agency_name, why })),
    /** So many others look at a sheet: this one had to make room. */
    taken(row, most) {
      shut();
      tell(say("sheet.taken", { agency: row.agency_name, most }));
    },
    shut,
  };
}
