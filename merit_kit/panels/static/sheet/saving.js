import { make } from "./dom.js";
import { createBanner } from "./banner.js";
import { createSaveState } from "./save_state.js";

/**
 * Whether everything is in the store, told in three places: in the header; over the lower edge,
 * where something goes wrong; and aloud.
 *
 * @param {{words: Words, memory: Memory, outbox: () => Outbox, typed: () => number,
 *   describe: (op: Op) => string, discarded: (op: Op) => void}} given
 *   `typed` counts the texts that are not stated yet.
 */
export function createSaving({ words, memory, outbox, typed, describe, discarded }) {
  const state = createSaveState(words);
  const announced = make("p", { class: "ms-unseen", role: "status", "aria-live": "polite" });
  const banner = createBanner({
    words,
    describe,
    retry: (id) => outbox().retry(id),
    discard(id) {
      const { op } = outbox().refused().find((entry) => entry.op.id === id);
      outbox().discard(id);
      discarded(op);
    },
  });
  let said = "saved";
  let unread = "";

  function show() {
    const summary = outbox().summary();
    const kept = memory.works;
    const pending = summary.waiting + typed();
    const now = state.show({ ...summary, pending, kept });
    banner.show({ ...summary, unread, pending, kept, list: outbox().refused() });
    // Said aloud when it turns, not at each click.
    if (now !== said && now !== "saving") announced.textContent = words.say(`save.told_${now}`);
    said = now;
  }

  return {
    /** For the header. */
    element: state.element,
    /** For the frame. */
    parts: [banner.element, announced],
    show,
    saysSaved: () => said === "saved",
    /** How everything is now could not be read. @param {string} why "" once it could */
    unread(why) {
      unread = why;
      show();
    },
  };
}
