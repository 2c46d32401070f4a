import { make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

/**
 * Whether everything is in the store, in the header and always in sight. "Saved" is said only when
 * nothing at all waits.
 *
 * @param {Words} words
 */
export function createSaveState(words) {
  const { say } = words;
  const icons = Object.fromEntries(["saved", "saving", "unsaved", "refused"].map((name) => [name, icon(name)]));
  const text = make("span");
  const element = make("p", { class: "ms-save", "data-save": "saved", "data-pending": "0", "data-acked": "0" });
  element.append(...Object.values(icons), text);

  function sentence(state, { pending, refused, savedAt, kept }) {
    const parts = [];
    if (refused > 0) parts.push(say("save.refused", { count: refused }));
    if (pending > 0) parts.push(say("save.pending", { count: pending }));
    if (state === "saved") parts.push(savedAt ? say("save.saved", { time: words.clock(savedAt) }) : say("save.all"));
    if (!kept) parts.push(say("save.memory_only"));
    return parts.join(" · ");
  }

  return {
    element,
    /** @returns {string} the state, as in `data-save` */
    show(summary) {
      const { pending, refused, late, acked } = summary;
      let state = "saved";
      if (pending > 0) state = late ? "unsaved" : "saving";
      if (refused > 0) state = "refused";
      setText(text, sentence(state, summary));
      setAttribute(element, "data-save", state);
      setAttribute(element, "data-pending", String(pending));
      setAttribute(element, "data-acked", String(acked));
      return state;
    },
  };
}
