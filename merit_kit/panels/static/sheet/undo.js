/**
 * What can be stated again as it was before. Nothing is taken out of the record: undoing states
 * the earlier level or text anew. Kept for the session, so that a reload does not lose it.
 *
 * @typedef {{what: "level"|"settled"|"text"|"evidence"|"other", code: string, op: string, base: string[],
 *   pass?: string, field?: string, file?: string, level?: ?number, reason?: string, text?: string,
 *   state?: string, kind?: string}} Step
 *   `op` is what was done, `base` what it replaced, the rest how it was before. Before a conflict
 *   was settled several levels stood, and no one statement brings them back; nor is there one for
 *   "other", of some `kind`: a question, its closing, a finding.
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
    last: () => steps.at(-1) ?? null,
    pop() {
      steps.pop();
      memory.set(key, steps);
    },
    /** Another operation says what these said: undoing goes on from it. @param {string[]} ids */
    goOnFrom(ids, op) {
      for (const step of steps) if (ids.includes(step.op)) step.op = op;
      memory.set(key, steps);
    },
    get size() {
      return steps.length;
    },
  };
}
