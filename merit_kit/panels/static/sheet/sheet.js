import { isFull, make, setText } from "./dom.js";
import { createState } from "./state.js";
import { createUndo } from "./undo.js";
import { createDrafts } from "./drafts.js";
import { createActions } from "./actions.js";
import { createClock } from "./clock.js";
import { createHeader } from "./header.js";
import { createStrip } from "./strip.js";
import { createNavigator } from "./navigator.js";
import { createDesk } from "./desk.js";
import { createDetail } from "./detail.js";
import { createFiles } from "./files.js";
import { openHelp } from "./help.js";
import { openHistory } from "./history.js";
import { filtersOf } from "./signs.js";

const NOTE_STAYS = 5000;

/** Draft or public: at the desk before the sitting levels are drafts, in the room they are said. */
function firstMode(room, remembered) {
  if (remembered) return remembered;
  return room?.starts_at && Date.now() >= new Date(room.starts_at).getTime() ? "room" : "prep";
}

/**
 * The score sheet of one assessment.
 *
 * @param {{root: HTMLElement, sheet: Sheet, view: View, room: ?Room, user: Object, words: Words,
 *   place: Place, memory: Memory, session: Memory, outbox: Outbox, waitingActs: WaitingActs, page: string, save: Element,
 *   ask: (message: Object) => void,
 *   post: (message: Object, buffers?: ArrayBuffer[]) => void, told: () => void, swap: () => void,
 *   cover: Cover}} given
 *   `told` is called when what is shown, or unsaved, may have changed.
 */
export function createSheet({ root, sheet, view, room, user, words, place, memory, session, outbox, waitingActs, page, save, ask, post, told, swap, cover }) {
  const { say } = words;
  const { assessment } = sheet;
  const owner = `${user.store}/${user.person}/${assessment}`;
  const order = sheet.subs.map((sub) => sub.code);
  // What the agency states of itself is never a draft.
  let mode = { agency: "own", practice: "practice" }[user.side] ?? firstMode(room, place.of("modes", assessment));
  let current = null;
  let detail = null;
  let shownHistory = null;
  let noteTimer = null;
  const stale = new Set();
  let isStale = true;

  const live = make("p", { class: "ms-note", role: "status", "aria-live": "polite" });
  function note(text) {
    setText(live, text);
    clearTimeout(noteTimer);
    noteTimer = setTimeout(() => setText(live, ""), NOTE_STAYS);
  }

  const state = createState(sheet, user.name, outbox, changed);
  const undo = createUndo(session, `merit-undo/${owner}`);
  const act = createActions({ state, outbox, undo, drafts: () => drafts, room: room?.code ?? null, mode: () => mode, covered: () => cover.on, note, words });
  const drafts = createDrafts({ memory, prefix: `merit-draft/${owner}/`, page, state: stateDraft, told: drafted });

  const clock = createClock({ words, room, zone: sheet.zone, minutes: place.of("minutes", assessment) ?? sheet.minutes, keep: (minutes) => place.setOf("minutes", assessment, minutes) });
  const header = createHeader({ sheet, room, words, clock: clock.element, save, note: live, side: user.side, deeds: { mode: setMode, share, undo: undoLast, help, swap, sitting: () => desk.sitting(), check: () => desk.check() } });
  const strip = createStrip({ sheet, words, go: (aspect) => go(navigator.firstOf(aspect)) });
  const navigator = createNavigator({ sheet, words, side: user.side, choose: (code) => go(code), filtered: setFilter, note });
  const pane = make("div", { class: "ms-detail" });
  const body = make("div", { class: "ms-body" }, navigator.element, pane);
  const files = createFiles({ words, sheet, state, act, room: room?.code ?? null, current: () => current, body, back: () => navigator.focus(), post, told });
  body.append(files.viewer);
  const unsaved = () => outbox.summary().waiting + drafts.count() + files.sending();
  const desk = createDesk({ root, words, side: user.side, sheet, room: room?.code ?? null, drafts, waitingActs, unsaved, send: ask, go: (code) => go(code), note });
  const element = make("div", { class: "ms-sheet" }, header.element, strip.element, body);
  element.addEventListener("input", ({ target }) => isFull(target) && note(say("text.full", { most: target.maxLength.toLocaleString(user.lang) })));

  function drafted() {
    detail?.show();
    told();
  }

  function stateDraft(name, text, { base, level }) {
    const [field, code] = name.split("/");
    if (field !== "remark") return state.has(code) && act.text(field, code, text, base, level);
    const of = state.codeOf({ kind: "evidence-state", body: { file: code } });
    return of !== undefined && act.evidence(of, code, { text }, base);
  }

  /** Draw what may look different: once, however many clicks and answers come before it is done. */
  function changed(codes) {
    for (const code of codes) stale.add(code);
    isStale = true;
    told();
  }

  function draw() {
    if (!isStale) return;
    isStale = false;
    const codes = new Set(stale);
    stale.clear();
    navigator.show(codes, state, cover.on);
    if (detail && codes.has(current)) detail.show();
    files.show();
    figures();
    settings();
  }

  function figures() {
    const behind = outbox.over(assessment).filter(({ op }) => op.kind === "level").length;
    header.figures(state.view, behind);
    const aspect = sheet.subs.find((sub) => sub.code === current)?.aspect ?? null;
    strip.show(state.view.figures.aspects, aspect, cover.on);
  }

  const settings = () => header.settings({ mode, share: cover.on, undoable: undo.size > 0 });

  /** Open a sub-aspect. The focus goes to its row: the list is where the keys are at home. */
  function go(code, focus = true) {
    if (code === null || code === undefined) return note(navigator.end());
    if (code !== current) {
      drafts.flushAll();
      files.leave(code);
      current = code;
      place.setOf("codes", assessment, code);
      const sub = sheet.subs.find((each) => each.code === code);
      detail = createDetail({ sub, sheet, words, state, act, drafts, files, side: user.side, mode: () => mode, covered: () => cover.on, back: () => navigator.focus(), move: (way) => go(navigator.step(current, way)), history: showHistory });
      detail.show();
      pane.replaceChildren(detail.element);
      pane.scrollTop = 0;
      navigator.mark(code);
      figures();
    }
    if (focus) navigator.focus();
    navigator.reveal();
  }

  function setFilter(name) {
    place.set("filter", name);
    navigator.set({ filter: name });
    note(say("filter.chosen", { filter: say(`filter.${name}`) }));
  }

  function setMode(name) {
    mode = name;
    place.setOf("modes", assessment, name);
    navigator.set({ mode });
    if (mode === "room") {
      setFilter("open");
      const first = navigator.firstFitting();
      if (first === null) setFilter("all");
      else go(first, false);
    }
    detail?.show();
    settings();
    note(say(`mode.${name}_tip`));
  }

  function share() {
    cover.turn(!cover.on);
    changed(new Set(order));
    draw(); // what the agency may not see is not there for one frame more
    note(say(cover.on ? "share.on" : "share.off"));
  }

  function undoLast() {
    // The ring goes with it: the next key is for what is open, not for where one was.
    const atList = root.ownerDocument.activeElement?.closest(".ms-row") ?? null;
    const code = act.undo();
    if (code) go(code, atList !== null);
    settings();
  }

  function help() {
    openHelp({ place: root, words, side: user.side, steps: sheet.steps, on: place.get("keys"), turn: (on) => place.set("keys", on) });
  }

  function showHistory() {
    if (cover.on) return note(say("share.no_history"));
    const code = current;
    const sub = sheet.subs.find((each) => each.code === code);
    const drawer = openHistory({ place: root, words, sub, ask: () => ask({ do: "history", assessment, sub_aspect: code }) });
    shownHistory = { code, drawer };
  }

  function aspectStep(way) {
    const at = sheet.aspects.findIndex(({ number }) => number === sheet.subs.find((sub) => sub.code === current).aspect);
    const aspect = sheet.aspects[at + way];
    go(aspect ? navigator.firstOf(aspect.number) : null);
  }

  function focusField(name) {
    if (name === "internal" && cover.on) return note(say("share.covered"));
    if (!detail.focus(name) && name === "evidence") note(say("evidence.none"));
  }

  function nextFilter() {
    const names = filtersOf(user.side);
    setFilter(names[(names.indexOf(place.get("filter")) + 1) % names.length]);
  }

  state.take(view);
  draw();
  const filter = place.get("filter");
  navigator.set({ filter: filtersOf(user.side).includes(filter) ? filter : "all", mode });
  drafts.load();
  files.goOn();
  const remembered = place.of("codes", assessment);
  const first = order.includes(remembered) ? remembered : null;
  if (first === null && mode === "room") setFilter(navigator.anyOpen() ? "open" : "all");
  go(first ?? navigator.firstFitting() ?? order[0], false);
  settings();

  return {
    element,
    assessment,
    state,
    act,
    draw,
    takeHistory({ sub_aspect: code, rows }) {
      if (shownHistory?.code === code) shownHistory.drawer.fill(rows);
    },
    failHistory: (why) => shownHistory?.drawer.fail(why),
    takeSitting: desk.takeSitting,
    takeCheck: desk.takeCheck,
    failed: desk.failed,
    uploaded: files.uploaded,
    resume() {
      files.resume();
      desk.resume();
    },
    /** What comes on the feed for this page alone. */
    given: (message, buffers) => (message.is === "papers" ? desk.given(message, buffers) : files.heard(message, buffers)),
    drafts,
    /** How many files are on their way. */
    sending: files.sending,
    reveal: () => navigator.reveal(),
    /** @param {string} code */
    open: (code) => order.includes(code) && go(code, false),
    focus: () => navigator.focus(),
    describe: (op) => say("banner.what", { code: state.codeOf(op) ?? "", what: say(`kinds.${op.kind}`) }),
    deeds: {
      on: () => place.get("keys"),
      level(step) {
        act.level(current, step);
        detail.reveal();
      },
      back: () => navigator.focus(),
      by: {
        Enter() {
          act.confirm(current);
          detail.reveal();
        },
        ArrowUp: () => go(navigator.step(current, -1)),
        ArrowDown: () => go(navigator.step(current, 1)),
        k: () => go(navigator.step(current, -1)),
        j: () => go(navigator.step(current, 1)),
        "[": () => aspectStep(-1),
        "]": () => aspectStep(1),
        o: () => go(navigator.nextOpen(current)),
        f: nextFilter,
        "/": () => navigator.search.focus(),
        r: () => focusField("reason"),
        n: () => focusField("note"),
        i: () => focusField("internal"),
        c: () => focusField("question"),
        e: () => focusField("evidence"),
        m: () => focusField("recommendation"),
        h: showHistory,
        b: () => desk.sitting(),
        u: undoLast,
        "?": help,
      },
    },
    stop() {
      drafts.flushAll();
      drafts.stop();
      clock.stop();
      files.stop();
      desk.stop();
      clearTimeout(noteTimer);
    },
  };
}
