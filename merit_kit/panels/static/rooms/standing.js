import { QUIET } from "./crossing.js";

export const MINUTE = 60000;

/** The day a moment is on, here, as registers write it. @param {number} time */
export function dayOf(time) {
  const at = new Date(time);
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

const timeOf = (iso) => (iso ? Date.parse(iso) : null);

/** All is assessed, nothing is disputed, nothing is a draft. @param {?Figures} figures */
const isDone = (figures) =>
  figures !== null && figures.assessed === figures.of && figures.conflicts === 0 && figures.drafts === 0;

/**
 * Where a room is in its day. A room runs on beyond its time while it saves; what is prepared at
 * the desk before makes it no running one.
 *
 * @param {Row} row @param {?Figures} figures null while they are worked out
 * @param {number} minutes how long a sitting is taken to be @param {number} now
 * @returns {"wait"|"none"|"ahead"|"running"|"quiet"|"over"|"done"}
 */
export function stateOf(row, figures, minutes, now) {
  if (figures === null) return "wait";
  if (isDone(figures)) return "done";
  if (row.room === null) return "none";
  const begins = timeOf(row.starts_at);
  const last = timeOf(figures.last);
  const saves = last !== null && now - last < QUIET;
  if (begins === null) {
    const today = dayOf(now);
    if (row.held_on > today) return "ahead";
    if (row.held_on < today) return saves ? "running" : "over";
    if (last === null || dayOf(last) < today) return "ahead";
    return saves ? "running" : "quiet";
  }
  if (now < begins) return "ahead";
  if (now < begins + minutes * MINUTE) return now - Math.max(begins, last ?? begins) < QUIET ? "running" : "quiet";
  return saves && last > begins ? "running" : "over";
}

/** Minutes until a room that runs has to end; negative beyond, null where nobody said when. */
export function minutesLeft(row, minutes, now) {
  const begins = timeOf(row.starts_at);
  return begins === null ? null : Math.ceil((begins - now) / MINUTE + minutes);
}

const needsSomebody = ({ figures }) =>
  figures !== null && figures.conflicts + figures.mismatches + figures.fresh + figures.late + figures.answered > 0;

/** What the overview can be narrowed to, each with what it keeps. */
export const KEEPS = {
  all: () => true,
  running: ({ state }) => state === "running" || state === "quiet",
  quiet: ({ state }) => state === "quiet",
  attention: needsSomebody,
  ahead: ({ state }) => state === "ahead",
  over: ({ state }) => state === "over",
  done: ({ state }) => state === "done",
};

/** The stage that most are in; "" while nothing is known. @param {Object[]} seen */
export function usualStage(seen) {
  const times = new Map();
  for (const { figures } of seen) if (figures) times.set(figures.stage, (times.get(figures.stage) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

const STATES = ["quiet", "running", "over", "ahead", "done", "none", "wait"];
const counted = (pick) => (each) => each.figures && pick(each.figures);
// Numbers are compared as such: who meets nowhere comes after every day.
const begun = ({ row }) => `${row.held_on ?? "9999"} ${row.starts_at ?? ""} ${row.room ?? ""} ${row.agency_name}`;

/** What each column is sorted by; the first look is at what is most. */
export const SORTS = {
  agency: ({ row }) => row.agency_name,
  room: begun,
  state: ({ state }) => STATES.indexOf(state),
  progress: counted((figures) => figures.assessed / figures.of),
  self: counted((figures) => figures.self?.value ?? null),
  total: counted((figures) => figures.total?.value ?? null),
  differing: counted((figures) => figures.raised + figures.lowered),
  questions: counted((figures) => figures.open + figures.answered),
  conflicts: counted((figures) => figures.conflicts),
  fresh: counted((figures) => figures.fresh),
  mismatches: counted((figures) => figures.mismatches),
  last: counted((figures) => timeOf(figures.last)),
};

/** Columns of which one looks for the most first. */
export const MOST_FIRST = new Set(["progress", "self", "total", "differing", "questions", "conflicts", "fresh", "mismatches", "last"]);

/**
 * Put rows in order; what is not known comes last either way, what is alike as the rooms begin.
 * @param {Object[]} seen @param {string} by @param {boolean} down
 */
export function sortSeen(seen, by, down) {
  const compare = (one, other) => {
    if (one === null || other === null) return (one === null) - (other === null);
    const order = typeof one === "string" ? one.localeCompare(other, undefined, { numeric: true }) : one - other;
    return down ? -order : order;
  };
  const keyed = seen.map((each) => ({ each, key: SORTS[by](each) ?? null, first: begun(each) }));
  keyed.sort((a, b) => compare(a.key, b.key) || a.first.localeCompare(b.first, undefined, { numeric: true }));
  return keyed.map(({ each }) => each);
}
