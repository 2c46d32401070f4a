/**
 * Which ids stand in the place of a statement that was refused. The browser keeps it over a reload:
 * a click that names such a statement may still be on its way, and is sound.
 *
 * @typedef {ReturnType<typeof createGone>} Gone
 *
 * @param {Memory} memory @param {string} prefix of its keys
 */
export function createGone(memory, prefix) {
  /** What this page has seen. @type {Map<string, string[]>} */
  const seen = new Map();
  const insteadOf = (id) => seen.get(id) ?? memory.get(prefix + id);
  const standIns = (id) => insteadOf(id)?.flatMap(standIns) ?? [id];

  return {
    has: (id) => insteadOf(id) !== null,
    /** Follow what was made anew of what was made anew. @param {string} id @returns {string[]} */
    standIns,
    /** @param {string} id @param {string[]} ids */
    set(id, ids) {
      seen.set(id, ids);
      memory.set(prefix + id, ids);
    },
    /** It was let in after all. */
    back(id) {
      seen.delete(id);
      memory.remove(prefix + id);
    },
    /** Nothing is on its way any more that names one; what is being typed here may still do. */
    forget() {
      for (const key of memory.keys(prefix)) memory.remove(key);
    },
  };
}
