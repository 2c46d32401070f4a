import { SEND_AGAIN_AFTER } from "./protocol.js";
import { make, nextFrame, randomHex } from "./dom.js";
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
  const page = randomHex();
  let places = model.get("places");
  let sheet = null;
  let helloTimer = null;

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
  const frame = make("div", { class: "ms-frame" }, stageBox, banner.element, announced);
  root.append(frame);

  const outbox = createOutbox({
    memory,
    store: user.store,
    person: user.person,
    send: (message) => model.send(message),
    told: showSaved,
    settled,
    found: (ops) => sheet?.state.touch(ops.filter((op) => sheet.state.codeOf(op) !== undefined)),
    // Only of the assessment that is open is it known what stands.
    remake: ({ assessment, op }) => (sheet?.assessment === assessment ? sheet.act.remake(op) : null),
  });

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
    nextFrame(() => {
      for (const { id, state } of done) {
        root.dispatchEvent(new CustomEvent("merit-acked", { detail: { id, state, position } }));
      }
    });
  }

  function ask(message) {
    outbox.listen();
    try {
      model.send(message);
    } catch {
      // A closed channel: the banner tells, as no answer comes.
    }
  }

  function showPart(element, name) {
    stageBox.replaceChildren(element);
    root.dataset.view = name;
  }

  function openSheet(next, view, chosen = false) {
    sheet?.stop();
    const roomCode = place.get("assessment") === next.assessment ? place.get("room") : null;
    const room = next.rooms.find(({ code }) => code === roomCode) ?? next.rooms.find(({ mine }) => mine) ?? next.rooms[0] ?? null;
    place.set("assessment", next.assessment);
    place.set("room", room?.code ?? null);
    sheet = null;
    sheet = createSheet({ root, sheet: next, view, room, user, words, place, memory, session, outbox, page, save: saveState.element, ask, told: showSaved, swap: choose });
    showPart(sheet.element, "sheet");
    showSaved();
    nextFrame(() => {
      sheet?.reveal();
      // The first view takes the focus only where nobody has it.
      if (chosen || document.activeElement === document.body) sheet?.focus();
      root.dataset.ready = "1";
    });
  }

  function choose() {
    sheet?.drafts.flushAll();
    const chooser = createChooser({
      places,
      words,
      current: sheet?.assessment ?? null,
      open({ assessment, room }) {
        place.set("assessment", assessment);
        place.set("room", room);
        ask({ do: "open", assessment });
      },
    });
    showPart(chooser.element, "chooser");
    chooser.focus();
    root.dataset.ready = "1";
  }

  /** Open what the kernel has open, or what was open here, or let the person choose. */
  function begin({ sheet: open, view }) {
    if (open?.assessment) return openSheet(open, view);
    const remembered = place.get("assessment");
    const known = places.some(({ assessment }) => assessment === remembered);
    if (known) ask({ do: "open", assessment: remembered });
    else choose();
  }

  const answers = {
    welcome(message) {
      clearTimeout(helloTimer);
      places = message.places;
      if (sheet && sheet.assessment === message.sheet?.assessment) sheet.state.take(message.view);
      else if (!sheet) begin(message);
      outbox.heard();
    },
    opened(message) {
      outbox.heard();
      const shown = root.dataset.view === "sheet" && sheet?.assessment === message.sheet.assessment;
      if (shown) sheet.state.take(message.view);
      else openSheet(message.sheet, message.view, root.dataset.view === "chooser");
    },
    recorded: (message) => outbox.recorded(message),
    failed: (message) => outbox.failed(message),
    history(message) {
      outbox.heard();
      if (sheet?.assessment === message.assessment || !message.assessment) sheet?.takeHistory(message);
    },
  };

  const heard = (message) => answers[message.is]?.(message);
  const pushed = (message) => {
    if (message.is === "changed" && message.view.assessment === sheet?.assessment) sheet.state.take(message.view);
  };

  function hello() {
    ask({ do: "hello" });
    helloTimer = setTimeout(hello, SEND_AGAIN_AFTER);
  }

  el.append(root);
  const leaveHeight = followHeight(root);
  const leaveKeys = listenToKeys(root, {
    on: () => sheet !== null && root.dataset.view === "sheet" && sheet.deeds.on(),
    level: (step) => sheet.deeds.level(step),
    back: () => sheet && root.dataset.view === "sheet" && sheet.deeds.back(),
    deedOf: (name) => sheet.deeds.by[name],
  });
  model.on("msg:custom", heard);
  if (model.get("sheet")?.assessment) openSheet(model.get("sheet"), model.get("view"));
  outbox.load();
  showSaved();
  const feed = await model.widget_manager.get_model(model.get("feed_id"));
  feed.on("msg:custom", pushed);
  // Only now: the welcome holds everything up to the moment from which pushes are heard.
  hello();

  return () => {
    clearTimeout(helloTimer);
    model.off("msg:custom", heard);
    feed.off("msg:custom", pushed);
    sheet?.stop();
    outbox.stop();
    leaveKeys();
    leaveHeight();
  };
}

export default { render };
