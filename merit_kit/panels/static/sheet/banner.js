import { make, replaceKeepingFocus, setAttribute } from "./dom.js";
import { icon } from "./icons.js";

/**
 * What goes wrong, over the lower edge: no answer from the kernel, a store that cannot be written
 * or read, a browser that keeps nothing, statements the kernel refused.
 *
 * @param {{words: Words, describe: (op: Op) => string, retry: (id: string) => void,
 *   discard: (id: string) => void}} given
 */
export function createBanner({ words, describe, retry, discard }) {
  const { say } = words;
  const lines = make("div", { class: "ms-banner-lines" });
  const element = make("div", { class: "ms-banner", "data-banner": "", hidden: true, role: "region", "aria-label": say("banner.label") }, lines);
  let drawn = "";
  let helpless = false;

  function recover() {
    const call = new CustomEvent("merit-recover", { cancelable: true });
    window.dispatchEvent(call);
    helpless = !call.defaultPrevented;
    drawn = "";
    if (last) show(last);
  }

  function told({ late, trouble, unread }) {
    if (trouble) return say("banner.trouble", { why: trouble });
    if (unread) return say("banner.unread", { why: unread });
    return late ? say("banner.late") : "";
  }

  function troubleLine(what) {
    const { pending, kept } = what;
    if (told(what) === "") return null;
    const rest = kept ? say("banner.kept", { count: pending }) : say("banner.not_kept", { count: pending });
    const line = make("div", { class: "ms-trouble" }, icon("unsaved"), make("p", {}, make("b", { text: told(what) }), " ", pending > 0 ? rest : ""));
    line.append(make("button", { class: "ms-button", "data-focus": "recover", text: say("banner.recover"), onclick: recover }));
    if (helpless) line.append(make("p", { class: "ms-way-out", text: say("banner.by_menu") }));
    return line;
  }

  function discardButton(id) {
    const button = make("button", { class: "ms-button", "data-focus": `discard-${id}`, text: say("banner.discard") });
    button.addEventListener("click", () => {
      if (button.dataset.asked) return discard(id);
      button.dataset.asked = "true";
      button.textContent = say("banner.discard_sure");
    });
    return button;
  }

  function refusedLine({ op, refused }) {
    return make(
      "li",
      {},
      icon("refused"),
      make("p", {}, make("b", { text: describe(op) }), " ", refused || say("banner.no_why")),
      make("button", { class: "ms-button", "data-focus": `retry-${op.id}`, text: say("banner.retry"), onclick: () => retry(op.id) }),
      discardButton(op.id),
    );
  }

  let last = null;
  /**
   * @param {{late: boolean, trouble: string, unread: string, pending: number, kept: boolean,
   *   list: Entry[]}} what
   */
  function show(what) {
    last = what;
    if (!what.late) helpless = false;
    const { pending, kept, list } = what;
    const key = JSON.stringify([told(what), told(what) ? pending : 0, kept, helpless, list.map((e) => [e.op.id, e.refused])]);
    if (key === drawn) return;
    drawn = key;
    const troubled = troubleLine(what);
    const memory = kept ? null : make("p", { text: say("banner.memory_only") });
    const refused = list.length > 0 ? make("ul", {}, ...list.map(refusedLine)) : null;
    const all = [troubled, memory, refused].filter(Boolean);
    replaceKeepingFocus(lines, all);
    element.hidden = all.length === 0;
    setAttribute(element, "data-banner", troubled ? "late" : list.length > 0 ? "refused" : kept ? "" : "memory");
  }

  return { element, show };
}
