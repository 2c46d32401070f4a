import { REST } from "./protocol.js";

/**
 * Texts being typed. Each keystroke is kept in the browser; after a rest, or on leaving the field,
 * the text is stated. A draft remembers what stood when typing began: if somebody else has stated
 * something meanwhile, both stand and are shown as a conflict, and neither is lost.
 *
 * Each page keeps its own under its own name. What another one left is shown and counted at once,
 * and taken over when that one cannot be typing any more.
 *
 * @typedef {{text: string, base: string[], level?: ?number, open?: boolean, at: number}} Draft
 *   `level` of a reason: the one that stood then, which it is for. `open`: begun while the screen was
 *   shared, before everybody's eyes.
 * @typedef {ReturnType<typeof createDrafts>} Drafts
 *
 * @param {{memory: Memory, prefix: string, page: string,
 *   state: (name: string, text: string, draft: Draft) => boolean, told: () => void}} given
 *   `page` stays the same over a reload. `state` turns a text into a statement; false if it cannot
 *   be one yet (a reason without level).
 */
export function createDrafts({ memory, prefix, page, state, told }) {
  /** @type {Map<string, {draft: Draft, key: string}>} */
  const held = new Map();
  /** Of other pages, not taken over yet. @type {Map<string, {draft: Draft, key: string}>} */
  const left = new Map();
  const timers = new Map();
  const ownKey = (name) => `${prefix}${name}@${page}`;

  function wait(key, time, deed) {
    clearTimeout(timers.get(key));
    timers.set(key, setTimeout(deed, time));
  }

  function forget(name) {
    const key = held.get(name)?.key;
    if (!key) return;
    clearTimeout(timers.get(ownKey(name)));
    held.delete(name);
    memory.remove(key);
  }

  function flush(name) {
    if (!held.has(name)) return;
    const { draft } = held.get(name);
    clearTimeout(timers.get(ownKey(name)));
    if (state(name, draft.text, draft)) forget(name);
    told();
  }

  /** Take over what an earlier page left, unless another panel is still typing it. */
  function takeOver(name, key) {
    const draft = memory.get(key);
    if (left.get(name)?.key === key) left.delete(name);
    if (!draft) return told();
    // A clock that was set back must not make it wait for hours.
    const rest = Math.min(draft.at + 4 * REST - Date.now(), 4 * REST);
    const isOwn = key === ownKey(name);
    // One text after another: what is being typed here comes first.
    if (held.has(name) || (!isOwn && rest > 0)) {
      if (!left.has(name)) left.set(name, { draft, key });
      return wait(key, Math.max(rest, REST), () => takeOver(name, key));
    }
    held.set(name, { draft, key });
    flush(name);
  }

  return {
    /** @param {string} name of the field @param {() => {base: string[], level?: ?number, open?: boolean}} standing what stands now */
    type(name, text, standing) {
      // What was shown was another page's text: whoever types on goes on with that.
      const before = held.get(name) ?? left.get(name);
      const draft = { ...(before?.draft ?? standing()), text, at: Date.now() };
      const key = ownKey(name);
      held.set(name, { draft, key });
      memory.set(key, draft);
      if (before && before.key !== key) {
        left.delete(name);
        memory.remove(before.key);
      }
      wait(key, REST, () => flush(name));
      told();
    },
    flush,
    flushAll() {
      for (const name of [...held.keys()]) flush(name);
    },
    load() {
      for (const key of memory.keys(prefix)) {
        const name = key.slice(prefix.length).replace(/@[^@]*$/, "");
        // Forms wait for their button; only fields state themselves.
        if (!name.startsWith("form/")) takeOver(name, key);
      }
    },
    forget,
    /** Something was stated here where a text is being typed: go on upon that. @param {Op} op */
    follow(name, op) {
      const { draft, key } = held.get(name) ?? {};
      if (!draft || !draft.base.every((id) => op.base.includes(id))) return;
      draft.base = [op.id];
      if (op.kind === "level") draft.level = op.body.level;
      memory.set(key, draft);
    },
    /** @returns {?string} */
    text: (name) => (held.get(name) ?? left.get(name))?.draft.text ?? null,
    isOpen: (name) => (held.get(name) ?? left.get(name))?.draft.open ?? false,
    /** The level a reason is for; undefined if none is being typed. @returns {number|null|undefined} */
    level: (name) => (held.get(name) ?? left.get(name))?.draft.level,
    /** What stood when typing began. @returns {?string[]} */
    base: (name) => (held.get(name) ?? left.get(name))?.draft.base ?? null,
    count: () => new Set([...held.keys(), ...left.keys()]).size,
    /** Keep a form that is being filled in. */
    keepForm: (name, values) => memory.set(`${prefix}form/${name}`, values),
    form: (name) => memory.get(`${prefix}form/${name}`),
    dropForm: (name) => memory.remove(`${prefix}form/${name}`),
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
