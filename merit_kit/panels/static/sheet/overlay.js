/**
 * How one operation changes the item it is about: what the panel shows before the kernel's own
 * word arrives. Items handed in are never changed.
 */

/** Where in an item a level is held: the agency's own, that of practice, or that of a pass. */
const slotOf = ({ of, pass }) => (of === "verified" ? pass : of);

/** Ids of the statements that stand for a level of one pass. */
export function levelIds(item, pass) {
  const standing = item.disputed[pass].length > 0 ? item.disputed[pass] : [item[pass]];
  return standing.filter(Boolean).flatMap((level) => level.ids);
}

/** Which statements an operation replaces or answers, as the item shows them now. */
export function standingIds(kind, body, visibleTo, item) {
  const question = () => item.questions.find((each) => each.thread === body.thread);
  const ids = {
    level: () =>
      body.of === "field"
        ? item.findings.find((each) => each.finding === body.finding)?.ids
        : levelIds(item, slotOf(body)),
    note: () => item.notes[visibleTo]?.ids,
    recommendation: () => item.recommendation?.ids,
    discussion: () => item.discussion?.ids,
    "agreed-action": () => item.agreed?.ids,
    question: () => question()?.ids,
    closing: () => (question() ? [...question().names, ...question().closing_ids] : []),
    evidence: () => item.evidence.find((each) => each.file === body.file)?.given,
    answer: () => (question() ? [...question().ids, ...question().closing_ids, ...question().answer_ids] : []),
    "evidence-state": () => item.evidence.find((each) => each.file === body.file)?.ids,
    "mismatch-answer": () => (item.mismatch ? [...item.mismatch.names, ...item.mismatch.ids] : []),
  };
  return [...new Set(ids[kind]() ?? [])];
}

function layLevel(item, { body, base, id }, said) {
  const pass = slotOf(body);
  const standing = item.disputed[pass].length > 0 ? item.disputed[pass] : [item[pass]].filter(Boolean);
  if (standing.some((level) => level.ids.includes(id))) return item;
  const mine = { ...said, level: body.level, reason: body.reason };
  // What it does not name still stands beside it: somebody stated it meanwhile.
  const left = standing.filter((level) => !level.ids.every((each) => base.includes(each)));
  const disputed = left.length > 0 ? [...left, mine] : [];
  return { ...item, [pass]: left.length > 0 ? null : mine, disputed: { ...item.disputed, [pass]: disputed } };
}

/** Where an item holds the one text of a kind. */
const TEXT_SLOTS = { recommendation: "recommendation", discussion: "discussion", "agreed-action": "agreed" };

function layText(standing, { body, base, id }, said) {
  if (standing?.ids.includes(id)) return standing;
  const left = standing ? standing.ids.filter((each) => !base.includes(each)) : [];
  if (left.length === 0) return { ...said, text: body.text };
  return { ...said, text: `${standing.text}\n\n${body.text}`, ids: [...left, id] };
}

function layFinding(item, { body, id }, said) {
  const { finding, level, reason, source, seen_on, photos } = body;
  const others = item.findings.filter((each) => each.finding !== finding);
  const same = item.findings.find((each) => each.ids.includes(id));
  if (same) return item;
  return { ...item, findings: [...others, { ...said, finding, level, reason, source, seen_on, photos }] };
}

function layQuestion(item, { body, base, id }, said) {
  const { thread, text, missing, due } = body;
  const held = item.questions.find((each) => each.thread === thread);
  if (held?.ids.includes(id)) return item;
  const fresh = {
    state: "open",
    rejected: false,
    answer: null,
    answered_at: null,
    files: [],
    closing: null,
    closing_ids: [],
    answer_ids: [],
    names: [],
    ...held,
    ...said,
    thread,
    text,
    missing,
    due,
  };
  fresh.names = [...fresh.names.filter((each) => !base.includes(each)), id];
  const questions = held
    ? item.questions.map((each) => (each === held ? fresh : each))
    : [...item.questions, fresh];
  return { ...item, questions };
}

function layClosing(item, { body, id }) {
  const questions = item.questions.map((each) => {
    if (each.thread !== body.thread || each.closing_ids.includes(id)) return each;
    const state = body.closed ? "closed" : "open";
    return { ...each, state, rejected: !body.closed, closing: body.text, closing_ids: [id] };
  });
  return { ...item, questions };
}

function layEvidence(item, { body, id }) {
  const evidence = item.evidence.map((each) =>
    each.file === body.file ? { ...each, state: body.state, text: body.text, ids: [id], fresh: false } : each,
  );
  return { ...item, evidence };
}

/** Of files only that one is taken back: a new one comes by another way, with its bytes. */
function layWithdrawal(item, { body }) {
  return body.withdrawn ? { ...item, evidence: item.evidence.filter((each) => each.file !== body.file) } : item;
}

function layAnswer(item, { body, id, stated_at }) {
  const questions = item.questions.map((each) => {
    if (each.thread !== body.thread || each.answer_ids.includes(id)) return each;
    return { ...each, state: "answered", rejected: false, answer: body.text, answered_at: stated_at, files: body.files, answer_ids: [id] };
  });
  return { ...item, questions };
}

/**
 * @param {Item} item @param {Op} op @param {string} name whose statement it is
 * @returns {Item} the item as the operation leaves it
 */
export function lay(item, op, name) {
  const said = { by: name, at: op.stated_at, draft: op.visible_to === "internal" && op.body.of !== "second", ids: [op.id] };
  const { kind, body } = op;
  if (kind === "level") return body.of === "field" ? layFinding(item, op, said) : layLevel(item, op, said);
  if (kind === "note") {
    const notes = { ...item.notes, [op.visible_to]: layText(item.notes[op.visible_to], op, said) };
    return { ...item, notes };
  }
  const slot = TEXT_SLOTS[kind];
  if (slot) return { ...item, [slot]: layText(item[slot], op, said) };
  if (kind === "question") return layQuestion(item, op, said);
  if (kind === "closing") return layClosing(item, op);
  if (kind === "answer") return layAnswer(item, op);
  if (kind === "evidence") return layWithdrawal(item, op);
  if (kind === "evidence-state") return layEvidence(item, op);
  if (kind === "mismatch-answer" && item.mismatch) {
    return { ...item, mismatch: { ...item.mismatch, answered: true, answer: body.text, ids: [op.id] } };
  }
  return item;
}

/**
 * Which operations a later one replaces: the later one alone is laid. The kernel may have told of
 * it already, before it told that it has the earlier one, which would then seem to stand beside it.
 * @param {Op[]} ops in the order they were stated @returns {Map<string, Op>} by their ids
 */
export function replacedAmong(ops) {
  const byId = new Map(ops.map((op) => [op.id, op]));
  const replaced = new Map();
  for (const { kind, base } of ops) {
    for (const id of base) if (byId.get(id)?.kind === kind) replaced.set(id, byId.get(id));
  }
  return replaced;
}

/** What an operation names, and what those named that are not laid. @returns {string[]} */
export function namedBy(op, replaced) {
  const behind = op.base.flatMap((id) => (replaced.has(id) ? namedBy(replaced.get(id), replaced) : []));
  return [...op.base, ...behind];
}
