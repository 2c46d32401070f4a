import { lay, namedBy, replacedAmong } from "./overlay.js";

/**
 * What the panel shows of one assessment: the kernel's items at a position, what it acknowledged
 * since, and what it has not acknowledged yet, in this order.
 *
 * @typedef {ReturnType<typeof createState>} State
 *
 * @param {Sheet} sheet @param {string} name the person's @param {Outbox} outbox
 * @param {(codes: Set<string>) => void} changed called with the sub-aspects that may look different
 */
export function createState(sheet, name, outbox, changed) {
  /** Each item with the position it was read at. @type {Map<string, {item: Item, position: number}>} */
  const read = new Map();
  const codeOfThread = new Map();
  const codeOfFile = new Map();
  /** Up to here everything was told, without a gap. */
  let known = -1;
  let position = -1;
  let view = { stage: "", stage_name: "", pass: null, may: {}, figures: null };
  /** @type {?Map<string, {item: Item, pending: boolean}>} */
  let shown = null;

  function codeOf({ kind, body }) {
    if (kind === "evidence-state" || kind === "evidence") return codeOfFile.get(body.file);
    if (kind === "closing" || kind === "answer") return codeOfThread.get(body.thread);
    if (kind === "question") codeOfThread.set(body.thread, body.sub_aspect);
    return body.sub_aspect;
  }

  function work() {
    shown = new Map();
    for (const [code, { item }] of read) shown.set(code, { item, pending: false });
    const over = outbox.over(sheet.assessment);
    const replaced = replacedAmong(over.map(({ op }) => op));
    for (const { op, position: acked } of over) {
      const code = codeOf(op);
      const held = shown.get(code);
      if (!held) continue;
      const item = replaced.has(op.id) ? held.item : lay(held.item, { ...op, base: namedBy(op, replaced) }, name);
      shown.set(code, { item, pending: held.pending || acked === null });
    }
    return shown;
  }

  /** Let the outbox go of what the items hold that were read; which sub-aspects that touches. */
  function settle() {
    const readAt = (op) => Math.max(known, read.get(codeOf(op))?.position ?? -1);
    return outbox.settle(sheet.assessment, readAt).map(codeOf);
  }

  const laid = (code) => (shown ?? work()).get(code);

  return {
    sheet,
    /**
     * @param {View} next a whole view, or one with only the items that changed
     * @param {?number} since the position it follows; null of a whole one
     * @returns {boolean} false if something before it was not told: ask for the whole
     */
    take(next, since = null) {
      const touched = new Set();
      // A push is to all pages of the panel; what may be done depends on the room of each.
      if (since !== null && next.room !== view.room) next = { ...next, room: view.room, may: view.may };
      const follows = since === null || since <= known;
      for (const [code, item] of Object.entries(next.items)) {
        const held = read.get(code);
        // An answer may be overtaken by a later push; what it holds is then the older reading.
        if (held && held.position > next.position) continue;
        const disputed = { self: [], awal: [], akhir: [], ...item.disputed };
        read.set(code, { item: { ...item, disputed }, position: next.position });
        touched.add(code);
        for (const question of item.questions) codeOfThread.set(question.thread, code);
        for (const file of item.evidence) codeOfFile.set(file.file, code);
      }
      if (follows) known = Math.max(known, next.position);
      if (next.position >= position) {
        position = next.position;
        const rules = JSON.stringify([view.pass, view.may]);
        view = next;
        // What may be done, or which pass it is, changes every item.
        if (rules !== JSON.stringify([view.pass, view.may])) for (const code of read.keys()) touched.add(code);
      }
      for (const code of settle()) touched.add(code);
      shown = null;
      changed(touched);
      return follows;
    },
    /** Something in the outbox has changed. @param {Op[]} ops */
    touch(ops) {
      const codes = new Set(ops.map(codeOf));
      for (const code of settle()) codes.add(code);
      shown = null;
      changed(codes);
    },
    codeOf,
    /** Up to which position everything is known as it is in a room; null if not of that room. */
    knownIn: (room) => (view.room === room ? known : null),
    /** @param {string} code @returns {Item} */
    item: (code) => laid(code).item,
    isPending: (code) => laid(code).pending,
    has: (code) => Boolean(laid(code)),
    get view() {
      return view;
    },
    /** Whether the kernel lets this person do something: "" or the sentence that says why not. */
    may: (what) => view.may[what] ?? "",
  };
}
