/**
 * Where a person was: which assessment, which sub-aspect, how the panel was set. For each store
 * and person, so that two people at one computer do not disturb each other.
 *
 * @typedef {{assessment: ?string, room: ?string, codes: Object<string, string>,
 *   modes: Object<string, "prep"|"room">, filter: string, keys: boolean,
 *   minutes: Object<string, number>}} Kept
 * @typedef {ReturnType<typeof createPlace>} Place
 *
 * @param {Memory} memory @param {string} store @param {string} person
 */
export function createPlace(memory, store, person) {
  const key = `merit-place/${store}/${person}`;
  const empty = { assessment: null, room: null, codes: {}, modes: {}, filter: "all", keys: true, minutes: {} };
  /** @type {Kept} */
  const kept = { ...empty, ...memory.get(key) };
  return {
    get: (name) => kept[name],
    set(name, value) {
      kept[name] = value;
      memory.set(key, kept);
    },
    /** One value for each assessment, under one name. */
    of: (name, assessment) => kept[name][assessment],
    setOf(name, assessment, value) {
      this.set(name, { ...kept[name], [assessment]: value });
    },
  };
}
