import { MOST_IN_BATCH, SEND_AGAIN_AFTER, TELL_AFTER } from "./protocol.js";
import { randomHex } from "./dom.js";

/**
 * What was stated here and is not yet known to be in the store. Nothing leaves it but by an answer
 * of the kernel, or by the person's own "discard".
 *
 * @typedef {{key: string, n: number, assessment: string, op: Op, refused: ?string, sent: boolean,
 *   position: ?number}} Entry
 *   `position` is null until the kernel has acknowledged it; `refused` says why it would not.
 * @typedef {ReturnType<typeof createOutbox>} Outbox
 *
 * @param {{memory: Memory, store: string, person: string, send: (message: Object) => void,
 *   told: () => void, settled: (ops: Op[], results: Result[], position: number) => void,
 *   found: (ops: Op[]) => void, remake: (entry: Entry) => ?Op}} given
 *   `told` is called whenever what the outbox shows may have changed, `found` with what another page
 *   or an earlier view left in the browser; `remake` states a refused
 *   operation anew on top of what stands now, or gives null where it cannot know.
 */
export function createOutbox({ memory, store, person, send, told, settled, found, remake }) {
  const prefix = `merit/${store}/${person}/`;
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  const gone = new Set();
  let last = 0;
  let flight = null;
  let againTimer = null;
  let tellTimer = null;
  let askedSince = null;
  let trouble = "";
  let acked = 0;
  let savedAt = null;
  let stopped = false;

  const inOrder = () => [...entries.values()].sort((a, b) => a.n - b.n);
  const isWaiting = (entry) => entry.position === null && entry.refused === null;
  const refusedOnes = () => inOrder().filter((entry) => entry.refused !== null);

  function keep(entry) {
    const { n, op, refused } = entry;
    memory.set(entry.key, refused === null ? { n, op } : { n, op, refused });
  }

  function put(assessment, op) {
    // From the clock, so that two pages of one person count on, not against, each other.
    last = Math.max(last + 1, Date.now());
    const key = `${prefix}${assessment}/${op.id}`;
    const entry = { key, n: last, assessment, op, refused: null, sent: false, position: null };
    entries.set(op.id, entry);
    keep(entry);
    return entry;
  }

  /** Send what waits, unless an answer is still awaited. */
  function pump() {
    if (flight || stopped || againTimer !== null) return;
    const waiting = inOrder().filter(isWaiting);
    if (waiting.length === 0) return;
    const assessment = waiting[0].assessment;
    const batch = waiting.filter((entry) => entry.assessment === assessment).slice(0, MOST_IN_BATCH);
    for (const entry of batch) entry.sent = true;
    flight = { batch: randomHex(), ids: batch.map((entry) => entry.op.id) };
    listen();
    againTimer = setTimeout(sendAgain, SEND_AGAIN_AFTER);
    try {
      send({ do: "record", batch: flight.batch, assessment, ops: batch.map((entry) => entry.op) });
    } catch {
      // A closed channel throws. It is as good as no answer: the timer sends again.
    }
  }

  function sendAgain() {
    againTimer = null;
    flight = null;
    pump();
  }

  /** Note that an answer is awaited from now on, if none was before. */
  function listen() {
    if (askedSince !== null) return;
    askedSince = Date.now();
    tellTimer = setTimeout(told, TELL_AFTER);
  }

  function heard() {
    clearTimeout(tellTimer);
    askedSince = null;
  }

  /**
   * State anew what names a refused statement: the click itself is sound. In the order in which it
   * was stated, and only what the kernel cannot hold: it was refused, or never sent.
   * @param {Set<Entry>} refused those of this answer
   */
  function mend(refused) {
    const broken = inOrder().filter((entry) => {
      const free = refused.has(entry) || (isWaiting(entry) && !entry.sent);
      if (!free || !entry.op.base.some((id) => gone.has(id))) return false;
      gone.add(entry.op.id);
      return true;
    });
    // Out of what is shown first: none of them may name one that is about to go.
    const whys = broken.map((entry) => entry.refused);
    for (const entry of broken) entry.refused ??= "";
    broken.forEach((entry, at) => {
      const op = remake(entry);
      if (op === null) entry.refused = whys[at];
      else {
        discard(entry.op.id);
        put(entry.assessment, op);
      }
    });
  }

  function discard(id) {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    memory.remove(entry.key);
  }

  function recorded({ batch, position, results }) {
    heard();
    trouble = "";
    const ops = [];
    const refused = new Set();
    for (const { id, state, why } of results) {
      const entry = entries.get(id);
      if (!entry || entry.position !== null) continue;
      ops.push(entry.op);
      if (state === "refused") {
        entry.refused = why || "";
        keep(entry);
        gone.add(id);
        refused.add(entry);
      } else {
        entry.refused = null;
        entry.position = position;
        memory.remove(entry.key);
        acked += 1;
        savedAt = new Date();
      }
    }
    if (refused.size > 0) mend(refused);
    const open = flight && flight.ids.some((id) => entries.has(id) && isWaiting(entries.get(id)));
    // An operation the kernel left without a result waits for the timer; sending at once would
    // go round for ever.
    if (flight && (flight.batch === batch || !open)) {
      flight = null;
      if (!open) {
        clearTimeout(againTimer);
        againTimer = null;
      }
    }
    settled(ops, results, position);
    pump();
    told();
  }

  /** Take over what lies in the browser, of all assessments, for at least so many milliseconds. */
  function load(least = 0) {
    const ops = [];
    for (const key of memory.keys(prefix)) {
      const kept = memory.get(key);
      if (!kept || !kept.op || entries.has(kept.op.id) || Date.now() - kept.n < least) continue;
      const assessment = key.slice(prefix.length, key.lastIndexOf("/"));
      const refused = kept.refused ?? null;
      if (refused !== null) gone.add(kept.op.id);
      entries.set(kept.op.id, { key, n: kept.n, assessment, op: kept.op, refused, sent: true, position: null });
      last = Math.max(last, kept.n);
      ops.push(kept.op);
    }
    if (ops.length === 0) return;
    found(ops);
    pump();
    told();
  }

  // A view that is being closed may leave a last text after this one has looked.
  const rescan = setInterval(load, SEND_AGAIN_AFTER, SEND_AGAIN_AFTER);

  return {
    load,
    /** @param {string} assessment @param {Op} op */
    add(assessment, op) {
      put(assessment, op);
      pump();
      told();
    },
    recorded,
    /** The store could not be written now: keep everything, say why, try again later. */
    failed({ why }) {
      heard();
      trouble = why;
      told();
    },
    /** Something else was asked of the kernel, and its answer is awaited. */
    listen,
    heard() {
      heard();
      trouble = "";
      told();
    },
    /** What is to be laid over the items of a view, in the order it was stated. */
    over: (assessment) => inOrder().filter((e) => e.assessment === assessment && e.refused === null),
    refused: refusedOnes,
    /** State a refused one anew. @param {string} id */
    retry(id) {
      const entry = entries.get(id);
      const op = entry && remake(entry);
      if (!op) return false;
      discard(id);
      put(entry.assessment, op);
      pump();
      told();
      return true;
    },
    discard(id) {
      discard(id);
      told();
    },
    /** A view has come that holds everything up to `position`. */
    settle(assessment, position) {
      for (const [id, entry] of entries) {
        const known = entry.position !== null && entry.position <= position;
        if (known && entry.assessment === assessment) entries.delete(id);
      }
    },
    summary: () => ({
      waiting: inOrder().filter(isWaiting).length,
      refused: refusedOnes().length,
      late: askedSince !== null && Date.now() - askedSince >= TELL_AFTER - 50,
      trouble,
      acked,
      savedAt,
    }),
    stop() {
      stopped = true;
      clearTimeout(againTimer);
      clearTimeout(tellTimer);
      clearInterval(rescan);
    },
  };
}
