import { make, nextFrame } from "./dom.js";
import { randomHex } from "./ids.js";
import { remadeOp } from "./statements.js";
import { createAsking } from "./asking.js";
import { createCover } from "./cover.js";
import { createRemembered } from "./remembered.js";
import { createWords } from "./words.js";
import { createMemory } from "./memory.js";
import { createPlace } from "./place.js";
import { createOutbox } from "./outbox.js";
import { createSaveState } from "./save_state.js";
import { createBanner } from "./banner.js";
import { createChooser } from "./chooser.js";
import { createSheet } from "./sheet.js";
import { listenToKeys } from "./keys.js";
import { followHeight } from "./height.js";

/**
 * The scoring panel: one anywidget view. See protocol.js for what crosses to the kernel.
 *
 * @param {{model: Object, el: HTMLElement}} given
 */
async function render({ model, el }) {
  const user = model.get("user");
  const words = createWords(user);
  const { say } = words;
  const memory = createMemory(() => window.localStorage);
  const session = createMemory(() => window.sessionStorage);
  const place = createPlace(memory, user.store, user.person);
  const remembered = createRemembered(session, place, model.get("feed_id"));
  /** Every page of this panel hears every answer; its own it knows by this. */
  const page = randomHex();
  let places = model.get("places");
  let sheet = null;
  let room = null;

  const stageBox = make("div", { class: "ms-stage" });
  const saveState = createSaveState(words);
  const root = make("section", { class: "merit-sheet", "data-merit": "sheet", tabindex: "-1", lang: user.lang, "aria-label": say("panel_label") });
  const announced = make("p", { class: "ms-unseen", role: "status", "aria-live": "polite" });
  const banner = createBanner({
    words,
    describe: (op) => sheet?.describe(op) ?? say(`kinds.${op.kind}`),
    retry: (id) => outbox.retry(id),
    discard(id) {
      const { op } = outbox.refused().find((entry) => entry.op.id === id);
      outbox.discard(id);
      sheet?.state.touch([op]);
    },
  });
  // JupyterLab takes line breaks and undo in a cell for its own editor's, on the way down.
  const typed = (event) => root.contains(event.target) && event.stopImmediatePropagation();
  window.addEventListener("beforeinput", typed, true);
  const cover = createCover(root, session);
  const frame = make("div", { class: "ms-frame" }, stageBox, banner.element, announced);
  root.append(frame);

  const outbox = createOutbox({
    memory,
    store: user.store,
    person: user.person,
    send: (message) => model.send({ ...message, page }),
    told: showSaved,
    settled,
    found: (ops) => sheet?.state.touch(ops.filter((op) => sheet.state.codeOf(op) !== undefined)),
    remake({ assessment, op }, base) {
      if (sheet?.assessment === assessment) return sheet.act.remake(op, base);
      // Only of the assessment that is open is it known what stands.
      return base && remadeOp(op, { ...op, base });
    },
  });
  const asking = createAsking((message) => {
    outbox.listen();
    try {
      model.send(message);
    } catch {
      // A closed channel: the banner tells, as no answer comes.
    }
  });
  const ask = (message) => asking.ask({ ...message, page });

  let saidState = "saved";
  function showSaved() {
    const summary = outbox.summary();
    const typed = sheet?.drafts.count() ?? 0;
    const kept = memory.works;
    const pending = summary.waiting + typed;
    const state = saveState.show({ ...summary, pending, kept });
    banner.show({ ...summary, pending, kept, list: outbox.refused() });
    // Said aloud when it turns, not at each click.
    if (state !== saidState && state !== "saving") announced.textContent = say(`save.told_${state}`);
    saidState = state;
  }

  function settled(ops, results, position) {
    const done = results.filter((result) => result.state !== "refused");
    sheet?.state.touch(ops);
    const tell = ({ id, state }) => root.dispatchEvent(new CustomEvent("merit-acked", { detail: { id, state, position } }));
    // The frame that shows it is painted after what is done in it; a task comes after the painting.
    nextFrame(() => setTimeout(() => done.forEach(tell)));
  }

  function showPart(element, name) {
    stageBox.replaceChildren(element);
    root.dataset.view = name;
  }

  function openSheet(next, view, chosen = false) {
    sheet?.stop();
    const wished = remembered.roomOf(next.assessment);
    room = next.rooms.find(({ code }) => code === wished) ?? next.rooms.find(({ mine }) => mine) ?? next.rooms[0] ?? null;
    remembered.keep(next.assessment, room?.code ?? null);
    sheet = null;
    sheet = createSheet({ root, sheet: next, view, room, user, words, place, memory, session, outbox, page: remembered.page, save: saveState.element, ask, told: showSaved, swap: choose, cover });
    showPart(sheet.element, "sheet");
    showSaved();
    nextFrame(() => {
      sheet?.reveal();
      // The first view takes the focus only where nobody has it.
      if (chosen || document.activeElement === document.body) sheet?.focus();
      root.dataset.ready = "1";
    });
  }

  /** The sheet that is open is there at once, whether or not the kernel answers. */
  function goBack() {
    asking.done("open");
    // What was asked for last is not awaited any more, but an answer still is: this one.
    hello();
    showPart(sheet.element, "sheet");
    sheet.reveal();
    sheet.focus();
  }

  function choose() {
    sheet?.drafts.flushAll();
    const chooser = createChooser({
      places,
      words,
      current: sheet?.assessment ?? null,
      open: ({ assessment, room: code }) => ask({ do: "open", assessment, room: code }),
      back: sheet && goBack,
    });
    showPart(chooser.element, "chooser");
    chooser.focus();
    root.dataset.ready = "1";
  }

  /** What may be done may depend on the room: the kernel has to know which one it is. */
  function tellRoom(told) {
    if (sheet && (room?.code ?? null) !== told) hello();
  }

  const answers = {
    welcome(message) {
      const asked = asking.asked("hello");
      asking.done("hello");
      places = message.places;
      const open = message.sheet?.assessment;
      if (sheet) {
        if (sheet.assessment === open) take(message.view);
      } else if (open && open === asked?.assessment) openSheet(message.sheet, message.view);
      else if (root.dataset.view !== "chooser") choose();
      outbox.heard();
      if (asked) tellRoom(asked.room);
    },
    opened(message) {
      const asked = asking.asked("open");
      outbox.heard();
      // Of one that was asked for before, or gone back from.
      if (asked?.assessment !== message.sheet.assessment) return;
      asking.done("open");
      remembered.keep(asked.assessment, asked.room);
      openSheet(message.sheet, message.view, true);
      tellRoom(asked.room);
    },
    recorded: (message) => outbox.recorded(message),
    failed(message) {
      if (message.batch || !asking.asked("history")) return outbox.failed(message);
      // What could not be looked up is told where it was asked for.
      asking.done("history");
      outbox.heard();
      sheet?.failHistory(message.why);
    },
    history(message) {
      asking.done("history");
      outbox.heard();
      if (sheet?.assessment === message.assessment) sheet.takeHistory(message);
    },
  };

  function take(view, since = null) {
    // Something was told that did not come: ask for the whole.
    if (!sheet.state.take(view, since) && !asking.asked("hello")) hello();
  }

  function heard(message) {
    if (message.page !== page) return;
    const { late } = outbox.summary();
    answers[message.is]?.(message);
    // What was told while the line was down is lost.
    if (late && message.is !== "welcome") hello();
  }

  function pushed(message) {
    if (message.is === "changed" && message.view.assessment === sheet?.assessment) take(message.view, message.since);
  }

  /** Ask for everything as it is now: at the beginning, and whenever something may have been missed. */
  function hello() {
    const assessment = sheet?.assessment ?? remembered.assessment(places);
    ask({ do: "hello", assessment, room: sheet ? (room?.code ?? null) : remembered.roomOf(assessment) });
  }

  const line = model.widget_manager.kernel?.connectionStatusChanged;
  const lineTurned = (_, status) => status === "connected" && hello();

  // What this browser cannot keep is gone with the page.
  const leaving = (event) => {
    if (!memory.works && outbox.summary().waiting > 0) event.preventDefault();
  };
  window.addEventListener("beforeunload", leaving);

  el.append(root);
  const leaveHeight = followHeight(root);
  const leaveKeys = listenToKeys(root, {
    on: () => sheet !== null && root.dataset.view === "sheet" && sheet.deeds.on(),
    level: (step) => sheet.deeds.level(step),
    back: () => sheet && root.dataset.view === "sheet" && sheet.deeds.back(),
    deedOf: (name) => sheet.deeds.by[name],
  });
  model.on("msg:custom", heard);
  // Another one was chosen in this tab since: the welcome brings it.
  const given = model.get("sheet")?.assessment;
  if (given && given === (remembered.chosen() ?? given)) openSheet(model.get("sheet"), model.get("view"));
  outbox.load();
  showSaved();
  const feed = await model.widget_manager.get_model(model.get("feed_id"));
  feed.on("msg:custom", pushed);
  // Only now: the welcome holds everything up to the moment from which pushes are heard.
  hello();
  line?.connect(lineTurned);

  return () => {
    line?.disconnect(lineTurned);
    asking.stop();
    window.removeEventListener("beforeunload", leaving);
    window.removeEventListener("beforeinput", typed, true);
    model.off("msg:custom", heard);
    feed.off("msg:custom", pushed);
    sheet?.stop();
    outbox.stop();
    leaveKeys();
    leaveHeight();
  };
}

export default { render };
