/**
 * Texts from people may turn the direction of what stands around them. The same rules hold in
 * sentences of the kernel: `visible` and `isolated` of merit_kit/i18n.py; change both together.
 */

const TURNING = /[\u202a-\u202e\u2066\u2067]/g;
const ISOLATES = /[\u2068\u2069]/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const UNUSUAL = /[^\u0000-\u058f]/;

const signNamed = (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase()}]`;

/** Show the unseen signs that turn the direction of writing: they hide what is. @param {string} text */
export function visible(text) {
  // Nearly every text: told at once.
  if (!UNUSUAL.test(text)) return text;
  const shown = text.replace(TURNING, signNamed);
  let depth = 0;
  for (const [sign] of shown.matchAll(ISOLATES)) {
    depth += sign === "\u2068" ? 1 : -1;
    if (depth < 0) break;
  }
  // In pairs they are ours, or do no more than ours.
  return depth === 0 ? shown : shown.replace(ISOLATES, signNamed);
}

/** A text as it may stand in a sentence of ours: nothing of that is turned. @param {string} text */
export function isolated(text) {
  const shown = visible(text);
  return UNUSUAL.test(shown) && RIGHT_TO_LEFT.test(shown) ? `\u2068${shown}\u2069` : shown;
}
