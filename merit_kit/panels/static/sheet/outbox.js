import { MOST_IN_BATCH, MOST_OUT, SEND_AGAIN_AFTER, waitFor } from "./protocol.js";
import { createFlights } from "./flights.js";
import { createGone } from "./gone.js";
import { randomHex } from "./ids.js";
import { keptKey, keptOps } from "./kept_ops.js";
import { createPatience } from "./patience.js";
import { createTurns } from "./turns.js";

/**
 * What was stated here and is not yet known to be in the store. Nothing leaves it but by an answer
 * of the kernel, or by the person's own "discard".
 *
 * @typedef {ReturnType<typeof createOutbox>} Outbox
 *
 * @param {{memory: Memory, store: string, person: string, send: (message: Object) => void,
 *   told: () => void, settled: (ops: Op[], results: Result[], position: number) => void,
 *   found: (ops: Op[]) => void, remake: (entry: Entry, base: ?string[]) => ?Op}} given
 *   `told` is called whenever what the outbox shows may have changed, `found` with operations that
 *   came in otherwise than by `add`; `remake` makes one anew on the base given or, where that is
 *   null, on top of what stands now, if that is known.
 */
export function createOutbox({ memory, store, person, send, told, settled, found, remake }) {
  const prefix = `merit/${store}/${person}/`;
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  const gone = createGone(memory, `merit-gone/${store}/${person}/`);
  const turns = createTurns();
  const patience = createPatience(told);
  const flights = createFlights();
  let last = 0;
  let times = 0;
  /** Nothing is sent until the timer says so. */
  let resting = false;
  let againTimer = null;
  let trouble = "";
  let acked = 0;
  let savedAt = null;
  let stopped = false;

  const inOrder = () => [...entries.values()].sort((a, b) => a.n - b.n);
  const isWaiting = (entry) => entry.position === null && entry.refused === null;
  const waits = (id) => entries.has(id) && isWaiting(entries.get(id));
  const refusedOnes = () => inOrder().filter((entry) => entry.refused !== null);

  function keep(entry) {
    const { n, op, refused } = entry;
    memory.set(entry.key, refused === null ? { n, op } : { n, op, refused });
  }

  function put(assessment, op) {
    // From the clock, so that two pages of one person count on, not against, each other.
    last = Math.max(last + 1, Date.now());
    const entry = { key: keptKey(prefix, assessment, op.id), n: last, assessment, op, refused: null, sent: false, position: null };
    entries.set(op.id, entry);
    keep(entry);
  }

  /** Send what waits. While all goes well the next need not wait for the answer to the last. */
  function pump() {
    const most = times === 0 && trouble === "" ? MOST_OUT : 1;
    if (stopped || resting || flights.size >= most) return;
    const waiting = inOrder().filter((entry) => isWaiting(entry) && !flights.holds(entry.op.id));
    if (waiting.length === 0) return;
    const assessment = turns.next(waiting);
    const ops = waiting.filter((entry) => entry.assessment === assessment).slice(0, MOST_IN_BATCH);
    for (const entry of ops) entry.sent = true;
    const batch = randomHex();
    flights.add(batch, { assessment, ids: ops.map((entry) => entry.op.id) });
    patience.listen();
    againTimer ??= setTimeout(sendAgain, waitFor(times));
    try {
      send({ do: "record", batch, assessment, ops: ops.map((entry) => entry.op) });
    } catch {
      // A closed channel throws. It is as good as no answer: the timer sends again.
    }
  }

  /** Send on; what is still out has its time from now, as the kernel was heard. */
  function goOn() {
    clearTimeout(againTimer);
    againTimer = null;
    resting = false;
    if (flights.size > 0) {
      patience.listen();
      againTimer = setTimeout(sendAgain, waitFor(times));
    }
    pump();
  }

  function sendAnew() {
    flights.giveUp();
    goOn();
  }

  function sendAgain() {
    times += 1;
    for (const assessment of flights.giveUp()) turns.failed(assessment);
    goOn();
  }

  function heard() {
    patience.heard();
    times = 0;
  }

  /** Put an operation in the place of another. */
  function replace(entry, op) {
    gone.set(entry.op.id, [op.id]);
    discard(entry.op.id);
    put(entry.assessment, op);
  }

  /**
   * State anew what names a refused statement: the click itself is sound. In the order in which it
   * was stated, and only what the kernel cannot hold: it was refused, or never sent. It names what
   * the refused one named, and nothing that came since: that was not seen.
   * @param {Set<Entry>} refused those of this answer
   */
  function mend(refused) {
    for (const entry of inOrder()) {
      const free = refused.has(entry) || (isWaiting(entry) && !entry.sent);
      if (!free || !entry.op.base.some((id) => gone.has(id))) continue;
      replace(entry, remake(entry, [...new Set(entry.op.base.flatMap(gone.standIns))]));
    }
  }

  function discard(id) {
    if (entries.has(id)) memory.remove(entries.get(id).key);
    entries.delete(id);
  }

  function recorded({ batch, position, results }) {
    heard();
    trouble = "";
    const flight = flights.land(batch);
    if (flight) turns.went(flight.assessment);
    const ops = [];
    const refused = new Set();
    for (const { id, state, why } of results) {
      const entry = entries.get(id);
      if (!entry || entry.position !== null) continue;
      // It overtook what it names, which was lost on the way: both are sent again, in their order.
      // Or this answer is late, and it was sent again since: the answer to that one counts.
      if (state === "refused" && (entry.op.base.some(waits) || flights.holds(id))) continue;
      ops.push(entry.op);
      if (state === "refused") {
        entry.refused = why || "";
        keep(entry);
        gone.set(id, entry.op.base);
        refused.add(entry);
      } else {
        entry.refused = null;
        gone.back(id);
        entry.position = position;
        memory.remove(entry.key);
        acked += 1;
        savedAt = new Date();
      }
    }
    if (refused.size > 0) mend(refused);
    flights.dropSettled(waits);
    settled(ops, results, position);
    // What was left without a result waits for the timer; sending it at once would go round for ever.
    resting = flight !== null && flight.ids.some(waits);
    if (!resting) goOn();
    told();
  }

  /** Take over what lies in the browser, of all assessments, but what another page just put there. */
  function load(least = 0) {
    const ops = [];
    const there = keptOps(memory, prefix);
    if (there.length === 0) gone.forget();
    for (const kept of there) {
      const { n, op } = kept;
      const age = Date.now() - n;
      // What seems to come from the future is not new: the clock was set back.
      if (entries.has(op.id) || (age >= 0 && age < least)) continue;
      entries.set(op.id, { ...kept, sent: true, position: null });
      last = Math.max(last, n);
      ops.push(op);
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
    failed({ batch, why }) {
      heard();
      const flight = flights.land(batch);
      if (inOrder().some(isWaiting)) trouble = why;
      if (flight) {
        turns.failed(flight.assessment);
        // Another one has its turn at once; the same waits.
        resting = turns.isBack(turns.next(inOrder().filter(isWaiting)));
        if (!resting) goOn();
      }
      told();
    },
    /** Something else was asked of the kernel, and its answer is awaited. */
    listen: patience.listen,
    heard() {
      const inVain = times > 0;
      heard();
      trouble = "";
      if (inVain) sendAnew();
      told();
    },
    /** What is to be laid over the items of a view, in the order it was stated. */
    over: (assessment) => inOrder().filter((e) => e.assessment === assessment && e.refused === null),
    refused: refusedOnes,
    /** State a refused one anew. @param {string} id */
    retry(id) {
      const entry = entries.get(id);
      const op = entry && remake(entry, null);
      if (!op) return;
      replace(entry, op);
      found([op]);
      pump();
      told();
    },
    discard(id) {
      discard(id);
      told();
    },
    /**
     * Let go of what the items read since hold.
     * @param {string} assessment @param {(op: Op) => number} known up to which position its item is
     * @returns {Op[]} those that went
     */
    settle(assessment, known) {
      const ops = inOrder().filter((e) => e.assessment === assessment && e.position !== null).map((e) => e.op);
      const over = ops.filter((op) => entries.get(op.id).position <= known(op));
      for (const { id } of over) entries.delete(id);
      return over;
    },
    summary: () => ({
      waiting: inOrder().filter(isWaiting).length,
      refused: refusedOnes().length,
      late: patience.isLate(),
      trouble,
      acked,
      savedAt,
    }),
    stop() {
      stopped = true;
      clearTimeout(againTimer);
      patience.heard();
      clearInterval(rescan);
    },
  };
}
