import { derivedHex, randomHex } from "./ids.js";

/**
 * Operations: exactly the parts merit_kit/process/_kinds.py asks for.
 */

/** @returns {Op} @param {string} kind @param {Object} body @param {string} visibleTo */
export function makeOp(kind, body, visibleTo, base, room) {
  return {
    id: randomHex(),
    kind,
    body,
    visible_to: visibleTo,
    base,
    room,
    stated_at: new Date().toISOString(),
  };
}

/**
 * The same statement with a new id. The id follows from all that is in it, so that two pages that
 * make a refused one anew state it once, and never two things under one id.
 * @param {Op} op @param {{base: string[], room: ?string, stated_at: string}} changed
 * @returns {Op}
 */
export function remadeOp(op, { base, room, stated_at }) {
  return { ...op, base, room, stated_at, id: derivedHex(JSON.stringify([op.id, base, room, stated_at])) };
}

/**
 * What is said in one field of text, as kind, body and who may see it. What stands in `item` beside
 * the text stays as it is.
 */
export const TEXT_FIELDS = {
  note: (code, text) => ["note", { sub_aspect: code, text }, "agency"],
  internal: (code, text) => ["note", { sub_aspect: code, text }, "internal"],
  recommendation: (code, text) => ["recommendation", { sub_aspect: code, text }, "agency"],
  discussion: (code, text) => ["discussion", { sub_aspect: code, thread: null, text }, "agency"],
  agreed: (code, text, item) => ["agreed-action", { sub_aspect: code, thread: null, text, side: item?.agreed?.side ?? "agency", due: item?.agreed?.due ?? null }, "agency"],
  mismatch: (code, text) => ["mismatch-answer", { sub_aspect: code, text }, "agency"],
};

/** The text that stands in a field, "" if none. @param {Item} item */
export function standingText(field, item) {
  if (field === "mismatch") return item.mismatch?.answer ?? "";
  if (["recommendation", "discussion", "agreed"].includes(field)) return item[field]?.text ?? "";
  return item.notes[field === "note" ? "agency" : "internal"]?.text ?? "";
}

/** A level that nobody who sees the one before it loses sight of: never made internal again. */
export function levelVisibility(mode, standing) {
  // For oneself alone, for ever.
  if (mode === "practice") return "internal";
  const seen = standing.some((level) => !level.draft);
  return mode !== "prep" || seen ? "agency" : "internal";
}

export function levelBody(code, pass, level, reason) {
  if (pass === "self" || pass === "second") return { sub_aspect: code, of: pass, pass: null, level, reason };
  return { sub_aspect: code, of: "verified", pass, level, reason };
}

export function findingBody(code, { level, reason, source, seen_on }) {
  return {
    sub_aspect: code,
    of: "field",
    pass: null,
    level,
    reason,
    finding: randomHex(),
    source,
    seen_on,
    photos: [],
  };
}

export function questionBody(code, { thread, text, missing, due }) {
  return { sub_aspect: code, thread: thread ?? randomHex(), text, missing, due: due || null };
}
