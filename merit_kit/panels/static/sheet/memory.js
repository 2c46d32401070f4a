/**
 * What the browser keeps for us. It may refuse (private window, full, forbidden by policy): then
 * things are kept while the page lives, and `works` says so.
 *
 * @typedef {ReturnType<typeof createMemory>} Memory
 */

/** @param {() => Storage} area how to reach it: reading `window.localStorage` alone may throw */
export function createMemory(area) {
  const held = new Map();
  let works = true;

  const reach = (deed, otherwise) => {
    try {
      return deed(area());
    } catch {
      works = false;
      return otherwise;
    }
  };

  return {
    get works() {
      return works;
    },
    /** @returns {*} what was kept under the key, null if nothing that can be read */
    get(key) {
      const text = held.get(key) ?? reach((kept) => kept.getItem(key), null);
      try {
        return text === null ? null : JSON.parse(text);
      } catch {
        return null;
      }
    },
    set(key, value) {
      const text = JSON.stringify(value);
      const kept = reach((place) => (place.setItem(key, text), true), false);
      if (kept) held.delete(key);
      else held.set(key, text);
      works = held.size === 0;
    },
    remove(key) {
      held.delete(key);
      // What was kept for the page alone may have been all that was.
      if (reach((kept) => (kept.removeItem(key), true), false)) works = held.size === 0;
    },
    /** @param {string} prefix @returns {string[]} */
    keys(prefix) {
      const kept = reach((place) => Array.from({ length: place.length }, (_, i) => place.key(i)), []);
      return [...new Set([...kept, ...held.keys()])].filter((key) => key.startsWith(prefix));
    },
  };
}
