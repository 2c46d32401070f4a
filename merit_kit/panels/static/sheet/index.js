import { createPace, make, nextFrame } from "./dom.js";
import { randomHex } from "./ids.js";
import { remadeOp } from "./statements.js";
import { createWaitingActs } from "./waiting_acts.js";
import { createAsking } from "./asking.js";
import { createCover } from "./cover.js";
import { createRemembered } from "./remembered.js";
import { createWords } from "./words.js";
import { createMemory } from "./memory.js";
import { createPlace } from "./place.js";
import { createOutbox } from "./outbox.js";
import { createSaving } from "./saving.js";
import { createChooser } from "./chooser.js";
import { createSheet } from "./sheet.js";
import { listenToKeys } from "./keys.js";
import { followHeight } from "./height.js";
import { guardPage } from "./guards.js";
import { createTyping } from "./typing.js";

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
  let chooser = null;
  let greeted = false;

  const stageBox = make("div", { class: "ms-stage" });
  const root = make("section", { class: "merit-sheet", "data-merit": "sheet", "data-side": user.side, tabindex: "-1", lang: user.lang, "aria-label": say("panel_label") });
  const saving = createSaving({
    words,
    memory,
    outbox: () => outbox,
    typed: () => (sheet ? sheet.drafts.count() + sheet.sending() : 0) + waitingActs.count(),
    describe: (op) => sheet?.describe(op) ?? say(`kinds.${op.kind}`),
    discarded: (op) => sheet?.state.touch([op]),
  });
  /** What is asked to be stated otherwise than by an operation. */
  const waitingActs = createWaitingActs(session, `${user.store}/${user.person}/${user.side}`);
  const cover = createCover(root, session);
  const typing = createTyping({ root, session, assessment: () => sheet?.assessment ?? null });
  root.append(make("div", { class: "ms-frame" }, stageBox, ...saving.parts));

  const outbox = createOutbox({
    memory,
    store: user.store,
    person: user.person,
    send: (message) => model.send({ ...message, page }),
    told,
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
  const ask = (message) => {
    waitingActs.keep(message);
    asking.ask({ ...message, page });
    told();
  };
  /** What an answer is to is asked no more; a question that took its place is. */
  function answered(message) {
    if (asking.asked(message.do)?.ask === message.ask) asking.done(message.do);
    waitingActs.drop(message.ask);
  }
  /** Ask what waits, one of each kind at a time; from a sheet, where it is told what comes of it. */
  function askWaiting() {
    if (!sheet) return;
    for (const message of waitingActs.all()) if (!asking.asked(message.do)) ask(message);
  }
  /** Send what its sender asks again for by itself. */
  const post = (message, buffers) => {
    try {
      model.send({ ...message, page }, undefined, buffers);
    } catch {
      // A closed channel is as good as no answer.
    }
  };

  const acked = [];
  const tell = (detail) => root.dispatchEvent(new CustomEvent("merit-acked", { detail }));
  const pace = createPace(() => {
    sheet?.draw();
    saving.show();
    // This frame is painted after what is done in it; a task comes after the painting.
    const now = acked.splice(0);
    if (now.length > 0) setTimeout(() => now.forEach(tell));
  });

  // "Saved" must not stay for a moment when it is not true any more.
  function told() {
    if (saving.saysSaved() || pace.isRested()) saving.show();
    pace.ask();
  }

  function settled(ops, results, position) {
    const done = results.filter((result) => result.state !== "refused");
    sheet?.state.touch(ops);
    acked.push(...done.map(({ id, state }) => ({ id, state, position })));
    // Where nothing more is awaited there is no answer to leave room for.
    pace.ask(outbox.summary().waiting === 0);
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
    sheet = createSheet({ root, sheet: next, view, room, user, words, place, memory, session, outbox, waitingActs, page: remembered.page, save: saving.element, ask, post, told, swap: choose, cover });
    showPart(sheet.element, "sheet");
    saving.show();
    nextFrame(() => {
      sheet?.reveal();
      // The first view takes the focus only where nobody has it.
      const isTyping = !chosen && sheet !== null && typing.resume(sheet.open);
      if (!isTyping && (chosen || document.activeElement === document.body)) sheet?.focus();
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
    chooser = createChooser({
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
      saving.unread("");
      places = message.places;
      const open = message.sheet?.assessment;
      if (sheet) {
        if (sheet.assessment === open) take(message.view);
      } else if (open && open === asked?.assessment) openSheet(message.sheet, message.view);
      else if (root.dataset.view !== "chooser") choose();
      outbox.heard();
      if (asked) tellRoom(asked.room);
      askWaiting();
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
      askWaiting();
    },
    recorded: (message) => outbox.recorded(message),
    failed(message) {
      if (message.batch) return outbox.failed(message);
      outbox.heard();
      // What could not be done is told where it was asked for.
      if (["sitting", "check", "papers"].includes(message.do)) {
        // A store that is away for a moment is asked on and on; only papers are made by hand again.
        if (!message.later || message.do === "papers") answered(message);
        sheet?.failed(message);
        askWaiting();
      } else if (message.do === "history") {
        asking.done("history");
        sheet?.failHistory(message.why);
      } else if (message.do === "open" && asking.asked("open")) {
        chooser.fail(asking.asked("open").assessment, message.why);
        asking.done("open");
      } else saving.unread(message.why);
    },
    upload: (message) => sheet?.uploaded(message),
    sitting(message) {
      answered(message);
      outbox.heard();
      sheet?.takeSitting(message);
      askWaiting();
    },
    check(message) {
      answered(message);
      outbox.heard();
      sheet?.takeCheck(message);
      askWaiting();
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

  function pushed(message, buffers) {
    if (message.page === page) {
      if (message.is === "papers") {
        asking.done("papers");
        outbox.heard();
      }
      sheet?.given(message, buffers);
    }
    if (message.is === "changed" && message.view.assessment === sheet?.assessment) take(message.view, message.since);
  }

  /**
   * Ask for everything as it is now: at the beginning, and whenever something may have been missed.
   * What the page was given to begin with need not come again at once.
   */
  function hello() {
    const assessment = sheet?.assessment ?? remembered.assessment(places);
    const here = sheet ? (room?.code ?? null) : remembered.roomOf(assessment);
    ask({ do: "hello", assessment, room: here, known: greeted ? null : sheet?.state.knownIn(here) });
    greeted = true;
  }

  const line = model.widget_manager.kernel?.connectionStatusChanged;
  const lineTurned = (_, status) => {
    if (status !== "connected") return;
    hello();
    sheet?.resume();
  };

  el.append(root);
  // What this browser cannot keep is gone with the page; files it never keeps.
  const leaveGuards = guardPage(root, () => (!memory.works && outbox.summary().waiting > 0) || sheet?.sending() > 0);
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
  saving.show();
  const feed = await model.widget_manager.get_model(model.get("feed_id"));
  feed.on("msg:custom", pushed);
  // Only now: the welcome holds everything up to the moment from which pushes are heard.
  hello();
  line?.connect(lineTurned);

  return () => {
    typing.stop();
    line?.disconnect(lineTurned);
    asking.stop();
    model.off("msg:custom", heard);
    feed.off("msg:custom", pushed);
    sheet?.stop();
    outbox.stop();
    pace.stop();
    leaveKeys();
    leaveHeight();
    leaveGuards();
  };
}

export default { render };
