import { isolated } from "../sheet/bidi.js";
import { make, replaceKeepingFocus, setAttribute, setText } from "../sheet/dom.js";
import { icon } from "../sheet/icons.js";
import { ago, timeOfRoom } from "./since.js";
import { MOST_FIRST, SORTS } from "./standing.js";

/** Columns of a number and the drawing that stands for it. */
const COUNTS = { conflicts: "conflict", fresh: "fresh", mismatches: "mismatch" };

/** Milliseconds after somebody's hand was in the table in which no row moves from under it. */
const HELD = 5000;

/** One row: built once, afterwards only what differs in it is touched. */
function boardRow(row, words, open) {
  const { say } = words;
  const cells = Object.fromEntries(Object.keys(SORTS).map((name) => [name, make(name === "agency" ? "th" : "td", { "data-column": name, scope: name === "agency" ? "row" : null })]));
  const button = make("button", { class: "mr-open", "data-focus": row.id });
  const stage = make("span", { class: "ms-about" });
  cells.agency.append(button, stage);
  const room = make("span", { class: "mr-room" });
  const people = make("span", { class: "ms-about" });
  cells.room.append(room, people);
  const tag = make("span", { class: "mr-state" });
  const time = make("span", { class: "ms-about" });
  cells.state.append(tag, time);
  const bar = make("i");
  const assessed = make("span", { class: "mr-assessed" });
  const drafts = make("span", { class: "ms-about" });
  cells.progress.append(make("span", { class: "ms-meter", "aria-hidden": "true" }, bar), assessed, drafts);
  const total = make("span");
  const kind = make("span", { class: "ms-about mr-kind" });
  cells.total.append(total, kind);
  const ways = ["raised", "lowered"].map((way) => ({ way, count: make("span"), told: make("span", { class: "ms-unseen" }) }));
  for (const { way, count, told } of ways) cells.differing.append(make("span", { class: "mr-way", "data-way": way }, icon(way), count, told));
  const asked = make("span");
  const waits = make("span", { class: "ms-unseen" });
  cells.questions.append(asked, waits);
  const counts = Object.entries(COUNTS).map(([name, drawing]) => {
    const count = make("span");
    cells[name].append(make("span", { class: "mr-count" }, icon(drawing), count));
    return { name, count };
  });
  const element = make("tr", { "data-row": row.id, "data-assessment": row.assessment, onclick: () => open(row.id) }, ...Object.values(cells));
  let drawn = "";

  function draw({ row: now, figures, state }, { minutes, clock, dated, stage: usual }) {
    const when = [dated && now.held_on && words.day(now.held_on), now.starts_at && words.hour(now.starts_at)].filter(Boolean).join(", ");
    setText(button, now.agency_name);
    setAttribute(button, "title", say("cell.open", { agency: now.agency_name }));
    setText(stage, figures && figures.stage !== usual ? figures.stage : "");
    setText(room, [now.room_name ?? "–", when].filter(Boolean).map(isolated).join(" · "));
    setText(people, now.evaluators.map(isolated).join(", "));
    setAttribute(element, "data-state", state);
    setText(tag, say(`state.${state}`));
    setText(time, timeOfRoom(words, now, state, minutes, clock));
    const { assessed: done = 0, of = 0 } = figures ?? {};
    bar.style.width = `${of ? (100 * done) / of : 0}%`;
    setText(assessed, figures ? say("cell.progress", { assessed: done, of }) : "");
    setText(drafts, figures?.drafts ? say("cell.drafts", { count: figures.drafts }) : "");
    setText(cells.self, figures?.self && figures.self_assessed ? figures.self.text : "–");
    setText(total, figures?.total && done ? figures.total.text : "–");
    setText(kind, figures?.total && done && done < of ? say("cell.provisional") : "");
    for (const { way, count, told } of ways) {
      setText(count, String(figures?.[way] ?? 0));
      setText(told, say(`cell.${way}`, { count: figures?.[way] ?? 0 }));
      setAttribute(count.parentNode, "data-none", !figures?.[way]);
    }
    const open_ = (figures?.open ?? 0) + (figures?.answered ?? 0);
    setText(asked, String(open_));
    const told = figures && open_ ? say("cell.questions", figures) : "";
    setText(waits, told);
    setAttribute(cells.questions, "title", told || null);
    setAttribute(cells.questions, "data-none", !open_);
    setAttribute(cells.questions, "data-late", Boolean(figures?.late));
    for (const { name, count } of counts) {
      setText(count, String(figures?.[name] ?? 0));
      setAttribute(cells[name], "data-none", !figures?.[name]);
    }
    setText(cells.last, figures ? ago(words, figures.last, clock) : "");
    setAttribute(cells.last, "title", figures?.last ? words.moment(figures.last) : null);
  }

  return {
    element,
    button,
    show(seen, how) {
      // Times are told to the minute; what comes from others counts as it comes.
      const key = JSON.stringify([seen, how.dated, how.stage, Math.floor(how.clock / 10000)]);
      if (key === drawn) return;
      drawn = key;
      draw(seen, how);
    },
    /** Somebody else's statement came: shown for a moment. */
    flash() {
      element.classList.remove("mr-new");
      requestAnimationFrame(() => element.classList.add("mr-new"));
    },
  };
}

/**
 * The table of the rooms. Each agency is one stop of the Tab key; j and k go from row to row.
 *
 * @param {{words: Words, round: () => string, sort: (by: string) => void,
 *   open: (id: string) => void}} given
 */
export function createBoard({ words, round, sort, open }) {
  const { say } = words;
  const made = new Map();
  let order = [];
  let touched = -HELD;

  const heads = Object.keys(SORTS).map((name) => {
    const tip = ["agency", "room", "state", "progress"].includes(name) ? null : say(`tip.${name}`);
    const button = make("button", { class: "mr-sort", "data-sort": name, title: tip, onclick: () => sort(name) }, make("span", { text: say(`column.${name}`) }), icon("next"));
    return { name, element: make("th", { scope: "col", "data-column": name }, button) };
  });
  const body = make("tbody");
  const caption = make("caption", { class: "ms-unseen" });
  const table = make("table", { class: "mr-table" }, caption, make("thead", {}, make("tr", {}, ...heads.map(({ element }) => element))), body);
  const none = make("p", { class: "mr-none", hidden: true });
  const element = make("div", { class: "mr-scroll", role: "region", tabindex: "0" }, table, none);
  const hand = () => (touched = performance.now());
  body.addEventListener("pointermove", hand);
  body.addEventListener("keydown", hand);

  function rowOf(row) {
    if (!made.has(row.id)) made.set(row.id, boardRow(row, words, open));
    return made.get(row.id);
  }

  const current = () => order.indexOf(document.activeElement?.closest?.("[data-row]")?.dataset.row);

  return {
    element,
    /** Whether somebody's hand is in the table: its rows stay where they are. */
    isHeld: () => performance.now() - touched < HELD,
    letGo: () => (touched = -HELD),
    /** @param {Object[]} seen in order: `row`, `figures`, `state` */
    lay(seen, sorted, why) {
      const ids = seen.map(({ row }) => row.id);
      setText(caption, say("table", { round: round() }));
      setAttribute(element, "aria-label", caption.textContent);
      for (const { name, element: head } of heads) {
        setAttribute(head, "aria-sort", name === sorted.by ? (sorted.down ? "descending" : "ascending") : null);
      }
      none.hidden = seen.length > 0;
      setText(none, why || say("none_fit"));
      if (String(ids) === String(order)) return;
      order = ids;
      replaceKeepingFocus(body, seen.map(({ row }) => rowOf(row).element));
    },
    /**
     * Draw those rows that are laid out.
     * @param {(id: string) => ?Object} seenOf
     * @param {{minutes: number, clock: number, dated: boolean, stage: string}} how `dated`: of more
     *   than one day; `stage`: the one that most are in, which need not be said
     */
    show(seenOf, how) {
      for (const id of order) {
        const seen = seenOf(id);
        if (seen) made.get(id).show(seen, how);
      }
    },
    flash: (ids) => ids.forEach((id) => made.get(id)?.flash()),
    /** Go to another row, without going around. @param {number} way */
    step(way) {
      const at = current();
      const next = at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + way));
      made.get(order[next])?.button.focus();
    },
    focus: (id) => (made.get(id)?.button ?? element).focus({ preventScroll: !made.has(id) }),
  };
}

/** The order after a click on a column: the other way round on the second. */
export function nextSort({ by, down }, name) {
  return { by: name, down: by === name ? !down : MOST_FIRST.has(name) };
}
