/**
 * Whose turn it is to be sent: one assessment that fails must not hold up the others.
 *
 * @typedef {ReturnType<typeof createTurns>} Turns
 */
export function createTurns() {
  /** When an assessment was last asked for in vain, counted. @type {Map<string, number>} */
  const failedAt = new Map();
  let failures = 0;
  const when = (entry) => failedAt.get(entry.assessment) ?? 0;

  return {
    /** @param {Entry[]} waiting in order @returns {?string} the one that failed longest ago, if any */
    next(waiting) {
      if (waiting.length === 0) return null;
      return waiting.reduce((best, entry) => (when(entry) < when(best) ? entry : best)).assessment;
    },
    failed(assessment) {
      failures += 1;
      failedAt.set(assessment, failures);
    },
    went: (assessment) => failedAt.delete(assessment),
    isBack: (assessment) => failedAt.has(assessment),
  };
}
