import { randomHex } from "./ids.js";

/**
 * Which assessment a panel has open and in which room: what was chosen in this tab before what was
 * open last on this computer, so that two tabs do not pull each other along.
 *
 * @param {Memory} session of the tab @param {Place} place of the computer
 * @param {string} panel the id of the panel: several may be in one tab, each with its own sheet
 */
export function createRemembered(session, place, panel) {
  const key = `merit-open/${panel}`;
  const pageKey = "merit-page";
  const page = session.get(pageKey) ?? randomHex();
  session.set(pageKey, page);
  const here = () => session.get(key);

  return {
    /** Stays the same over a reload. */
    page,
    /** The assessment chosen in this tab. @returns {?string} */
    chosen: () => here()?.assessment ?? null,
    /** @param {Object[]} places those that can be opened @returns {?string} */
    assessment(places) {
      const last = place.get("assessment");
      return here()?.assessment ?? (places.some(({ assessment }) => assessment === last) ? last : null);
    },
    roomOf(assessment) {
      if (here()?.assessment === assessment) return here().room;
      return place.get("assessment") === assessment ? place.get("room") : null;
    },
    keep(assessment, room) {
      session.set(key, { assessment, room });
      place.set("assessment", assessment);
      place.set("room", room);
    },
  };
}
