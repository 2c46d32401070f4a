import { createPace, make } from "../sheet/dom.js";
import { createAsking } from "../sheet/asking.js";
import { followHeight } from "../sheet/height.js";
import { randomHex } from "../sheet/ids.js";
import { createMemory } from "../sheet/memory.js";
import { createWords } from "../sheet/words.js";
import { SILENT } from "./crossing.js";
import { createBoard, nextSort } from "./board.js";
import { createLook } from "./look.js";
import { createSummary } from "./summary.js";
import { dayOf, KEEPS, sortSeen, stateOf, usualStage } from "./standing.js";

const TICK = 5000;

/**
 * The overview of the rooms: one anywidget view. See crossing.js for what crosses to the kernel.
 *
 * @param {{model: Object, el: HTMLElement}} given
 */
async function render({ model, el }) {
  const user = model.get("user");
  const words = createWords(user);
  const { say } = words;
  const session = createMemory(() => window.sessionStorage);
  const key = `merit-rooms/${model.get("feed_id")}`;
  /** What this tab has chosen; the same over a reload. */
  const kept = { page: randomHex(), filter: "all", day: null, sort: { by: "room", down: false }, ...session.get(key) };
  const keep = (what) => session.set(key, Object.assign(kept, what));
  keep({});

  /** @type {Overview} */
  let overview = model.get("overview");
  let heard = Date.now();
  /** How far this computer's clock is behind the kernel's. */
  let behind = 0;
  let sought = "";
  /** The row that is looked at, by its id. */
  let looked = null;
  /** @type {Map<string, Object>} by the row's id: `row`, `figures`, `state` */
  let seen = new Map();

  const root = make("section", { class: "merit-sheet merit-rooms", "data-merit": "rooms", tabindex: "-1", lang: user.lang, "aria-label": say("label") });
  const summary = createSummary({
    words,
    lang: user.lang,
    choose: setFilter,
    day: (day) => (keep({ day }), redo()),
    seek: (text) => ((sought = text), redo()),
    leaveSearch() {
      board.letGo();
      draw();
      board.step(0);
    },
  });
  const board = createBoard({ words, round: () => overview.ground.round, sort: (name) => (keep({ sort: nextSort(kept.sort, name) }), redo()), open: look });
  const look_ = createLook({ words, widgets: model.widget_manager, back });
  const hints = ["move", "open", "search", "filter", "back"].map((name) => make("span", {}, ...KEYS[name].map((text) => make("kbd", { text })), ` ${say(`keys.${name}`)}`));
  const list = make("div", { class: "mr-list" }, summary.element, board.element, make("p", { class: "mr-keys ms-about", "aria-label": say("keys.label") }, ...hints));
  look_.element.hidden = true;
  root.append(make("div", { class: "ms-frame" }, list, look_.element));

  const clock = () => Date.now() + behind;
  const rowOf = (id) => overview.ground.rows.find((row) => row.id === id);

  /** The day that is shown: today's where rooms meet today, unless another was chosen. */
  function day() {
    const held = overview.ground.rows.map((row) => row.held_on ?? "-");
    if (held.includes(kept.day)) return kept.day;
    const today = dayOf(clock());
    return kept.day === null && held.includes(today) ? today : "";
  }

  const isOf = (row, chosen) => chosen === "" || (row.held_on ?? "-") === chosen;
  const fits = (row) => !sought || [row.agency, row.agency_name, row.room, row.room_name, ...row.evaluators].some((text) => text?.toLowerCase().includes(sought));

  function draw() {
    const { ground, figures, away } = overview;
    const now = clock();
    seen = new Map(ground.rows.map((row) => [row.id, { row, figures: figures[row.assessment] ?? null, state: stateOf(row, figures[row.assessment] ?? null, ground.minutes, now) }]));
    const chosen = day();
    const ofDay = [...seen.values()].filter(({ row }) => isOf(row, chosen));
    const inTable = ofDay.filter((each) => KEEPS[kept.filter](each) && fits(each.row));
    const stage = usualStage(ofDay);
    summary.ground(ground, stage, chosen, now);
    summary.show(ofDay, inTable, kept.filter);
    summary.live(heard, Date.now() - heard > SILENT, away);
    if (!board.isHeld()) board.lay(sortSeen(inTable, kept.sort.by, kept.sort.down), kept.sort, ground.why);
    board.show((id) => seen.get(id), { minutes: ground.minutes, clock: now, dated: chosen === "", stage });
  }
  const pace = createPace(draw);

  /** Somebody chose: the table follows at once, whosever hand is in it. */
  function redo() {
    board.letGo();
    pace.ask();
  }

  function setFilter(filter) {
    keep({ filter });
    redo();
  }

  function nextFilter() {
    const names = Object.keys(KEEPS);
    setFilter(names[(names.indexOf(kept.filter) + 1) % names.length]);
  }

  const asking = createAsking((message) => {
    try {
      model.send(message);
    } catch {
      // A closed channel: that nothing is heard any more is told.
    }
  });
  const ask = (message) => asking.ask({ ...message, page: kept.page });

  function look(id) {
    const row = rowOf(id);
    if (!row) return;
    looked = id;
    list.hidden = true;
    look_.element.hidden = false;
    look_.begin(row);
    ask({ do: "look", assessment: row.assessment, room: row.room });
  }

  function back() {
    if (looked === null) return;
    asking.done("look");
    ask({ do: "leave" });
    look_.shut();
    look_.element.hidden = true;
    list.hidden = false;
    board.letGo();
    board.focus(looked);
    looked = null;
    pace.ask();
  }

  /** Say what a host has to know at once, also aloud. */
  function announce(before, figures) {
    for (const [assessment, next] of Object.entries(figures)) {
      const last = before[assessment];
      if (!last) continue;
      const agency = overview.ground.rows.find((row) => row.assessment === assessment)?.agency_name;
      if (next.conflicts > last.conflicts) summary.announce(say("news.conflict", { agency }));
      else if (next.assessed === next.of && last.assessed < last.of) summary.announce(say("news.done", { agency }));
    }
  }

  function take(next) {
    heard = Date.now();
    behind = Date.parse(next.now) - heard;
    const before = overview.figures;
    overview = { ...overview, ...next, figures: { ...before, ...next.figures } };
    announce(before, next.figures);
    const fresh = new Set(Object.keys(next.figures).filter((assessment) => before[assessment]));
    board.flash(overview.ground.rows.filter((row) => fresh.has(row.assessment)).map((row) => row.id));
    pace.ask();
  }

  function pushed(message) {
    if (message.is !== "changed" || message.turn <= overview.turn) return;
    // One was lost: with it went what nobody tells again.
    if (message.turn > overview.turn + 1) hello();
    take({ ...message });
  }

  const answers = {
    welcome(message) {
      asking.done("hello");
      take(message);
    },
    shown(message) {
      const asked = asking.asked("look");
      asking.done("look");
      if (asked?.assessment !== message.assessment || asked.room !== message.room) return;
      look_.show(message.sheet).catch((error) => look_.fail(rowOf(looked), String(error)));
    },
    left: () => asking.done("leave"),
    shut({ most }) {
      const row = rowOf(looked);
      if (row) look_.taken(row, most);
    },
    failed(message) {
      const row = asking.asked("look") && rowOf(looked);
      for (const what of ["look", "leave"]) asking.done(what);
      if (row) look_.fail(row, message.why);
    },
  };

  const answered = (message) => message.page === kept.page && answers[message.is]?.(message);
  const hello = () => ask({ do: "hello" });

  const deeds = { ArrowDown: () => board.step(1), ArrowUp: () => board.step(-1), j: () => board.step(1), k: () => board.step(-1), f: nextFilter, "/": () => summary.search.focus() };
  function pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const deed = looked === null ? deeds[name] : { b: back }[name];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  el.append(root);
  const leaveHeight = followHeight(root);
  root.addEventListener("keydown", pressed);
  model.on("msg:custom", answered);
  const feed = await model.widget_manager.get_model(model.get("feed_id"));
  feed.on("msg:custom", pushed);
  const line = model.widget_manager.kernel?.connectionStatusChanged;
  const lineTurned = (_, status) => status === "connected" && hello();
  line?.connect(lineTurned);
  const tick = setInterval(pace.ask, TICK);
  pace.ask();
  root.dataset.ready = "1";
  // What this page looked at before it was loaded again goes with it.
  ask({ do: "leave" });
  hello();

  return () => {
    line?.disconnect(lineTurned);
    clearInterval(tick);
    asking.stop();
    pace.stop();
    look_.shut();
    model.off("msg:custom", answered);
    feed.off("msg:custom", pushed);
    root.removeEventListener("keydown", pressed);
    leaveHeight();
  };
}

const KEYS = { move: ["J", "K"], open: ["Enter"], search: ["/"], filter: ["F"], back: ["B"] };

export default { render };
