import { lay } from "./overlay.js";

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
  let position = -1;
  let view = { stage: "", stage_name: "", pass: null, may: {}, figures: null };
  /** @type {?Map<string, {item: Item, pending: boolean}>} */
  let shown = null;

  function codeOf({ kind, body }) {
    if (kind === "evidence-state") return codeOfFile.get(body.file);
    if (kind === "closing") return codeOfThread.get(body.thread);
    if (kind === "question") codeOfThread.set(body.thread, body.sub_aspect);
    return body.sub_aspect;
  }

  function work() {
    shown = new Map();
    for (const [code, { item }] of read) shown.set(code, { item, pending: false });
    for (const { op, position: acked } of outbox.over(sheet.assessment)) {
      const code = codeOf(op);
      const held = shown.get(code);
      if (!held) continue;
      shown.set(code, { item: lay(held.item, op, name), pending: held.pending || acked === null });
    }
    return shown;
  }

  const laid = (code) => (shown ?? work()).get(code);

  return {
    sheet,
    /** @param {View} next a whole view, or one with only the items that changed */
    take(next) {
      const touched = new Set();
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
      if (next.position >= position) {
        position = next.position;
        const rules = JSON.stringify([view.pass, view.may]);
        view = next;
        // What may be done, or which pass it is, changes every item.
        if (rules !== JSON.stringify([view.pass, view.may])) for (const code of read.keys()) touched.add(code);
        for (const { op, position: acked } of outbox.over(sheet.assessment)) {
          if (acked !== null && acked <= position) touched.add(codeOf(op));
        }
        outbox.settle(sheet.assessment, position);
      }
      shown = null;
      changed(touched);
    },
    /** Something in the outbox has changed. @param {Op[]} ops */
    touch(ops) {
      shown = null;
      changed(new Set(ops.map(codeOf)));
    },
    /** The outbox is at work: read it anew at the next question. */
    forget() {
      shown = null;
    },
    codeOf,
    /** @param {string} code @returns {Item} */
    item: (code) => laid(code).item,
    isPending: (code) => laid(code).pending,
    has: (code) => Boolean(laid(code)),
    get position() {
      return position;
    },
    get view() {
      return view;
    },
    /** Whether the kernel lets this person do something: "" or the sentence that says why not. */
    may: (what) => view.may[what] ?? "",
  };
}
