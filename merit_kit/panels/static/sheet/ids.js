/** @returns {string} 32 hexadecimal digits. `crypto.randomUUID` is missing on plain http. */
export function randomHex() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * 32 hexadecimal digits that follow from a text, so that two pages make the same id of the same
 * thing. It guards against accident, not malice: `crypto.subtle` is missing on plain http.
 * Four lanes of FNV-1a (Fowler, Noll, Vo), each stirred at the end as MurmurHash3 does.
 * @param {string} text
 */
export function derivedHex(text) {
  const lanes = [0x811c9dc5, 0x01234567, 0x89abcdef, 0x5bd1e995];
  for (const byte of new TextEncoder().encode(text)) {
    for (let at = 0; at < 4; at += 1) lanes[at] = Math.imul(lanes[at] ^ (byte + at), 0x01000193);
  }
  return lanes
    .map((lane, at) => {
      let mixed = lane ^ lanes[(at + 1) % 4];
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return ((mixed ^ (mixed >>> 16)) >>> 0).toString(16).padStart(8, "0");
    })
    .join("");
}
