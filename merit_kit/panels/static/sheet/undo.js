/**
 * What can be stated again as it was before. Nothing is taken out of the record: undoing states
 * the earlier level or text anew. Kept for the session, so that a reload does not lose it.
 *
 * @typedef {{what: "level"|"text"|"evidence", code: string, field?: string, file?: string,
 *   level?: ?number, reason?: string, text?: string, state?: string}} Step
 *
 * @param {Memory} memory of the session @param {string} key
 */
export function createUndo(memory, key) {
  const MOST = 200;
  const steps = memory.get(key) ?? [];
  return {
    /** @param {Step} step */
    push(step) {
      steps.push(step);
      if (steps.length > MOST) steps.shift();
      memory.set(key, steps);
    },
    /** @returns {?Step} */
    pop() {
      const step = steps.pop() ?? null;
      memory.set(key, steps);
      return step;
    },
    get size() {
      return steps.length;
    },
  };
}
