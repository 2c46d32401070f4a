/**
 * What crosses between the kernel and this panel, and how long the panel waits for it.
 * The Python side is merit_kit/panels/; change both together.
 *
 * What is asked: hello (everything as it is now, unless `known` is its position), open, history,
 * record. Each carries `page`, and so does its answer: several pages may have one panel open, each
 * its own assessment. `changed` goes to all of them; its `since` is the position of what was told
 * before it.
 *
 * @typedef {{level: ?number, reason: string, by: string, at: string, draft: boolean, ids: string[]}} Level
 *   `level` null inside a Level: it was taken back.
 * @typedef {{text: string, by: string, at: string, ids: string[]}} Said
 * @typedef {{thread: string, text: string, missing: string, due: ?string, draft: boolean,
 *   state: "open"|"answered"|"closed", rejected: boolean, answer: ?string, answered_at: ?string,
 *   files: Array, closing: ?string, ids: string[], names: string[], closing_ids: string[],
 *   by: string, at: string}} Question
 * @typedef {{finding: string, level: ?number, reason: string, source: string, seen_on: string,
 *   photos: string[], ids: string[], draft: boolean, by: string, at: string}} Finding
 * @typedef {{verified: number, field: number, reason: string, answered: boolean, answer: ?string,
 *   names: string[], ids: string[]}} Mismatch
 * @typedef {{file: string, name: string, size: number, sha256: string, state: ?string, text: ?string,
 *   ids: string[], at: string, side: string, fresh: boolean,
 *   unfit: string}} Evidence `unfit`: why it cannot be looked at, where that is known
 * @typedef {{self: ?Level, awal: ?Level, akhir: ?Level,
 *   disputed: {self?: Level[], awal?: Level[], akhir?: Level[]},
 *   notes: {agency: ?Said, internal: ?Said}, recommendation: ?Said, questions: Question[],
 *   findings: Finding[], mismatch: ?Mismatch, evidence: Evidence[]}} Item
 * @typedef {{code: string, aspect: number, name: string, weight: string,
 *   levels: {step: number, text: string}[], evidence: string[],
 *   previous: ?{level: ?number, round: string, text: string}}} SubAspect
 * @typedef {{code: string, name: string, kind: string, held_on: string, starts_at: ?string,
 *   mine: boolean}} Room
 * @typedef {{protocol: number, assessment: string, agency: {code: string, name: string},
 *   round: {code: string, name: string}, marks: string[], rooms: Room[],
 *   zone: "WIB"|"WITA"|"WIT", minutes: number,
 *   choices: {evidence_states: string[], finding_sources: string[]},
 *   steps: number[], unproven: ?string, aspects: {number: number, name: string}[],
 *   subs: SubAspect[]}} Sheet
 * @typedef {{assessment: string, position: number, room: ?string, stage: string, stage_name: string,
 *   pass: "awal"|"akhir"|null, may: Object<string, string>, items: Object<string, Item>,
 *   figures: Object, now: string}} View
 * @typedef {{id: string, kind: string, body: Object, visible_to: string, base: string[],
 *   room: ?string, stated_at: string}} Op
 * @typedef {{id: string, state: "stored"|"already"|"conflicts-with"|"refused", why: ?string,
 *   conflicts: string[]}} Result
 */

/** Milliseconds without an answer after which the panel says so. */
export const TELL_AFTER = 3000;

/** Milliseconds without an answer after which the same is sent again, the first time. */
export const SEND_AGAIN_AFTER = 4000;

const SEND_AGAIN_AT_MOST = 30000;

/** How long an answer is awaited that was asked for in vain so many times: 4, 8, 16, 30 s. */
export const waitFor = (times) => Math.min(SEND_AGAIN_AFTER * 2 ** times, SEND_AGAIN_AT_MOST);

/** Milliseconds without a keystroke after which a text is stated. */
export const REST = 1500;

/** The most operations the kernel takes in one message. */
export const MOST_IN_BATCH = 50;

/** The most messages that are out at once: a click need not wait for the answer to the one before. */
export const MOST_OUT = 3;
