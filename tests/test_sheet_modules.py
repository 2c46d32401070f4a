"""The panel's own modules, without a kernel: what is laid over what, and what is never let go.

Each runs in a blank page of the browser that the panel is tested in, so that nothing else is
needed; the hours pass by Playwright's clock. With a kernel, and while real lines break, the same
is in ``test_panel_never_lost.py``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from merit_kit.i18n import catalogue, isolated
from merit_kit.panels._static import STATIC

pytestmark = pytest.mark.browser

SERVED = "http://panel.test/"
NOON = "2026-03-02T12:00:00Z"

# An operation is called by its id, and one that is made anew by the same with a stroke.
BENCH = """
import { createMemory } from "./memory.js";
import { createOutbox } from "./outbox.js";
import { createState } from "./state.js";
import { createTurns } from "./turns.js";
import { createUndo } from "./undo.js";
import { derivedHex } from "./ids.js";
import { lay, namedBy, replacedAmong, standingIds } from "./overlay.js";
import { FILTERS, signsOf } from "./signs.js";
import { openHelp } from "./help.js";
import { createActions } from "./actions.js";
import { createConflicts } from "./conflicts.js";
import { createUpload } from "./upload.js";

const memory = createMemory(() => localStorage);
const session = createMemory(() => sessionStorage);
const sent = [], settled = [], found = [];

const op = (id, { base = [], level = 1, code = "1.1" } = {}) => ({
  id, base, kind: "level", visible_to: "agency", room: null, stated_at: "2026-03-02T12:00:00.000Z",
  body: { sub_aspect: code, of: "verified", pass: "awal", level, reason: "" },
});
const stated = (id, kind, body, base = []) => ({
  id, base, kind, body: { sub_aspect: "1.1", ...body }, visible_to: "agency", room: null,
  stated_at: "2026-03-02T12:00:00.000Z",
});
const stood = (...levels) => levels.map(([id, level]) =>
  ({ level, reason: "", by: "Budi", at: "", draft: false, ids: [id] }));
const item = (...levels) => ({
  self: null, awal: levels.length === 1 ? stood(...levels)[0] : null, akhir: null,
  disputed: { self: [], awal: levels.length > 1 ? stood(...levels) : [], akhir: [] },
  notes: { agency: null, internal: null }, recommendation: null, questions: [], findings: [],
  mismatch: null, evidence: [],
});
const view = (position, items) => ({ assessment: "A", position, pass: "awal", may: {}, items });
const levels = ({ awal, disputed }) => awal ? awal.level : disputed.awal.map(({ level }) => level);

function open(line = "open") {
  const box = createOutbox({
    memory, store: "s", person: "p", told() {},
    send(message) {
      sent.push([message.assessment, ...message.ops.map(({ id }) => id)]);
      window.last = message.batch;
      (window.batches ??= []).push(message.batch);
      if (line === "closed") throw new Error("closed");
    },
    settled: (ops) => settled.push(...ops.map(({ id }) => id)),
    found: (ops) => found.push(...ops.map(({ id }) => id)),
    remake: ({ op: old }, base) => ({ ...old, id: `${old.id}'`, base: base ?? ["now"] }),
  });
  Object.assign(window, { box });
  return box;
}

/** Somebody at a sheet on which the agency holds itself to be at level 3. */
function sitting(awal, how = { mode: "room", covered: false }) {
  const box = open();
  const state = createState({ assessment: "A", steps: [0, 1, 2, 3, 4] }, "Ani", box, () => {});
  const self = { ...stood(["s", 3])[0], reason: "" };
  const read = item(...awal);
  if (how.draft) Object.assign(read.awal, { draft: true, reason: "RAHASIA" });
  state.take(view(1, { "1.1": { ...read, self } }));
  const notes = [], ops = () => box.over("A").map(({ op }) => op);
  const drafts = { text: () => how.typed ?? null, isOpen: () => false, forget() {}, follow() {} };
  const act = createActions({
    state, outbox: box, undo: createUndo(session, "u"), drafts: () => drafts, room: null,
    mode: () => how.mode, covered: () => how.covered, note: (text) => notes.push(text),
    words: { say: (key) => key },
  });
  return { act, notes, ops };
}

const shown = (box) => {
  const state = createState({ assessment: "A" }, "Ani", box, () => {});
  Object.assign(window, { state });
};

/** What the kernel answers to the last message, or to another one. */
const result = ([id, state]) => ({ id, state, why: `no ${id}`, conflicts: [] });
const answer = (results, { batch = window.last, position = 1 } = {}) =>
  box.recorded({ batch, position, results: Object.entries(results).map(result) });

Object.assign(window, { memory, session, sent, settled, found, op, item, view, levels, open, shown,
  answer, stated, lay, namedBy, replacedAmong, standingIds, FILTERS, signsOf, createTurns,
  createUndo, createMemory, derivedHex, openHelp, sitting, stood, createConflicts,
  createUpload });
window.ready = true;
"""


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def a_page(context: BrowserContext) -> Page:
    """A blank page with the modules in it; nothing is awaited but what a test lets pass."""

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(SERVED)
        if name == "bench.js":
            route.fulfill(body=BENCH, content_type="text/javascript")
        elif name.endswith(".js"):
            route.fulfill(path=STATIC / "sheet" / name, content_type="text/javascript")
        else:
            page_with_bench = '<script type="module" src="bench.js"></script>'
            route.fulfill(body=page_with_bench, content_type="text/html")

    page = context.new_page()
    page.route(f"{SERVED}**", serve)
    page.goto(SERVED)
    page.wait_for_function("window.ready")
    return page


@pytest.fixture
def context(chromium) -> Iterator[BrowserContext]:
    made = chromium.new_context()
    made.clock.install(time=NOON)
    # From now on time passes where a test says so.
    made.clock.pause_at(NOON)
    yield made
    made.close()


@pytest.fixture
def page(context) -> Page:
    return a_page(context)


def do(page: Page, script: str) -> Any:
    """What a script comes to, with all of the bench in reach."""
    return page.evaluate(f"() => {{ {script} }}")


def kept(page: Page) -> list[str]:
    """The operations that the browser keeps, in the order in which they were stated."""
    rows = do(page, 'return memory.keys("merit/").map((key) => memory.get(key))')
    return [row["op"]["id"] for row in sorted(rows, key=lambda row: row["n"])]


# What is laid over what


def test_a_level_that_names_the_one_that_stands_takes_its_place(page):
    laid = do(page, 'return levels(lay(item(["a", 2]), op("b", { base: ["a"], level: 4 }), "Ani"))')
    assert laid == 4


def test_a_level_that_does_not_name_what_somebody_stated_meanwhile_stands_beside_it(page):
    laid = do(page, 'return levels(lay(item(["a", 2]), op("b", { level: 4 }), "Ani"))')
    assert laid == [2, 4]


def test_a_level_that_names_both_settles_the_conflict(page):
    both = 'item(["a", 2], ["b", 4])'
    assert do(page, f'return levels(lay({both}, op("c", {{ base: ["a", "b"], level: 3 }})))') == 3
    assert do(page, f'return levels(lay({both}, op("c", {{ base: ["a"], level: 3 }})))') == [4, 3]


def test_an_operation_that_the_item_holds_already_changes_nothing(page):
    assert do(page, 'return levels(lay(item(["a", 2]), op("a", { level: 2 })))') == 2


def test_an_item_handed_in_is_never_changed(page):
    before, after = do(
        page,
        """const given = item(["a", 2]); const before = JSON.stringify(given);
           lay(given, op("b", { base: ["a"], level: 4 }), "Ani");
           return [before, JSON.stringify(given)];""",
    )
    assert before == after


def test_of_operations_that_replace_each_other_only_the_last_is_laid_and_names_all(page):
    replaced, named = do(
        page,
        """const ops = [op("a"), op("b", { base: ["a"] }), op("c", { base: ["b"] }), op("x")];
           const replaced = replacedAmong(ops);
           return [[...replaced.keys()].sort(), namedBy(ops[2], replaced)];""",
    )
    assert (replaced, named) == (["a", "b"], ["b", "a"])


# What is laid on the agency's own sheet, and of what is said in the room

ASKED = """const asked = { ...item(), questions: [{ thread: "t", state: "open", rejected: true,
  answer: null, answered_at: null, files: [], closing: "Kurang", ids: ["q"], names: ["q"],
  answer_ids: [], closing_ids: ["c"] }, { thread: "u", state: "open", answer: null, ids: ["r"],
  names: ["r"], answer_ids: [], closing_ids: [] }] };"""
GIVEN = """const given = { ...item(), evidence: [
  { file: "f", name: "sk.pdf", given: ["e"], ids: ["s"], state: "kurang", text: "" },
  { file: "g", name: "sop.pdf", given: ["h"], ids: [], state: "belum-diperiksa", text: "" }] };"""


def test_a_level_of_the_agency_is_laid_on_its_own_and_leaves_the_verified_one(page):
    laid = do(
        page,
        """const own = { of: "self", pass: null, level: 3, reason: "Ada SK" };
           const after = lay(item(["a", 2]), stated("b", "level", own), "Ani");
           return [after.self.level, after.self.reason, after.self.by, after.awal.level];""",
    )
    assert laid == [3, "Ada SK", "Ani", 2]


def test_a_level_of_the_agency_takes_the_place_of_the_one_it_names_and_of_no_other(page):
    levels = do(
        page,
        """const own = (id, level, base) => stated(id, "level",
             { of: "self", pass: null, level, reason: "" }, base);
           const one = lay(item(), own("a", 1));
           const [named, beside] = [lay(one, own("b", 2, ["a"])), lay(one, own("b", 2))];
           return [named.self.level, named.disputed.self.length, beside.self,
                   beside.disputed.self.map(({ level }) => level)];""",
    )
    assert levels == [2, 0, None, [1, 2]]


def test_an_answer_is_shown_at_its_question_alone_and_is_no_longer_returned(page):
    laid = do(
        page,
        f"""{ASKED}
           const body = {{ thread: "t", text: "Terlampir", files: ["x"] }};
           const [one, other] = lay(asked, stated("b", "answer", body)).questions;
           return [one.state, one.rejected, one.answer, one.files, one.answered_at,
                   other.state];""",
    )
    assert laid == ["answered", False, "Terlampir", ["x"], "2026-03-02T12:00:00.000Z", "open"]


def test_an_answer_names_the_question_what_was_returned_and_the_answer_before_it(page):
    named = do(
        page,
        f"""{ASKED} asked.questions[0].answer_ids = ["a"];
           return standingIds("answer", {{ thread: "t" }}, "agency", asked);""",
    )
    assert named == ["q", "c", "a"]


def test_an_answer_that_the_item_holds_already_changes_nothing(page):
    laid = do(
        page,
        f"""{ASKED} Object.assign(asked.questions[0], {{ answer_ids: ["b"], state: "closed" }});
           const body = {{ thread: "t", text: "Terlampir", files: [] }};
           return lay(asked, stated("b", "answer", body)).questions[0].state;""",
    )
    assert laid == "closed"


def test_a_file_that_is_withdrawn_goes_and_the_others_stay(page):
    left, named = do(
        page,
        f"""{GIVEN}
           const body = {{ file: "f", withdrawn: true }};
           return [lay(given, stated("b", "evidence", body)).evidence.map(({{ file }}) => file),
                   standingIds("evidence", body, "agency", given)];""",
    )
    assert (left, named) == (["g"], ["e"])


@pytest.mark.parametrize(
    ("kind", "slot"), [("discussion", "discussion"), ("agreed-action", "agreed")]
)
def test_what_is_said_and_agreed_in_the_room_is_one_text_until_two_state_it(page, kind, slot):
    texts = do(
        page,
        f"""const say = (id, text, base) => stated(id, "{kind}", {{ thread: null, text }}, base);
           const one = lay(item(), say("a", "SK disusun"), "Eko");
           return [one, lay(one, say("b", "SK ada", ["a"])), lay(one, say("b", "SK ada"))]
             .map((each) => each.{slot}.text);""",
    )
    assert texts == ["SK disusun", "SK ada", "SK disusun\n\nSK ada"]


def test_what_came_since_an_item_was_scored_is_among_the_open_ones(page):
    """In the room the open ones alone are shown: a mark on another one would not be seen."""
    kept = do(
        page,
        f"""{GIVEN} const own = item(["a", 2]).awal;
           const scored = (fresh) => ({{ ...given, self: own, awal: own,
             evidence: [{{ ...given.evidence[1], fresh }}] }});
           const open = (fresh) => FILTERS.open(signsOf(scored(fresh), "awal"), "room");
           return [open(true), open(false)];""",
    )
    assert kept == [True, False]


# What the panel shows


def test_a_click_is_shown_pending_then_held_until_the_items_read_since_hold_it(page):
    do(page, 'shown(open()); state.take(view(5, { "1.1": item(["a", 2]) }))')
    look = 'return [levels(state.item("1.1")), state.isPending("1.1")]'

    do(page, 'box.add("A", op("b", { base: ["a"], level: 4 })); state.touch([])')
    assert do(page, look) == [4, True]

    do(page, 'answer({ b: "stored" }, { position: 6 }); state.touch([])')
    assert do(page, look) == [4, False]

    do(page, 'state.take(view(6, { "1.1": item(["c", 3]) }), 5)')
    assert do(page, look) == [3, False]


def test_an_answer_that_was_overtaken_by_a_later_push_sets_nothing_back(page):
    do(page, 'shown(open()); state.take(view(5, { "1.1": item(["a", 2]) }))')
    do(page, 'state.take(view(7, { "1.1": item(["b", 4]) }), 5)')
    do(page, 'state.take(view(6, { "1.1": item(["a", 2]) }))')

    assert do(page, 'return levels(state.item("1.1"))') == 4


def test_a_push_after_one_that_did_not_come_asks_for_the_whole(page):
    do(page, 'shown(open()); state.take(view(5, { "1.1": item() }))')

    assert do(page, 'return state.take(view(6, { "1.1": item() }), 5)') is True
    assert do(page, 'return state.take(view(9, { "1.1": item() }), 8)') is False


# Whose turn it is, and what can be undone


def test_an_assessment_that_fails_lets_the_others_go_first_until_it_went_again(page):
    script = """const turns = createTurns();
        const waiting = ["A", "B"].map((assessment) => ({ assessment }));
        const said = [turns.next(waiting)];
        turns.failed("A"); said.push(turns.next(waiting));
        turns.failed("B"); said.push(turns.next(waiting));
        turns.went("B"); said.push(turns.next(waiting));
        return said;"""
    assert do(page, script) == ["A", "B", "A", "B"]


def test_undo_knows_its_steps_over_a_reload_and_goes_on_from_what_was_made_anew(page):
    do(page, 'createUndo(session, "u").push({ what: "level", op: "a", base: [] })')
    page.reload()
    page.wait_for_function("window.ready")
    do(page, 'createUndo(session, "u").goOnFrom(["a"], "a2")')

    assert do(page, 'return createUndo(session, "u").last().op') == "a2"
    assert do(page, 'const u = createUndo(session, "u"); u.pop(); return [u.size, u.last()]') == [
        0,
        None,
    ]


# What was stated and is not yet in the store


def test_what_is_stated_is_kept_before_it_is_sent_and_goes_when_it_is_in_the_store(page):
    do(page, 'open(); box.add("A", op("a"))')
    assert (kept(page), do(page, "return sent")) == (["a"], [["A", "a"]])
    assert do(page, "return box.summary().waiting") == 1

    do(page, 'answer({ a: "stored" })')
    assert (kept(page), do(page, "return settled")) == ([], ["a"])
    assert do(page, "return [box.summary().waiting, box.summary().acked]") == [0, 1]


def test_what_gets_no_answer_is_sent_again_later_and_later_and_never_let_go(page):
    do(page, 'open(); box.add("A", op("a"))')
    counts = []
    for seconds in (3, 1, 8, 16, 30):
        page.clock.run_for(seconds * 1000)
        counts.append(do(page, "return sent.length"))

    assert counts == [1, 2, 3, 4, 5]
    assert kept(page) == ["a"]
    assert do(page, "return box.summary().late") is True
    assert {json.dumps(each) for each in do(page, "return sent")} == {'["A", "a"]'}


def test_an_answer_to_the_first_sending_settles_what_was_sent_again(page):
    do(page, 'open(); box.add("A", op("a")); window.first = window.last')
    page.clock.run_for(4000)
    do(page, 'answer({ a: "stored" }, { batch: first })')
    do(page, 'answer({ a: "already" })')

    assert (kept(page), do(page, "return settled")) == ([], ["a"])
    page.clock.run_for(60_000)
    assert do(page, "return sent.length") == 2


def test_a_line_that_is_closed_under_the_hand_loses_nothing(page):
    do(page, 'open("closed"); box.add("A", op("a")); box.add("A", op("b"))')
    page.clock.run_for(4000)

    assert kept(page) == ["a", "b"]
    assert do(page, "return sent.at(-1)") == ["A", "a", "b"]


def test_a_store_that_cannot_be_written_is_told_of_and_tried_again(page):
    do(page, 'open(); box.add("A", op("a")); box.failed({ batch: last, why: "full" })')
    assert (kept(page), do(page, "return box.summary().trouble")) == (["a"], "full")

    page.clock.run_for(4000)
    assert do(page, "return sent.length") == 2
    do(page, 'answer({ a: "stored" })')
    assert (kept(page), do(page, "return box.summary().trouble")) == ([], "")


def test_one_that_was_refused_is_kept_with_its_reason_until_somebody_decides(page):
    do(page, 'open(); box.add("A", op("a")); answer({ a: "refused" })')
    page.clock.run_for(60_000)
    assert (kept(page), do(page, "return sent.length")) == (["a"], 1)
    assert do(page, "return box.refused().map(({ refused }) => refused)") == ["no a"]

    do(page, 'box.discard("a")')
    assert kept(page) == []


def test_one_that_was_refused_is_stated_anew_on_what_stands_now(page):
    do(page, 'open(); box.add("A", op("a", { base: ["old"] })); answer({ a: "refused" })')
    do(page, 'box.retry("a")')

    assert (kept(page), do(page, "return sent.at(-1)")) == (["a'"], ["A", "a'"])
    assert do(page, 'return box.over("A")[0].op.base') == ["now"]


def test_what_names_a_refused_one_is_stated_anew_on_what_that_one_named(page):
    do(
        page,
        'open(); box.add("A", op("a", { base: ["old"] })); box.add("A", op("b", { base: ["a"] }))',
    )
    do(page, 'answer({ a: "refused" }, { batch: batches[0] })')
    do(page, 'answer({ b: "refused" }, { batch: batches[1] })')

    # The second click is sound: only what it names is missing.
    assert kept(page) == ["a", "b'"]
    assert do(page, 'return box.over("A").map(({ op }) => [op.id, op.base])') == [["b'", ["old"]]]
    assert do(page, "return box.refused().map(({ op }) => op.id)") == ["a"]


def test_what_names_a_refused_one_is_sound_also_after_a_reload(page):
    do(page, 'open(); box.add("A", op("a")); box.add("A", op("b", { base: ["a"] }))')
    do(page, 'answer({ a: "refused" }, { batch: batches[0] }); box.retry("a")')
    page.reload()
    page.wait_for_function("window.ready")
    do(page, "open().load()")
    do(page, """answer({ "a'": "stored", b: "refused" })""")

    over = """return box.over("A").filter(({ position }) => position === null)
        .map(({ op }) => [op.id, op.base])"""
    assert do(page, over) == [["b'", ["a'"]]]
    assert do(page, "return box.refused().length") == 0

    do(page, """answer({ "b'": "stored" })""")
    page.clock.run_for(4000)
    assert do(page, "return Object.keys(localStorage)") == []


def test_a_late_refusal_of_what_was_sent_again_since_and_accepted_counts_for_nothing(page):
    do(page, 'open(); box.add("A", op("a"))')
    page.clock.run_for(4000)  # no answer: it is sent again
    do(page, 'answer({ a: "refused" }, { batch: batches[0] })')
    do(page, 'answer({ a: "stored" }, { batch: batches[1] })')

    assert (kept(page), do(page, "return box.refused().length")) == ([], 0)


def test_what_overtook_the_one_it_names_is_sent_again_after_it(page):
    do(page, 'open(); box.add("A", op("a")); box.add("A", op("b", { base: ["a"] }))')
    do(page, 'answer({ b: "refused" }, { batch: batches[1] })')  # the first one was lost
    page.clock.run_for(9000)

    assert do(page, "return sent.at(-1)") == ["A", "a", "b"]
    do(page, 'answer({ a: "stored", b: "stored" })')
    assert (kept(page), do(page, "return box.refused().length")) == ([], 0)


def test_a_click_while_others_are_out_comes_after_them(page):
    do(page, 'open(); for (const id of ["a", "b", "c", "d"]) box.add("A", op(id))')
    page.clock.run_for(4000)
    ids = [each for message in do(page, "return sent") for each in message[1:]]

    # Each for the first time in the order of the clicks.
    assert list(dict.fromkeys(ids)) == ["a", "b", "c", "d"]
    assert kept(page) == ["a", "b", "c", "d"]


def test_a_page_that_is_loaded_again_sends_what_the_last_one_left(page):
    do(page, 'open(); box.add("A", op("a")); box.add("B", op("b"))')
    page.reload()
    page.wait_for_function("window.ready")
    do(page, "open().load()")

    assert do(page, "return found.sort()") == ["a", "b"]
    do(page, 'answer({ a: "already" }); answer({ b: "stored" })')
    assert kept(page) == []


def test_of_two_tabs_one_takes_over_what_the_other_left_but_not_what_it_has_just_put(context, page):
    other = a_page(context)
    do(other, "open()")
    context.clock.run_for(3000)
    do(page, 'open(); box.add("A", op("a"))')
    context.clock.run_for(2000)  # the other one looks at 4 s, and at 8 s
    assert do(other, "return found") == []

    context.clock.run_for(4000)
    assert (do(other, "return found"), do(other, "return sent[0]")) == (["a"], ["A", "a"])
    do(other, 'answer({ a: "stored" })')
    until(lambda: kept(page) == [])  # the storage of another page is seen a little later
    # The first one, which did not hear of it, is told by its own answer.
    context.clock.run_for(30_000)
    do(page, 'answer({ a: "already" })')
    assert do(page, "return [box.summary().waiting, settled]") == [0, ["a"]]


def test_a_clock_that_was_set_back_holds_nothing_up_and_keeps_the_order(context, page):
    do(page, 'open(); box.add("A", op("a"))')
    page.close()
    later = a_page(context)
    later.clock.set_system_time("2026-03-02T09:00:00Z")
    do(later, 'open(); box.load(4000); box.add("A", op("b"))')

    assert do(later, "return found") == ["a"]
    assert kept(later) == ["a", "b"]
    assert do(later, 'return box.over("A").map(({ op }) => op.id)') == ["a", "b"]


def test_a_browser_that_keeps_nothing_sends_all_the_same_and_says_so(page):
    do(page, 'Storage.prototype.setItem = () => { throw new Error("full"); }')
    do(page, 'open(); box.add("A", op("a"))')

    assert do(page, "return [sent, memory.works]") == [[["A", "a"]], False]
    do(page, 'answer({ a: "stored" })')
    assert do(page, "return memory.works") is True


def test_two_pages_make_the_same_id_of_the_same_thing_and_another_of_another(page):
    one, same, other = do(page, 'return ["ab", "ab", "ba"].map(derivedHex)')
    assert one == same != other
    assert len(one) == 32


# What is told where something fails

PANEL = """async (words) => {
  const { default: panel } = await import("/index.js");
  const given = {
    user: { store: "s", person: "p", name: "Ani", lang: "id", words },
    places: [{ assessment: "A", agency: "kota-a", agency_name: "Kota A", round: "1", mine: true }],
    sheet: {}, view: {}, feed_id: "f",
  };
  let hear;
  const model = {
    get: (name) => given[name],
    on: (_, heard) => (hear = heard),
    send: (message) => (window.asked = message),
    widget_manager: { get_model: async () => ({ on() {} }) },
  };
  window.places = given.places;
  window.kernel = (answer) => hear({ page: asked.page, batch: null, ...answer });
  await panel.render({ model, el: document.body });
}"""


@pytest.fixture
def panel(page) -> Page:
    """The panel on a kernel that is played by the test; it has asked for what there is."""
    words = {key.removeprefix("panel."): said for key, said in catalogue("id").items()}
    page.evaluate(PANEL, words)
    return page


def test_an_assessment_that_cannot_be_opened_is_named_where_it_was_chosen(panel):
    do(panel, 'kernel({ is: "welcome", places, sheet: {}, view: {} })')
    panel.get_by_role("button", name="Kota A").click()
    assert do(panel, "return [asked.do, asked.assessment]") == ["open", "A"]
    do(panel, 'kernel({ is: "failed", do: "open", why: "penyimpanan terkunci" })')

    told = panel.locator(".ms-chooser").get_by_role("alert")
    assert told.inner_text() == "Penilaian Kota A tidak dapat dibuka: penyimpanan terkunci"
    assert panel.locator("[data-banner]").is_hidden()
    panel.get_by_role("button", name="Kota A").click()
    assert told.inner_text() == ""


def test_what_cannot_be_read_is_not_called_unsaved_and_is_asked_for_again(panel):
    do(panel, 'kernel({ is: "failed", why: "penyimpanan terkunci" })')
    banner = panel.locator("[data-banner]")
    assert "Keadaan terbaru tidak dapat dibaca: penyimpanan terkunci" in banner.inner_text()
    assert "Belum dapat disimpan" not in banner.inner_text()

    panel.clock.run_for(4000)
    do(panel, 'kernel({ is: "welcome", places, sheet: {}, view: {} })')
    panel.clock.run_for(100)
    assert banner.is_hidden()


# What the help names


@pytest.mark.parametrize(
    ("side", "dead"),
    [("evaluator", []), ("agency", ["M"]), ("practice", ["B", "C", "M"])],
)
def test_the_help_names_no_key_that_leads_nowhere_on_that_sheet(page, side, dead):
    named = do(
        page,
        f"""const words = {{ say: (key) => key }};
            openHelp({{ place: document.body, words, side: "{side}", steps: [0, 4], on: true }});
            return [...document.querySelectorAll("kbd")].map((key) => key.textContent);""",
    )
    assert [key for key in ("B", "C", "M", "U") if key not in named] == dead


def test_the_help_says_what_each_sign_means_and_no_two_lines_are_alike(page):
    legends = do(
        page,
        """const words = { say: (key) => key };
           return ["evaluator", "agency"].map((side) => {
             openHelp({ place: document.body, words, side, steps: [0, 4], on: true });
             const lines = [...document.querySelectorAll("dialog:last-of-type .ms-legend li")];
             return Object.fromEntries(lines.map((line) =>
               [line.textContent, line.querySelector("path").getAttribute("d")]));
           });""",
    )

    evaluator, agency = legends
    clip = evaluator["legend.fresh"]
    assert agency["legend.bare"] not in (clip, agency["legend.faulty"], agency["mark.conflict"])
    assert clip not in agency.values()


@pytest.mark.parametrize("steps", [[0, 4], [1, 3]], ids=str)
def test_the_help_names_the_levels_of_the_edition_and_no_others(page, steps):
    first = do(
        page,
        f"""const words = {{ say: (key) => key }}, steps = {steps};
            openHelp({{ place: document.body, words, side: "evaluator", steps, on: true }});
            return document.querySelector(".ms-keys dt").innerText.split(/\\s+/).join("");""",
    )
    assert first == f"{steps[0]}…{steps[1]}"


# What is said


def test_an_answer_is_called_an_answer_and_one_thing_is_not_called_many(page):
    told = page.evaluate(
        """async () => {
          const { wordsOf } = await import("./signs.js");
          const asked = (state, fresh) => ({ state, draft: false, fresh: fresh === true });
          const questions = [asked("answered", true), ...["open", "open", "closed"].map(asked)];
          const signs = signsOf({ ...item(["a", 2]), questions }, "awal");
          return wordsOf(signs, (key, facts) => [key, facts?.count].join(" ").trim());
        }"""
    )
    assert told[1:] == ["mark.waiting 2", "mark.answered_one 1", "mark.answers_one 1"]


def test_a_sitting_begins_by_the_clock_of_the_agency_which_is_named(page):
    begins = page.evaluate(
        """async () => {
          const { createClock } = await import("./clock.js");
          const { createWords } = await import("./words.js");
          const words = createWords({ lang: "id", words: { "time.begins": "Mulai pukul {time}" } });
          const room = { starts_at: "2026-03-02T12:30:00Z" };
          const at = (zone) => createClock({ words, room, zone, minutes: 120 }).element;
          return ["WIB", "WIT"].map((zone) => at(zone).querySelector(".ms-clock-text").textContent);
        }"""
    )
    assert begins == ["Mulai pukul 19.30 WIB", "Mulai pukul 21.30 WIT"]


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Asia/Makassar", "2 March 2026 20:00 WITA"), ("Asia/Tokyo", "2 March 2026 21:00 GMT+9")],
)
def test_a_moment_names_the_clock_it_is_told_by(chromium, zone, said):
    context = chromium.new_context(timezone_id=zone)
    told = a_page(context).evaluate(
        f"""async () => {{
          const words = (await import("./words.js")).createWords({{ lang: "en", words: {{}} }});
          return [words.moment("{NOON}"), words.hour("{NOON}"), words.clock(new Date("{NOON}"))];
        }}"""
    )
    context.close()
    assert told[0] == said
    # An hour alone, as the host's overview and the state of saving tell it, names it too.
    assert [each.split()[1] for each in told[1:]] == [said.split()[-1]] * 2


def test_only_a_question_without_an_answer_is_overdue(page):
    tagged = page.evaluate(
        """async () => {
          const { createQuestions } = await import("./questions.js");
          const words = { say: (key) => key, day: String, moment: String };
          const due = "2026-03-01", sub = { code: "1.1" };
          const asked = (state) => ({ state, thread: state, text: "?", due, files: [] });
          const questions = ["open", "answered", "closed"].map(asked);
          const state = { may: () => "", view: { now: "2026-03-02T12:00:00Z" },
            item: () => ({ evidence: [], questions }) };
          const drafts = { form: () => null, text: () => null };
          const part = createQuestions({ sub, words, state, drafts, act: {}, side: "evaluator",
            mode: () => "room", covered: () => false });
          part.show();
          return [...part.element.querySelectorAll(".ms-question")]
            .map((each) => Boolean(each.querySelector("[data-tag=overdue]")));
        }"""
    )
    assert tagged == [True, False, False]


def test_a_field_takes_no_more_than_the_kernel_and_says_when_it_is_full(page):
    full = page.evaluate(
        """async () => {
          const { isFull, make } = await import("./dom.js");
          const field = make("textarea");
          return [20000, 19999].map((signs) => {
            field.value = "x".repeat(signs);
            return isFull(field);
          });
        }"""
    )
    assert full == [True, False]


# What a deed states


def test_undoing_the_first_level_is_said_to_go_back_to_none(page):
    said = do(
        page,
        """const { act, notes } = sitting([]);
           act.level("1.1", 2);
           act.level("1.1", 4);
           act.undo();
           act.undo();
           return notes.slice(-2);""",
    )

    assert said == ["done.undone_level", "done.undone_none"]


def test_a_reason_goes_on_to_a_level_on_the_same_side_of_the_agencys_own_and_no_further(page):
    lowered, raised, agreed = (
        do(
            page,
            f"""const {{ act, ops }} = sitting([["a", 1]]);
                act.text("reason", "1.1", "Belum ada.", ["a"], 1);
                act.level("1.1", {step});
                return ops().at(-1).body.reason;""",
        )
        for step in (2, 4, 3)
    )

    assert (lowered, raised, agreed) == ("Belum ada.", "", "")


def test_a_reason_is_for_the_level_that_stood_when_it_was_begun(page):
    said = do(
        page,
        """const { act, ops } = sitting([["theirs", 1]]);
           act.text("reason", "1.1", "Cukup untuk 3.", ["mine"], 3);
           return [ops()[0].body.level, ops()[0].base];""",
    )

    assert said == [3, ["mine"]]


def test_undo_says_what_it_cannot_take_back_before_it_goes_further_back(page):
    first, levels_then, second, levels_now = do(
        page,
        """const { act, ops, notes } = sitting([]);
           const levels = () => ops().filter(({ kind }) => kind === "level");
           act.level("1.1", 2);
           act.question("1.1", { text: "Mana?", missing: "", due: null }, true);
           act.undo();
           const then = levels().map(({ body }) => body.level), said = notes.at(-1);
           act.undo();
           return [said, then, notes.at(-1), levels().map(({ body }) => body.level)];""",
    )

    assert (first, levels_then) == ("done.undo_other", [2])
    assert (second, levels_now) == ("done.undone_none", [2, None])


def test_undo_at_the_desk_takes_back_nothing_that_the_agency_has_seen(page):
    said = do(
        page,
        """const how = { mode: "room", covered: false };
           const { act, ops, notes } = sitting([], how);
           act.level("1.1", 2);
           how.mode = "prep";
           act.undo();
           return [notes.at(-1), ops().length];""",
    )

    assert said == ["done.seen_already", 1]


def test_a_draft_before_a_public_level_is_not_made_known_by_undoing(page):
    stated = do(
        page,
        """const { act, ops } = sitting([["a", 2]], { mode: "room", draft: true });
           act.level("1.1", 4);
           act.undo();
           return ops().map(({ body, visible_to }) => [body.level, body.reason, visible_to]);""",
    )

    assert stated == [[4, "", "agency"], [None, "", "agency"]]


@pytest.mark.parametrize("mode", ["prep", "room"])
@pytest.mark.parametrize("deed", ["confirm('1.1')", "level('1.1', 2)", "undo()"])
def test_while_the_screen_is_shared_nothing_of_a_draft_is_told(page, mode, deed):
    """Its level is 2; the agency holds itself to be at 3."""
    told, stated = do(
        page,
        f"""const how = {{ mode: "prep", covered: false, draft: true }};
            const {{ act, notes, ops }} = sitting([["a", 2]], how);
            if ("{deed}" === "undo()") act.level("1.1", 1);
            const before = ops().length;
            notes.length = 0;
            Object.assign(how, {{ mode: "{mode}", covered: true }});
            act.{deed};
            const stated = ops().slice(before);
            return [notes, stated.map(({{ body, visible_to }}) => [body.reason, visible_to])];""",
    )

    public = [reason for reason, seen_by in stated if seen_by == "agency"]
    assert "RAHASIA" not in public
    assert mode == "room" or told == ["done.covered"]


def test_a_reason_typed_before_the_screen_was_shared_is_not_stated_unseen(page):
    told, stated = do(
        page,
        """const how = { mode: "room", covered: true, typed: "RAHASIA" };
           const { act, notes, ops } = sitting([], how);
           act.level("1.1", 2);
           return [notes, ops().length];""",
    )

    assert (told, stated) == (["share.reason_first"], 0)


def test_while_the_screen_is_shared_of_two_drafts_in_conflict_neither_is_seen(page):
    seen = do(
        page,
        """const both = item(["a", 1], ["b", 3]);
           both.disputed.awal = both.disputed.awal.map((level) => ({ ...level, draft: true }));
           const told = { ...both, disputed: { ...both.disputed,
             awal: [both.disputed.awal[0], { ...both.disputed.awal[1], draft: false }] } };
           return [signsOf(both, "awal", true), signsOf(told, "awal", true)]
             .map(({ conflict, step }) => [conflict, step]);""",
    )

    assert seen == [[False, None], [False, 3]]


# Files, and an agency's own sheet


def test_a_file_that_was_on_its_way_is_sent_on_by_the_panel_that_comes_after(page):
    """As when the kernel has died; the page still holds the file, and the other sheet's stays."""
    do(
        page,
        """const words = { say: (key) => key, size: String };
           const at = (assessment) => () => ({ assessment, room: null, sub_aspect: "2.1" });
           const upload = (assessment) => createUpload({ words, place: at(assessment),
             may: () => "", told() {}, send: (message) => sent.push(message) });
           const [here, there] = [upload("A"), upload("B")];
           here.take([new File(["isi"], "sk.pdf")]);
           there.take([new File(["lain"], "lain.pdf")]);
           window.counts = [here.count()];
           here.stop();
           there.stop();
           sent.length = 0;
           const next = upload("A");
           next.goOn();
           window.counts.push(next.count());
           next.goOn();
           window.counts.push(next.count());""",
    )
    page.wait_for_function("sent.length > 0")

    assert do(page, "return counts") == [1, 1, 1]
    told = do(page, "return sent.map(({ name, sub_aspect }) => [name, sub_aspect])")
    assert set(map(tuple, told)) == {("sk.pdf", "2.1")}


def test_two_of_an_agencys_team_are_shown_their_difference_once_and_as_their_own(page):
    titles = do(
        page,
        """const words = { say: (key) => key, moment: () => "" };
           const both = item();
           both.disputed.self = stood(["a", 2], ["b", 3]);
           const state = { item: () => both, view: { pass: "self" }, may: () => "" };
           const given = { sub: { code: "1.1" }, words, state, covered: () => false };
           const shown = createConflicts(given);
           shown.show();
           const titles = shown.element.querySelectorAll(".ms-conflict-title");
           return [...titles].map((title) => title.textContent);""",
    )

    assert titles == ["conflict.team"]


def test_a_list_pasted_from_a_spreadsheet_is_people_with_their_nip_and_office(page):
    pasted = (
        "No\tNama\tNIP\tJabatan\r\n1\tBudi Santoso\t19800101 200501 1 001\tKepala BKPSDM\r\n"
        "2\t199001012015011002\tSiti Aminah\t\r\nJoko\t1,98E+17\tAnalis\n"
    )

    listed = page.evaluate(
        """async (pasted) => {
          const { rosterOf, nipFault } = await import("./roster.js");
          const people = rosterOf(pasted);
          return [people, people.map(({ nip }) => nipFault(nip)), rosterOf("Budi Santoso")];
        }""",
        pasted,
    )

    assert [tuple(each.values()) for each in listed[0]] == [
        ("Budi Santoso", "198001012005011001", "Kepala BKPSDM"),
        ("Siti Aminah", "199001012015011002", ""),
        ("Joko", "1,98E+17", "Analis"),
    ]
    assert listed[1] == [None, None, {"found": "1,98E+17", "digits": 5, "allowed": 18}]
    assert listed[2] is None


def test_an_agency_sees_which_of_its_levels_were_raised_or_lowered(page):
    seen = do(
        page,
        """const own = (self, verified) => signsOf({ ...item(...verified),
             self: stood(["s", self])[0] }, "self");
           return [own(2, [["a", 3]]), own(2, [["a", 1]]), own(2, [["a", 2]]), own(2, []),
             own(2, [["a", 1], ["b", 3]])]
             .map((signs) => [signs.theirs, signs.verified, FILTERS.differing(signs)]);""",
    )

    assert seen == [
        ["raised", 3, True],
        ["lowered", 1, True],
        ["agreed", 2, False],
        [None, None, False],
        [None, None, False],
    ]


def test_of_the_same_level_stated_twice_one_is_made_at_one_key_with_what_both_said(page):
    stated = do(
        page,
        """const { act, ops } = sitting([["a", 3], ["b", 3]]);
           act.confirm("1.1");
           return ops().map(({ body, base }) => [body.level, base]);""",
    )
    other = do(
        page,
        """const { act, ops, notes } = sitting([["a", 3], ["b", 2]]);
           act.confirm("1.1");
           return [ops().filter(({ base }) => base.includes("b")).length, notes.at(-1)];""",
    )

    assert stated == [[3, ["a", "b"]]]
    assert other[1] == "done.conflict_first"


def test_what_turns_the_direction_of_writing_is_held_in_the_panel_as_in_the_kernel(page):
    texts = [
        "Kota",
        "\u0645\u0644\u0641.csv",
        "gaji\u202efdp.exe",
        "a\u2069b",
        "\u2068\u0645\u2069 b",
    ]

    held = page.evaluate(
        """async (texts) => {
          const { isolated } = await import("./bidi.js");
          const { make } = await import("./dom.js");
          return [texts.map(isolated), make("b", { text: texts[2], title: texts[2] }).outerHTML];
        }""",
        texts,
    )

    assert held[0] == [isolated(text) for text in texts]
    assert held[1] == '<b title="gaji[U+202E]fdp.exe">gaji[U+202E]fdp.exe</b>'


def test_a_day_is_spelt_beside_its_field_in_the_language_of_the_panel(page):
    spelt = page.evaluate(
        """async () => {
          const { createDayField } = await import("./day_field.js");
          const { createWords } = await import("./words.js");
          return ["id", "en"].map((lang) => {
            const field = createDayField(createWords({ lang, words: {} }), "Tenggat");
            field.set("2026-12-04");
            const before = field.element.innerText ?? field.element.textContent;
            field.input.value = "2026-04-12";
            field.input.dispatchEvent(new Event("input"));
            return [before, field.element.textContent];
          });
        }"""
    )

    assert spelt == [
        ["Tenggat4 Desember 2026", "Tenggat12 April 2026"],
        ["Tenggat4 December 2026", "Tenggat12 April 2026"],
    ]
