import { waitFor } from "./protocol.js";

/**
 * Questions to the kernel, one of each kind at a time. The line may lose a question or its answer,
 * so each is asked until it is answered, or until another of its kind takes its place.
 *
 * @typedef {ReturnType<typeof createAsking>} Asking
 *
 * @param {(message: Object) => void} send
 */
export function createAsking(send) {
  /** @type {Map<string, {message: Object, times: number, timer: ?number}>} */
  const open = new Map();

  function put(kind) {
    const held = open.get(kind);
    held.timer = setTimeout(() => put(kind), waitFor(held.times));
    held.times += 1;
    send(held.message);
  }

  function done(kind) {
    clearTimeout(open.get(kind)?.timer);
    open.delete(kind);
  }

  return {
    ask(message) {
      done(message.do);
      open.set(message.do, { message, times: 0, timer: null });
      put(message.do);
    },
    /** What is asked for and not answered yet. @param {string} kind @returns {?Object} */
    asked: (kind) => open.get(kind)?.message ?? null,
    done,
    stop() {
      for (const kind of [...open.keys()]) done(kind);
    },
  };
}
