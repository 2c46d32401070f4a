import { make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { waitFor } from "./protocol.js";
import { makeSelect } from "./section.js";
import { bytesOf, createFileView, isShowable } from "./file_view.js";

/**
 * A pane in which a file of evidence is read. It knows no assessment: what it asks is completed and
 * sent by whoever made it, and what is answered is handed in.
 *
 * Asked: `{do: "preview" | "download", ask, file, revision, sha256}`. Answered (with a buffer, see
 * merit_kit/panels/_previews.py): `{is: "preview", ask, file, revision, revisions, name, size,
 * sha256, kind, type, said, again}` (`again`: asking again may help) and `{is: "download", ask, name, size, said}`.
 *
 * @typedef {{file: ?string, sha256: ?string, name: string, size: number}} Shown
 *   `file` null: what an answer or a finding names by `sha256` alone.
 * @typedef {{number: number, at: string, by: string, name: string, size: number, sha256: string}} Revision
 * @typedef {ReturnType<typeof createViewer>} Viewer
 */

/** Bytes of files kept here, so that going back to one asks for nothing. */
const MOST_REMEMBERED = 60e6;

/** Milliseconds that each byte may take before it is asked for again: 50 kB in a second. */
const MS_PER_BYTE = 0.02;

/**
 * @param {{words: Words, ask: (message: Object) => void, slots?: (shown: Shown) => HTMLElement[],
 *   closed?: () => void}} given `slots`: what stands in the toolbar for one file, such as its state;
 *   `closed` is told when the pane was closed by its reader
 */
export function createViewer({ words, ask, slots = () => [], closed = () => {} }) {
  const { say } = words;
  const remembered = createRememberedFiles();
  const title = make("h3", { class: "ms-viewer-name", tabindex: "-1" });
  const about = make("span", { class: "ms-about" });
  const told = make("p", { class: "ms-unseen", role: "status", "aria-live": "polite" });
  const revision = makeSelect([], String, { class: "ms-viewer-revision", "aria-label": say("viewer.revision"), onchange: () => load(Number(revision.value)) });
  const own = make("div", { class: "ms-viewer-slots" });
  const tool = (name, deed, ...children) => make("button", { class: "ms-quiet", "aria-label": say(`viewer.${name}`), title: say(`viewer.${name}`), "data-tool": name, onclick: deed }, ...children);
  const previous = tool("previous", () => step(-1), icon("previous"));
  const next = tool("next", () => step(1), icon("next"));
  const zoomed = make("span", { class: "ms-about", "aria-live": "polite" });
  const zooms = make("div", { class: "ms-viewer-zoom", role: "group", "aria-label": say("viewer.zoom") }, tool("zoom_out", () => zoom(-1), "−"), tool("zoom_fit", () => zoom(0), say("viewer.fit")), tool("zoom_in", () => zoom(1), "+"), zoomed);
  const download = make("button", { class: "ms-button", "data-tool": "download", text: say("viewer.download"), onclick: () => save() });
  const close = tool("close", () => leave(), icon("close"));
  const top = make("div", { class: "ms-viewer-top", role: "group", "aria-label": say("viewer.tools") }, previous, next, make("div", { class: "ms-viewer-title" }, title, about), revision, zooms, own, download, close);
  const note = make("p", { class: "ms-viewer-note", hidden: true });
  const stage = make("div", { class: "ms-viewer-stage" });
  const element = make("section", { class: "ms-viewer", "aria-label": say("viewer.label"), hidden: true }, top, note, stage, told);

  /** @type {Shown[]} */
  let files = [];
  let at = 0;
  let asks = 0;
  let wanted = null;
  let timer = null;
  let view = null;
  let shown = null;
  let from = null;

  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const deeds = { Escape: leave, ...(view?.zoom && { "+": () => zoom(1), "-": () => zoom(-1) }) };
    // In a field a plus is a plus.
    const deed = event.key === "Escape" || !event.target.closest("input, select, textarea") ? deeds[event.key] : null;
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  });

  function put(...children) {
    view?.stop();
    view = null;
    zooms.hidden = true;
    remark("");
    stage.replaceChildren(...children);
  }

  function remark(text) {
    setText(note, text);
    note.hidden = text === "";
  }

  /** Ask until it is answered: the line may lose a question, and a large file takes its time. */
  function request(message, size, again = () => {}) {
    clearTimeout(timer);
    asks += 1;
    wanted = { ...message, ask: asks };
    // Not disabled: that would take the focus away, and with it the Esc key.
    setAttribute(download, "aria-disabled", message.do === "download" ? "true" : null);
    let times = 0;
    (function send() {
      if (times > 0) again();
      timer = setTimeout(send, waitFor(times) + size * MS_PER_BYTE);
      times += 1;
      ask(wanted);
    })();
  }

  function load(number = null) {
    const { file, sha256, name, size } = files[at];
    const chosen = number && shown?.revisions.find((each) => each.number === number);
    const bytes = chosen?.size ?? size;
    setText(title, chosen?.name ?? name);
    setText(about, words.size(bytes));
    const held = remembered.get(chosen?.sha256 ?? sha256);
    if (held && held.message.file === file) return present({ ...held.message, revision: number ?? held.message.revision }, held.bytes);
    const waiting = make("p", { text: say("viewer.loading", { size: words.size(bytes) }) });
    put(make("div", { class: "ms-viewer-wait" }, waiting, make("progress", { "aria-label": say("viewer.loading", { size: words.size(bytes) }) })));
    setText(told, waiting.textContent);
    request({ do: "preview", file, revision: number, sha256: number ? null : sha256 }, bytes, () => setText(waiting, say("viewer.late")));
  }

  function present(message, bytes) {
    shown = message;
    setText(title, message.name || files[at].name);
    setText(about, words.size(message.size || files[at].size));
    showRevisions(message);
    if (!bytes || !isShowable(message)) return refuse(message.said, message.again);
    if (message.kind === "pdf" && navigator.pdfViewerEnabled === false) return refuse(say("viewer.no_pdf"));
    put();
    view = createFileView({ ...message, name: title.textContent, bytes });
    zooms.hidden = !view.zoom;
    setText(zoomed, "");
    stage.replaceChildren(view.element);
    setText(told, say("viewer.shown", { name: title.textContent }));
  }

  /** @param {string} said @param {boolean} [worth] whether trying again may help */
  function refuse(said, worth = false) {
    const why = said || say("viewer.nothing");
    const again = worth && make("button", { class: "ms-button", text: say("viewer.again"), onclick: () => load(shown?.revision ?? null) });
    put(make("div", { class: "ms-viewer-none" }, make("p", { text: why }), again));
    setText(told, why);
  }

  function showRevisions({ revisions, revision: number }) {
    revision.hidden = revisions.length < 2;
    revision.replaceChildren(
      ...[...revisions].reverse().map((each) =>
        make("option", { value: String(each.number), text: say("viewer.revision_line", { number: each.number, at: words.day(each.at), by: each.by }) }),
      ),
    );
    revision.value = String(number);
  }

  function zoom(steps) {
    if (view?.zoom) zoomed.textContent = view.zoom(steps);
  }

  function save() {
    const held = shown && remembered.get(shown.sha256);
    // A page is of the kernel's making; the file itself is still there.
    if (held && ["pdf", "image"].includes(shown.kind)) return keep(shown.name, held.bytes);
    if (wanted?.do === "download") return;
    const { file, sha256, size } = files[at];
    request({ do: "download", file, revision: shown?.revision ?? null, sha256: shown?.sha256 ?? sha256 }, size);
  }

  function keep(name, bytes) {
    // Of no type that a browser would open.
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    const link = make("a", { href: address, download: name || title.textContent, hidden: true });
    element.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  function step(by) {
    if (files[at + by] === undefined) return;
    at += by;
    begin();
  }

  /** Where there is no further file the button is closed, and the focus does not go with it. */
  function showEnds() {
    const held = document.activeElement;
    previous.disabled = at === 0;
    next.disabled = at === files.length - 1;
    if (held?.disabled && element.contains(held)) title.focus({ preventScroll: true });
  }

  function begin() {
    shown = null;
    showEnds();
    revision.hidden = true;
    own.replaceChildren(...slots(files[at]));
    load();
  }

  function settle() {
    clearTimeout(timer);
    wanted = null;
    setAttribute(download, "aria-disabled", null);
  }

  function leave() {
    if (element.hidden) return;
    settle();
    put();
    element.hidden = true;
    if (from?.isConnected) from.focus({ preventScroll: true });
    closed();
  }

  return {
    element,
    /** @param {Shown[]} list what previous and next go through @param {number} [index] */
    open(list, index = 0) {
      if (element.hidden) from = document.activeElement;
      [files, at] = [list, index];
      element.hidden = false;
      begin();
      title.focus({ preventScroll: true });
    },
    /** The files as they are now; one that is shown stays, unless it has a new revision. */
    update(list) {
      if (element.hidden) return;
      const same = list.findIndex((each) => each.file === files[at].file && (each.file || each.sha256 === files[at].sha256));
      if (same < 0) return;
      const fresh = list[same].sha256 !== files[at].sha256;
      [files, at] = [list, same];
      showEnds();
      if (fresh) setText(told, say("viewer.fresh", { name: list[same].name }));
    },
    /** @param {Object} message @param {Array<DataView|ArrayBuffer>} buffers */
    heard(message, buffers) {
      if (wanted === null || message.ask !== wanted.ask) return;
      settle();
      const bytes = buffers.length > 0 ? bytesOf(buffers[0]) : null;
      if (message.is === "download") {
        if (bytes) keep(message.name, bytes);
        else remark(message.said);
        return;
      }
      if (bytes) remembered.put(message, bytes);
      present(message, bytes);
    },
    shows: () => (element.hidden ? null : files[at]),
    close: leave,
    stop() {
      settle();
      put();
    },
  };
}

/** The files looked at last, by what they hold, as many as fit. */
function createRememberedFiles() {
  const held = new Map();
  return {
    get(sha256) {
      const found = held.get(sha256);
      if (found) {
        held.delete(sha256);
        held.set(sha256, found);
      }
      return found;
    },
    put(message, bytes) {
      held.set(message.sha256, { message, bytes });
      let sum = [...held.values()].reduce((total, each) => total + each.bytes.length, 0);
      for (const [key, each] of held) {
        if (sum <= MOST_REMEMBERED) break;
        sum -= each.bytes.length;
        held.delete(key);
      }
    },
  };
}
