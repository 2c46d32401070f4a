import { dayOf, MINUTE, minutesLeft } from "./standing.js";

const HOUR = 60 * MINUTE;

/** How long ago something was. @param {Words} words @param {?string} iso @param {number} now */
export function ago(words, iso, now) {
  const { say } = words;
  if (!iso) return say("ago.never");
  const passed = now - Date.parse(iso);
  if (passed < MINUTE) return say("ago.now");
  if (passed < HOUR) return say("ago.minutes", { minutes: Math.floor(passed / MINUTE) });
  if (passed < 12 * HOUR) return say("ago.hours", { hours: Math.floor(passed / HOUR) });
  return say("ago.day", { day: words.day(dayOf(Date.parse(iso))) });
}

/**
 * What is to be said of a room's time beside its state; "" where there is nothing.
 * @param {Words} words @param {Row} row @param {string} state @param {number} minutes @param {number} now
 */
export function timeOfRoom(words, row, state, minutes, now) {
  const { say } = words;
  if (state === "ahead") {
    const isToday = row.held_on === dayOf(now);
    return isToday && row.starts_at ? say("time.begins", { time: words.hour(row.starts_at) }) : "";
  }
  if (state !== "running" && state !== "quiet") return "";
  const left = minutesLeft(row, minutes, now);
  if (left === null) return "";
  if (left <= 0) return say("time.past", { minutes: -left });
  if (left < 60) return say("time.left_short", { minutes: left });
  return say("time.left", { hours: Math.floor(left / 60), minutes: String(left % 60).padStart(2, "0") });
}
