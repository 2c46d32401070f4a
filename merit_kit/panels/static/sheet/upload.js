import { isolated } from "./bidi.js";
import { freshId, make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { createTransfer } from "./transfer.js";

/**
 * Where files are given: a button, a place to drop them, and a line for each that is on its way.
 * One goes at a time; the others wait in the order they were chosen. See transfer.js for what
 * crosses to the kernel.
 *
 * @typedef {ReturnType<typeof createUpload>} Upload
 */

const ACCEPTED = ".pdf,.png,.jpg,.jpeg,.xlsx,.docx,.csv,.txt";

/** Files that were on their way when the panel was taken away: the page still holds them, and the
 * panel that comes after sends them on. Each panel has modules of its own, so the window keeps them. */
const LEFT = Symbol.for("merit-uploads-left");

/** Milliseconds for which a line says that its file is there, before it goes. */
const LINGERS = 5000;

/**
 * @param {{words: Words, place: () => {assessment: string, room: ?string, sub_aspect: string},
 *   may: () => string, send: (message: Object, buffers?: ArrayBuffer[]) => void,
 *   told: () => void}} given `may`: why nothing can be given, empty if it can; `told` is called when
 *   more or less is on its way
 */
export function createUpload({ words, place, may, send, told: turned }) {
  const { say } = words;
  const hintId = freshId("upload");
  const input = make("input", { type: "file", multiple: true, accept: ACCEPTED, hidden: true, onchange: chosen });
  const button = make("button", { class: "ms-button", "aria-describedby": hintId, onclick: () => pick() }, icon("upload"), make("span", { text: say("upload.pick") }));
  const hint = make("span", { class: "ms-hint", id: hintId });
  const list = make("ul", { class: "ms-uploads", "aria-label": say("upload.list") });
  const told = make("p", { class: "ms-unseen", role: "status", "aria-live": "polite" });
  const element = make("div", { class: "ms-upload" }, button, input, hint, list, told);

  /** @type {Map<string, ReturnType<typeof uploadRow>>} by the id of the upload */
  const rows = new Map();
  const unfinished = () => [...rows.values()].filter((row) => !row.transfer.isOver());
  let revised = null;
  let depth = 0;

  function show() {
    const why = may();
    button.disabled = why !== "";
    setText(hint, why || say("upload.hint"));
  }

  function pick(what = null) {
    if (may()) return;
    revised = what;
    input.multiple = what === null;
    input.click();
  }

  function chosen() {
    take([...input.files], revised);
    // The same file chosen again is a choice too.
    input.value = "";
  }

  function take(files, what = null) {
    if (may()) return;
    for (const file of files) {
      const where = { file: null, base: null, ...place(), ...what };
      const row = uploadRow({ file, where, words, send, over, gone, turned });
      const before = rows.get(row.transfer.upload);
      if (before && !before.transfer.isOver()) continue;
      before?.stop();
      before?.element.remove();
      rows.set(row.transfer.upload, row);
      list.append(row.element);
    }
    startNext();
  }

  function startNext() {
    const waiting = unfinished();
    if (waiting.every((row) => !row.begun())) waiting[0]?.begin();
  }

  function over(row, { state, why }) {
    setText(told, `${isolated(row.name)}: ${row.sentence(state, why)}`);
    startNext();
  }

  /** The focus goes on to what is left. */
  function gone(row) {
    const held = row.element.contains(document.activeElement);
    row.stop();
    row.element.remove();
    if (rows.get(row.transfer.upload) === row) rows.delete(row.transfer.upload);
    if (held) (list.querySelector("button") ?? button).focus();
    startNext();
  }

  // A drag goes in and out of everything inside.
  const drags = {
    dragenter: () => (depth += 1),
    dragleave: () => (depth -= 1),
    dragover: () => {},
    drop(event) {
      depth = 0;
      take([...event.dataTransfer.files]);
    },
  };
  for (const [name, deed] of Object.entries(drags)) {
    element.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      // Else the browser would open the file in place of the sheet.
      event.preventDefault();
      event.stopPropagation();
      deed(event);
      setAttribute(element, "data-over", depth > 0 && may() === "" ? "true" : null);
    });
  }

  show();
  return {
    element,
    show,
    /** Choose a file. @param {?{file: string, base: ?string[]}} [what] which it is a revision of */
    pick,
    take,
    heard: (message) => rows.get(message.upload)?.transfer.heard(message),
    /** The line is back, or the kernel is another. */
    resume: () => rows.forEach((row) => row.begun() && row.transfer.resume()),
    /** How many files are not there yet. */
    count: () => unfinished().length,
    /** Send on what a panel before this one could not end. */
    goOn() {
      const { assessment } = place();
      const left = window[LEFT] ?? [];
      window[LEFT] = left.filter(({ where }) => where.assessment !== assessment);
      for (const { file, where } of left) if (where.assessment === assessment) take([file], where);
    },
    stop() {
      window[LEFT] = [...(window[LEFT] ?? []), ...unfinished().map(({ file, where }) => ({ file, where }))];
      for (const row of rows.values()) row.stop();
    },
  };
}

/** One file: its name, a bar, what becomes of it, and what can be done about that. */
function uploadRow({ file, where, words, send, over, gone, turned }) {
  const { say } = words;
  const name = make("b", { text: file.name });
  const bar = make("progress", { max: String(Math.max(file.size, 1)), value: "0", "aria-label": say("upload.progress_of", { name: file.name }) });
  const said = make("span", { class: "ms-about" });
  const cancel = make("button", { class: "ms-quiet", "aria-label": say("upload.cancel_of", { name: file.name }), text: say("upload.cancel"), onclick: () => transfer.cancel() });
  const again = make("button", { class: "ms-button", "aria-label": say("upload.again_of", { name: file.name }), text: say("upload.again"), hidden: true, onclick: () => begin() });
  const dismiss = make("button", { class: "ms-quiet", "aria-label": say("upload.dismiss_of", { name: file.name }), title: say("upload.dismiss"), hidden: true, onclick: () => gone(row) }, icon("close"));
  const element = make("li", { class: "ms-upload-row", "data-state": "waiting" }, name, said, make("div", { class: "ms-buttons" }, cancel, again, dismiss), bar);
  const transfer = createTransfer({ file, place: where, send, told: show });
  let begun = false;
  let timer = null;

  const sentence = (state, why) => say(`upload.${state}`, { why: why === "unreadable" ? say("upload.unreadable") : why });

  function begin() {
    begun = true;
    const held = element.contains(document.activeElement);
    transfer.start();
    if (held) cancel.focus();
  }

  function show({ state, sent, why }) {
    turned();
    if (state === "stopped") {
      begun = false;
      return gone(row);
    }
    setAttribute(element, "data-state", state);
    bar.value = ["done", "same"].includes(state) ? file.size : sent;
    setText(said, state === "sending" ? say("upload.sending", { percent: Math.floor((100 * sent) / file.size), size: words.size(file.size) }) : sentence(state, why));
    const finished = transfer.isOver();
    const held = element.contains(document.activeElement);
    cancel.hidden = finished;
    again.hidden = state !== "failed";
    dismiss.hidden = !finished;
    if (finished) {
      begun = false;
      if (held) (again.hidden ? dismiss : again).focus();
      if (["done", "same"].includes(state)) timer = setTimeout(() => gone(row), LINGERS);
      over(row, { state, why });
    }
  }

  const row = {
    name: file.name,
    file,
    where,
    element,
    transfer,
    begun: () => begun,
    begin,
    sentence,
    stop() {
      clearTimeout(timer);
      transfer.stop();
    },
  };
  setText(said, say("upload.waiting"));
  return row;
}
