import { make } from "./dom.js";
import { openDialog } from "./dialogs.js";

/**
 * Everything ever stated of a sub-aspect. Asked for when it is opened; shown when it comes.
 *
 * @param {{place: HTMLElement, words: Words, sub: SubAspect, ask: () => void}} given
 * @returns {{fill: (rows: {at: string, by: string, what: string, text: string, stands: boolean}[]) => void,
 *   fail: (why: string) => void}}
 */
export function openHistory({ place, words, sub, ask }) {
  const { say } = words;
  const list = make("ol", { class: "ms-history" }, make("li", { text: say("history.wait") }));
  openDialog(place, { title: say("history.title", { code: sub.code, name: sub.name }), close: say("dialog.close"), className: "ms-drawer" }, list);
  ask();

  const line = ({ at, by, what, text, stands }) =>
    make(
      "li",
      { "data-stands": String(stands) },
      make("p", { class: "ms-history-top" }, make("b", { text: what }), make("span", { class: "ms-tag", text: say(stands ? "history.stands" : "history.replaced") })),
      text ? make("p", { text }) : null,
      make("p", { class: "ms-about", text: say("text.said", { by, at: words.moment(at) }) }),
    );

  return {
    fill(rows) {
      const lines = rows.length > 0 ? rows.map(line) : [make("li", { text: say("history.none") })];
      list.replaceChildren(...lines);
    },
    fail: (why) => list.replaceChildren(make("li", { role: "alert", text: say("history.failed", { why }) })),
  };
}
