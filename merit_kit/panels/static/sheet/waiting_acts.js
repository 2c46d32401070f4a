/**
 * What was asked to be stated in a drawer and is not answered yet. Kept in this tab, so that it
 * outlives a reload; the kernel knows each by its `ask`, and states it once.
 *
 * @typedef {ReturnType<typeof createWaitingActs>} WaitingActs
 *
 * @param {Memory} session of the tab
 * @param {string} owner whose they are: a person in a store, at sheets of one kind. Another panel of
 *   theirs in this tab may be for practice, where these would be refused.
 */
export function createWaitingActs(session, owner) {
  const prefix = `merit-act/${owner}/`;
  /** @type {Map<string, Object>} by what its answer is known by */
  const held = new Map(session.keys(prefix).map((key) => [key.slice(prefix.length), session.get(key)]));

  return {
    /** @param {Object} message kept if it states something */
    keep(message) {
      if (!message.act && !message.submit) return;
      held.set(message.ask, message);
      session.set(prefix + message.ask, message);
    },
    /** @param {?string} ask */
    drop(ask) {
      if (held.delete(ask)) session.remove(prefix + ask);
    },
    all: () => [...held.values()],
    /** @returns {?Object} what waits there, of one kind of drawer */
    of: (assessment, room, kind) => [...held.values()].find((each) => each.assessment === assessment && each.room === room && each.do === kind) ?? null,
    count: () => held.size,
  };
}
