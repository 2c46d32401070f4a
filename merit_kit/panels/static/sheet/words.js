/**
 * Sentences, days and hours in the person's language. Sentences come from the kernel (`panel:` in
 * data/locale/); numbers come from there as texts already.
 *
 * @typedef {ReturnType<typeof createWords>} Words
 */

import { isolated } from "./bidi.js";

/** The clocks of Indonesia, as the kernel names them. */
const ZONES = { WIB: "Asia/Jakarta", WITA: "Asia/Makassar", WIT: "Asia/Jayapura" };

/** @param {{lang: string, words: Object<string, string>}} user */
export function createWords(user) {
  const locale = user.lang === "en" ? "en-GB" : "id-ID";
  // Making one takes milliseconds, so each is made when it is first needed.
  const made = new Map();
  const written = (name, options) => {
    if (!made.has(name)) made.set(name, new Intl.DateTimeFormat(locale, options));
    return made.get(name);
  };
  const clock = () => written("clock", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const hour = () => written("hour", { hour: "2-digit", minute: "2-digit" });
  const hourIn = (zone) => written(zone, { hour: "2-digit", minute: "2-digit", timeZone: ZONES[zone] });
  const date = () => written("date", { day: "numeric", month: "long", year: "numeric" });
  // A day has no hour: read at midnight UTC, it must not slip to the day before.
  const day = () => written("day", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

  /**
   * A sentence that is not there shows its key: a visible fault, and the panel still works.
   * @param {string} key @param {Object<string, *>} [facts]
   */
  function say(key, facts = {}) {
    const sentence = user.words[key];
    if (sentence === undefined) return key;
    return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? isolated(String(facts[name])) : whole));
  }

  const read = (format, text) => {
    const moment = new Date(text);
    return Number.isNaN(moment.getTime()) ? String(text ?? "") : format().format(moment);
  };

  /** What the clock of this computer goes by: only Indonesian knows WIB, WITA and WIT by name. */
  function zoneOf(text) {
    if (!made.has("zone")) made.set("zone", new Intl.DateTimeFormat("id-ID", { timeZoneName: "short" }));
    const moment = new Date(text);
    if (Number.isNaN(moment.getTime())) return "";
    return ` ${made.get("zone").formatToParts(moment).find(({ type }) => type === "timeZoneName").value}`;
  }

  return {
    say,
    /** @param {Date} moment */
    clock: (moment) => `${clock().format(moment)}${zoneOf(moment)}`,
    hour: (iso) => `${read(hour, iso)}${zoneOf(iso)}`,
    /** @param {string} iso @param {"WIB"|"WITA"|"WIT"} zone */
    hourIn: (iso, zone) => `${read(() => hourIn(zone), iso)} ${zone}`,
    day: (iso) => read(iso && iso.length > 10 ? date : day, iso),
    moment: (iso) => `${read(date, iso)} ${read(hour, iso)}${zoneOf(iso)}`,
    /** @param {number} bytes */
    size: (bytes) =>
      bytes < 1e6
        ? say("evidence.kilobytes", { size: Math.max(1, Math.round(bytes / 1e3)) })
        : say("evidence.megabytes", { size: (bytes / 1e6).toLocaleString(locale, { maximumFractionDigits: 1 }) }),
  };
}
