import { make, setText } from "./dom.js";
import { bytesOf, createFileView } from "./file_view.js";
import { makeSection } from "./section.js";

/**
 * The papers of a sitting, made with one button: looked at here, and kept by whoever wants them.
 * The kernel's side is merit_kit/panels/_papers.py; change both together.
 *
 * @typedef {{kind: string, name: string, type: string, where: string, kept: string,
 *   why: string}} Paper `kept`: where a filled-in form went that lay in its place
 * @typedef {ReturnType<typeof createPapers>} Papers
 */

/**
 * @param {{words: Words, unsaved: () => number, ask: () => Object, put: (message: Object) => void}} given
 *   `unsaved`: how much is not in the store, and so would not be in the papers; `ask` makes a
 *   message that asks for them, `put` sends it
 */
export function createPapers({ words, unsaved, ask, put }) {
  const { say } = words;
  const button = make("button", { class: "ms-button", "data-main": true, text: say("papers.make"), onclick: begin });
  const bar = make("progress", { max: "2", value: "0", hidden: true, "aria-label": say("papers.making") });
  const told = make("p", { class: "ms-about", role: "status", "aria-live": "polite" });
  const list = make("ul", { class: "ms-papers", hidden: true });
  const stage = make("div", { class: "ms-paper-stage", hidden: true });
  const element = makeSection("papers", say("papers.title"), null, make("p", { class: "ms-about", text: say("papers.about") }), make("div", { class: "ms-buttons" }, button, bar), told, list, stage);
  let view = null;
  let addresses = [];
  /** What was asked, until they are made. @type {?Object} */
  let awaited = null;

  function begin() {
    if (unsaved() > 0) return setText(told, say("papers.unsaved", { count: unsaved() }));
    button.disabled = true;
    [bar.hidden, bar.value] = [false, 0];
    setText(told, say("papers.making"));
    awaited = ask();
    put(awaited);
  }

  function end() {
    awaited = null;
    button.disabled = false;
    bar.hidden = true;
  }

  function show(paper, bytes) {
    view?.stop();
    view = createFileView({ kind: "page", type: paper.type, name: paper.name, bytes });
    stage.replaceChildren(view.element);
    stage.hidden = false;
    for (const each of list.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each.dataset.paper === paper.name));
  }

  function row(paper, bytes) {
    const named = say(`papers.kinds.${paper.kind}`);
    if (paper.why) return make("li", {}, make("b", { text: named }), make("p", { class: "ms-hint", role: "alert", text: paper.why }));
    const isPage = paper.type === "text/html";
    // Of no type that a browser would open: what is kept is opened by whoever keeps it.
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    addresses.push(address);
    return make(
      "li",
      {},
      make("b", { text: isPage ? named : say("papers.table") }),
      isPage ? make("button", { class: "ms-button", "data-paper": paper.name, "aria-pressed": "false", text: say("papers.show"), onclick: () => show(paper, bytes) }) : null,
      make("a", { class: "ms-button", href: address, download: paper.name, text: say("papers.keep") }),
      make("span", { class: "ms-about", text: say("papers.where", { path: paper.where }) }),
      paper.kept ? make("p", { class: "ms-hint", role: "alert", text: say("papers.kept", { path: paper.kept }) }) : null,
    );
  }

  function fill({ papers }, buffers) {
    let at = 0;
    const made = papers.map((paper) => [paper, paper.why ? null : bytesOf(buffers[at++])]);
    free();
    list.replaceChildren(...made.map(([paper, bytes]) => row(paper, bytes)));
    list.hidden = papers.length === 0;
    const first = made.find(([paper]) => paper.type === "text/html" && !paper.why);
    if (first) show(...first);
  }

  function free() {
    for (const address of addresses) URL.revokeObjectURL(address);
    addresses = [];
  }

  return {
    element,
    heard(message, buffers) {
      if (message.state === "making") {
        bar.value = message.done;
        return;
      }
      end();
      setText(told, message.why || say("papers.made"));
      fill(message, buffers);
    },
    fail(why) {
      end();
      setText(told, why);
    },
    /** The line is back: what was told meanwhile is lost, and is told again. */
    resume: () => awaited && put(awaited),
    stop() {
      free();
      view?.stop();
    },
  };
}
