/**
 * One operation on its way.
 *
 * @typedef {{key: string, n: number, assessment: string, op: Op, refused: ?string, sent: boolean,
 *   position: ?number}} Entry
 *   `position` is null until the kernel has acknowledged it; `refused` says why it would not.
 */

/** The key of what the browser keeps of one operation. */
export const keptKey = (prefix, assessment, id) => `${prefix}${assessment}/${id}`;

/**
 * What lies in the browser of the operations of one person in one store, of all assessments.
 * @param {Memory} memory @param {string} prefix @returns {Omit<Entry, "sent"|"position">[]}
 */
export function keptOps(memory, prefix) {
  return memory.keys(prefix).flatMap((key) => {
    const { n, op, refused = null } = memory.get(key) ?? {};
    return op ? [{ key, n, op, refused, assessment: key.slice(prefix.length, key.lastIndexOf("/")) }] : [];
  });
}
