import { REST } from "./protocol.js";

/**
 * Texts being typed. Each keystroke is kept in the browser; after a rest, or on leaving the field,
 * the text is stated. A draft remembers what stood when typing began: if somebody else has stated
 * something meanwhile, both stand and are shown as a conflict, and neither is lost.
 *
 * @typedef {{text: string, base: string[], at: number, page: string}} Draft
 * @typedef {ReturnType<typeof createDrafts>} Drafts
 *
 * @param {{memory: Memory, prefix: string, page: string,
 *   state: (name: string, text: string, base: string[]) => boolean, told: () => void}} given
 *   `state` turns a text into a statement; false if it cannot be one yet (a reason without level).
 */
export function createDrafts({ memory, prefix, page, state, told }) {
  /** @type {Map<string, Draft>} */
  const held = new Map();
  const timers = new Map();

  function wait(name, time, deed) {
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(deed, time));
  }

  function forget(name) {
    clearTimeout(timers.get(name));
    timers.delete(name);
    held.delete(name);
    memory.remove(prefix + name);
  }

  function flush(name) {
    const draft = held.get(name);
    if (!draft) return;
    clearTimeout(timers.get(name));
    if (state(name, draft.text, draft.base)) forget(name);
    told();
  }

  /** Take over what an earlier page left, unless another panel is still typing it. */
  function takeOver(name) {
    const draft = memory.get(prefix + name);
    if (!draft || held.has(name)) return;
    const rest = draft.at + 4 * REST - Date.now();
    if (draft.page !== page && rest > 0) return wait(name, rest, () => takeOver(name));
    held.set(name, draft);
    flush(name);
  }

  return {
    /** @param {string} name of the field @param {() => string[]} standing ids that stand now */
    type(name, text, standing) {
      const base = held.get(name)?.base ?? standing();
      const draft = { text, base, at: Date.now(), page };
      held.set(name, draft);
      memory.set(prefix + name, draft);
      wait(name, REST, () => flush(name));
      told();
    },
    flush,
    flushAll() {
      for (const name of [...held.keys()]) flush(name);
    },
    load() {
      for (const key of memory.keys(prefix)) {
        const name = key.slice(prefix.length);
        // Forms wait for their button; only fields state themselves.
        if (!name.startsWith("form/")) takeOver(name);
      }
    },
    forget,
    /** @returns {?string} */
    text: (name) => held.get(name)?.text ?? null,
    base: (name) => held.get(name)?.base ?? null,
    count: () => held.size,
    /** Keep a form that is being filled in. */
    keepForm: (name, values) => memory.set(`${prefix}form/${name}`, values),
    form: (name) => memory.get(`${prefix}form/${name}`),
    dropForm: (name) => memory.remove(`${prefix}form/${name}`),
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
