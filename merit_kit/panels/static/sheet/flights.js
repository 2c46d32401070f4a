/**
 * The batches that were sent and are not yet answered.
 *
 * @typedef {{assessment: string, ids: string[]}} Flight
 * @typedef {ReturnType<typeof createFlights>} Flights
 */
export function createFlights() {
  /** @type {Map<string, Flight>} */
  const out = new Map();

  return {
    /** @param {string} batch @param {Flight} flight */
    add: (batch, flight) => out.set(batch, flight),
    /** @param {string} batch @returns {?Flight} null of one that is not out: it was sent anew since */
    land(batch) {
      const flight = out.get(batch) ?? null;
      out.delete(batch);
      return flight;
    },
    /** A late answer may hold what was sent anew since: nothing of that is awaited any more. */
    dropSettled(waits) {
      for (const [batch, { ids }] of out) if (!ids.some(waits)) out.delete(batch);
    },
    holds: (id) => [...out.values()].some(({ ids }) => ids.includes(id)),
    /** Give up waiting. @returns {Set<string>} the assessments that were asked for in vain */
    giveUp() {
      const of = new Set([...out.values()].map(({ assessment }) => assessment));
      out.clear();
      return of;
    },
    get size() {
      return out.size;
    },
  };
}
