/**
 * What crosses between the kernel and the overview of the rooms. The Python side is
 * merit_kit/panels/_rooms.py and what it names; change both together.
 *
 * What is asked: hello (everything as it is now), look (at one room's sheet: a widget of its own,
 * for reading only), leave (it). Each carries `page`, and so does its answer: several pages may have
 * the overview open. One whose sheet had to make room for others hears `shut`. `changed` goes to all
 * of them, numbered by `turn` without a gap.
 *
 * @typedef {{id: string, assessment: string, agency: string, agency_name: string, room: ?string,
 *   room_name: ?string, held_on: ?string, starts_at: ?string, evaluators: string[]}} Row
 * @typedef {{round: string, why: string, marks: string[], minutes: number, own: number,
 *   rows: Row[]}} Ground
 * @typedef {{stage: string, assessed: number, self_assessed: number, of: number, drafts: number,
 *   raised: number, lowered: number, open: number, late: number, answered: number,
 *   conflicts: number, fresh: number, mismatches: number, last: ?string,
 *   self: ?{value: number, text: string}, total: ?{value: number, text: string}}} Figures
 * @typedef {{turn: number, ground: Ground, figures: Object<string, Figures>, away: string,
 *   now: string}} Overview `figures` by assessment; `away`: why the store cannot be read
 */

/** Milliseconds after which a room that should be saving is called long without. */
export const QUIET = 600000;

/** Milliseconds without any news after which the overview says that it hears nothing. */
export const SILENT = 15000;
