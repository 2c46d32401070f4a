/**
 * What was asked to be stated in a drawer and is not answered yet. Kept in this tab, so that it
 * outlives a reload; to ask again states nothing twice.
 *
 * @typedef {ReturnType<typeof createActs>} Acts
 *
 * @param {Memory} session of the tab @param {string} owner whose they are: a person in a store
 */
export function createActs(session, owner) {
  const prefix = `merit-act/${owner}/`;
  /** @type {Map<string, Object>} by what its answer is known by */
  const held = new Map(session.keys(prefix).map((key) => [key.slice(prefix.length), session.get(key)]));

  return {
    /** @param {Object} message of those asked with it, what states something is kept */
    asked(message) {
      if (!message.act && !message.submit) return;
      held.set(message.ask, message);
      session.set(prefix + message.ask, message);
    },
    answered(ask) {
      if (held.delete(ask)) session.remove(prefix + ask);
    },
    /** @returns {?Object} what waits there, of one kind of drawer */
    of: (assessment, room, kind) => [...held.values()].find((each) => each.assessment === assessment && each.room === room && each.do === kind) ?? null,
    count: () => held.size,
  };
}
