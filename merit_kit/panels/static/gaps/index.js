import { freshId, make, setAttribute, setText } from "../sheet/dom.js";
import { createWords } from "../sheet/words.js";
import { createMemory } from "../sheet/memory.js";
import { followHeight } from "../sheet/height.js";
import { createLook } from "../rooms/look.js";
import { NARROWING } from "./crossing.js";
import { createFilters } from "./filters.js";
import { createHeat } from "./heat.js";
import { createItem } from "./item.js";
import { createOne } from "./one.js";
import { pictureOf } from "./pictures.js";

/**
 * The explorer of gaps: one anywidget view. See crossing.js for what crosses to the kernel.
 *
 * @param {{model: Object, el: HTMLElement}} given
 */
function render({ model, el }) {
  const user = model.get("user");
  const words = createWords(user);
  const { say } = words;
  const session = createMemory(() => window.sessionStorage);
  const key = `merit-gaps/${model.model_id ?? ""}`;
  /** What was asked last of each kind, by its turn: an answer to anything older is dropped. */
  const asked = {};
  let turn = 0;
  let shown = model.get("opening");
  /** The cell that is looked at: `row`, `column`; and whether its answer takes the focus. */
  let opened = null;
  let looked = false;

  const root = make("section", { class: "merit-sheet merit-rooms merit-gaps", "data-merit": "gaps", tabindex: "-1", lang: user.lang, "aria-label": say("title") });
  const filters = createFilters({ words, choose, reload: () => ask("reload", { wish: shown.wish ?? {} }) });
  const heat = createHeat({ words, choose, clear, item, agency: (row) => choose({ view: "one", one: row.agency }), picture: () => ask("picture", { wish: shown.wish }) });
  const detail = createItem({ words, close: closeItem, look: () => look(opened.row), one: () => choose({ view: "one", one: opened.row.agency }) });
  const one = createOne({ words, whatIf: (assessment, changes) => ask("what_if", { assessment, changes, wish: shown.wish }), look });
  const look_ = createLook({ words, widgets: model.widget_manager, back });
  const pictures = make("div", { class: "mg-pictures" });
  const drawing = make("dialog", { class: "mg-drawing", "aria-label": say("heat.picture") });
  const unmatched = make("span");
  const clearing = make("button", { class: "ms-button", "data-tool": "clear", onclick: clear }, make("span", { text: say("filter.clear") }));
  const empty = make("p", { class: "mg-none mg-empty", role: "status", hidden: true }, unmatched, clearing);
  const panel = make("div", { class: "mg-panel", role: "tabpanel", id: freshId("panel"), tabindex: "-1" }, heat.element, empty, pictures, one.element);
  const failed = make("p", { class: "mg-failed", role: "alert", hidden: true });
  const nothing = make("p", { class: "mg-none", hidden: true });
  const list = make("div", { class: "mg-list" }, filters.element, failed, nothing, make("div", { class: "mg-body" }, panel, detail.element), drawing);
  look_.element.hidden = true;
  root.append(make("div", { class: "ms-frame" }, list, look_.element));

  function ask(what, message) {
    turn += 1;
    asked[what] = turn;
    setAttribute(root, "data-waiting", "1");
    root.dataset.asked = String(turn);
    try {
      model.send({ do: what, turn, ...message });
    } catch {
      fail(say("away"));
    }
  }

  function choose(what) {
    // At once, so that a second choice builds on the first one whose answer is still out.
    shown = { ...shown, wish: { ...shown.wish, ...what } };
    session.set(key, shown.wish);
    ask("show", { wish: shown.wish, has: shown.options_key });
  }

  function clear() {
    choose({ ...Object.fromEntries(NARROWING.map((name) => [name, ""])), page: 0 });
    panel.focus({ preventScroll: true }); // the button goes
  }

  function item(row, column, focus = true) {
    opened = { row, column, focus };
    detail.wait(row);
    ask("item", { assessment: row.id, aspect: column.aspect, wish: shown.wish });
  }

  function closeItem() {
    detail.hide();
    if (opened) heat.focusCell(opened.row.agency, opened.column.key);
    opened = null;
  }

  /** What was read again is read again in the drawer, too; where its row is gone it is closed. */
  function askAnew() {
    const row = detail.element.hidden ? null : shown.heat?.rows.find(({ id }) => id === opened.row.id);
    if (row) return item(row, opened.column, false);
    detail.hide();
    opened = null;
  }

  function look(row) {
    looked = true;
    list.hidden = true;
    look_.element.hidden = false;
    look_.begin({ agency_name: row.name, room_name: null });
    ask("look", { assessment: row.id, wish: shown.wish });
  }

  function back() {
    if (!looked) return;
    looked = false;
    ask("leave", {});
    look_.shut();
    look_.element.hidden = true;
    list.hidden = false;
    (opened ? detail.element : panel).focus({ preventScroll: true });
  }

  function fail(why) {
    failed.hidden = false;
    setText(failed, why);
  }

  function draw() {
    failed.hidden = true;
    setText(nothing, shown.why ?? "");
    nothing.hidden = !shown.why;
    if (shown.why) return;
    const { wish } = shown;
    filters.show(shown);
    setAttribute(panel, "aria-labelledby", filters.tabOf(wish.view));
    heat.element.hidden = wish.view !== "heat";
    one.element.hidden = wish.view !== "one";
    setText(unmatched, shown.nothing);
    empty.hidden = !shown.nothing;
    clearing.hidden = NARROWING.every((name) => !wish[name]);
    pictures.hidden = ["heat", "one"].includes(wish.view) || !empty.hidden;
    const alone = shown.pictures.length === 1 && wish.view !== "one";
    const drawn = shown.pictures.map((picture) => pictureOf(picture, words, shown.about.marks, alone));
    if (wish.view === "heat") heat.show(shown.heat, wish);
    else if (wish.view === "one") one.show(shown.one, drawn);
    else pictures.replaceChildren(...drawn);
    pictures.dataset.count = String(drawn.length);
    if (wish.view !== "heat") detail.hide();
    root.dataset.view = wish.view;
  }

  const answers = {
    show(message) {
      shown = { ...message, options: message.options ?? shown.options };
      draw();
      if (message.of === "reload" && opened) askAnew();
    },
    picture(message) {
      const close = make("button", { class: "ms-button", onclick: () => drawing.close() }, make("span", { text: say("picture.close") }));
      drawing.replaceChildren(pictureOf(message, words, shown.about.marks), close);
      drawing.showModal();
    },
    item: (message) => opened && detail.show(message, opened.column.key, opened.focus),
    what_if: (message) => one.answer(message),
    look: (message) => looked && look_.show(message.sheet).catch((error) => look_.fail({ agency_name: "" }, String(error))),
    leave() {},
    failed(message) {
      if (message.of === "item") detail.fail(message.why);
      else if (message.of === "what_if") one.fail(message.why);
      else if (message.of === "look") look_.fail({ agency_name: opened?.row.name ?? "" }, message.why);
      else fail(message.why);
    },
  };

  function answered(message) {
    if (message.of && asked[message.of] !== message.turn) return;
    if (message.turn === turn) root.removeAttribute("data-waiting");
    answers[message.is]?.(message);
    root.dataset.answered = String(message.turn);
  }

  function pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    const deed = looked ? { b: back }[event.key] : { "/": () => heat.element.hidden || heat.search.focus() }[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  el.append(root);
  const leaveHeight = followHeight(root);
  root.addEventListener("keydown", pressed);
  model.on("msg:custom", answered);
  draw();
  root.dataset.ready = "1";
  const kept = session.get(key);
  if (kept && !shown.why) choose(kept);

  return () => {
    heat.stop();
    look_.shut();
    model.off("msg:custom", answered);
    root.removeEventListener("keydown", pressed);
    leaveHeight();
  };
}

export default { render };
