"""Statements that dispute each other: what `record` says of them, and that none is lost.

What a hearing keeps up statement by statement is held equal to `process.standing` of them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import assessment, process
from merit_kit.assessment import _door
from merit_kit.assessment._hearing import Hearing
from merit_kit.errors import RuleError
from merit_kit.store import ROW, Statement, Store, audit, create_store, new_id, open_store
from tests.conftest import ROUND, furnish
from tests.databases import where
from tests.entries import BODIES, VARIANTS, frame
from tests.sayings import CLOCK, appointed, counting, reach, record, say


def test_the_second_first_level_is_told_which_one_stands_beside_it(store, begun):
    appointed(store, "p-2", "agency", agency="kota-a")
    one, other = say("self", begun, level=2), say("self", begun, level=3, author="p-2")

    [first], [second] = record(store, one), record(store, other)

    assert (first.state, first.conflicts) == ("stored", ())
    assert (second.state, second.conflicts) == (assessment.CONFLICTS, (one.id,))
    assert (second.id, second.position) == (other.id, 3)
    assert assessment.CONFLICTS == "conflicts-with"


def test_a_third_is_told_of_both_and_one_that_names_both_settles_it(store, begun):
    rivals = [say("self", begun, level=level) for level in (1, 2)]
    record(store, *rivals)
    both = tuple(sorted(each.id for each in rivals))

    [third] = record(store, beside := say("self", begun, level=3))
    [partly] = record(store, say("self", begun, both[0], beside.id, level=4))
    [settled] = record(store, say("self", begun, both[1], partly.id, level=4))

    assert (third.state, third.conflicts) == ("conflicts-with", both)
    assert (partly.state, partly.conflicts) == ("conflicts-with", (both[1],))
    assert (settled.state, settled.conflicts) == ("stored", ())
    assert list(counting(store, begun)["id"])[1:] == [settled.id]


def test_two_that_come_in_one_sending_are_told_of_each_other(store, begun):
    one, other = say("self", begun, level=2), say("self", begun, level=3)

    outcomes = record(store, one, other)

    assert [o.conflicts for o in outcomes] == [(other.id,), (one.id,)]
    assert {o.state for o in outcomes} == {"conflicts-with"}


def test_what_its_own_sending_replaces_or_settles_is_no_conflict(store, begun):
    one, other = say("self", begun, level=2), say("self", begun, level=3)

    outcomes = record(store, one, other, say("self", begun, one.id, other.id, level=3))

    assert [(o.state, o.conflicts) for o in outcomes] == [("stored", ())] * 3


def test_a_conflict_is_told_again_when_its_statement_is_sent_again(store, begun):
    one, other = say("self", begun, level=2), say("self", begun, level=3)
    record(store, one, other)

    [again] = record(store, other)

    assert (again.state, again.conflicts) == ("already", (one.id,))


@pytest.mark.parametrize(
    ("what", "parts"),
    [("awal", {"sub_aspect": "1.2"}), ("self", {}), ("second", {}), ("note", {})],
    ids=["another-sub-aspect", "self", "second", "note"],
)
def test_statements_on_different_topics_dispute_nothing(store, begun, what, parts):
    reach(store, begun, "verifikasi")
    record(store, say("awal", begun))

    [outcome] = record(store, say(what, begun, **parts))

    assert (outcome.state, outcome.conflicts) == ("stored", ())


def test_an_internal_note_disputes_no_note_to_the_agency(store, begun):
    reach(store, begun, "verifikasi")
    record(store, say("note", begun))

    [internal] = record(store, say("note", begun, visible_to="internal"))
    [another] = record(store, say("note", begun))

    assert internal.conflicts == ()
    assert len(another.conflicts) == 1


def test_second_scorings_of_two_evaluators_never_dispute_each_other(store, begun):
    appointed(store, "p-f", "evaluator")
    own = say("second", begun, level=1)

    [first], [second] = record(store, own), record(store, say("second", begun, author="p-f"))
    [twice] = record(store, say("second", begun, level=4))

    assert first.conflicts == second.conflicts == ()
    assert twice.conflicts == (own.id,)


def test_of_two_conflicting_stages_the_earlier_holds_at_the_door(store, begun):
    record(store, say("stage", begun))
    [outcome] = record(store, say("stage", begun, stage="perbaikan"))

    assert outcome.state == "conflicts-with"
    assert record(store, say("awal", begun))[0].state == "stored"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many examples, each of which opens an assessment of its own."""
    with create_store(tmp_path_factory.mktemp("kept") / "ws") as made:
        furnish(made)
        yield made


def practice(store: Store, tiny: Any) -> str:
    """Open an assessment for practice, of which there may be any number, and return its id."""
    key = new_id()
    row = {"agency": "kota-a", "round": ROUND, "edition": tiny.digest, "invented": True}
    row |= {"purpose": "practice"}
    first = Statement(key, "opened", "p-1", CLOCK, {part: row[part] for part in ROW})
    edition = {"digest": tiny.digest, "id": tiny.id, "data": tiny.canonical}
    store.add_assessment({"id": key, **row}, edition, first, "p-1")
    return key


@st.composite
def arrivals(draw: st.DrawFn, names: tuple[str, ...]) -> list[tuple[str, dict, list[int]]]:
    """What is stated, its parts, and the numbers of those it names, in order of arrival.

    Each may name any other, before or after it, itself, and one that never arrives.
    """
    count = draw(st.integers(1, 8))
    made = []
    for _ in range(count):
        what = draw(st.sampled_from(names))
        parts = {part: draw(VARIANTS[part]) for part in BODIES[what] if part in VARIANTS}
        made.append((what, parts, draw(st.lists(st.integers(0, count), max_size=3, unique=True))))
    return made


def stated(about: str, plan: list[tuple[str, dict, list[int]]]) -> list[Statement]:
    ids = [new_id() for _ in range(len(plan) + 1)]
    return [
        say(what, about, *(ids[n] for n in base), id=own, **parts)
        for (what, parts, base), own in zip(plan, ids, strict=False)
    ]


def by_topic(entries: pd.DataFrame) -> dict[tuple[str, ...], dict[str, tuple]]:
    found: dict[tuple[str, ...], dict[str, tuple]] = {}
    for row in process.standing(process.unfold(entries)).itertuples():
        found.setdefault(row.topic, {})[row.id] = (row.author, row.visible_to, row.body)
    return found


def held(hearing: Hearing) -> dict[tuple[str, ...], dict[str, tuple]]:
    return {
        topic: {key: (each.author, each.visible_to, each.body) for key, each in there.items()}
        for topic, there in hearing.books.standing.items()
        if there
    }


KINDS = ("self", "awal", "second", "note", "question", "answer", "stage", "determination")


@settings(max_examples=70, deadline=None)
@given(arrivals(KINDS), st.integers(0, 8))
def test_what_a_hearing_holds_to_stand_is_what_stands(kept, tiny, plan, stored):
    about = practice(kept, tiny)
    statements = stated(about, plan)
    kept.append(statements[:stored], "p-1")

    hearing = Hearing(kept, about)
    entries = kept.entries([about])
    assert held(hearing) == by_topic(entries)
    for number, each in enumerate(statements[stored:], start=stored + 1):
        hearing._let(each)
        so_far = pd.concat([entries, frame(*statements[stored:number])], ignore_index=True)
        assert held(hearing) == by_topic(so_far)


@settings(max_examples=30, deadline=None)
@given(arrivals(("self", "awal", "second", "recommendation")), st.integers(1, 4))
def test_what_is_told_of_a_statement_is_what_stands_beside_it(kept, tiny, plan, at_once):
    about = practice(kept, tiny)
    reach(kept, about, "verifikasi")
    statements: list[Statement] = []
    for each in stated(about, plan):  # the door takes nothing that would wait
        known = {before.id for before in statements}
        statements.append(replace(each, base=tuple(base for base in each.base if base in known)))

    for start in range(0, len(statements), at_once):
        outcomes = record(kept, *statements[start : start + at_once], by="p-s")

        there = by_topic(kept.entries([about])).values()
        for outcome in outcomes:
            [beside] = [set(ids) - {outcome.id} for ids in there if outcome.id in ids] or [set()]
            assert set(outcome.conflicts) == beside
            assert outcome.state == ("conflicts-with" if beside else "stored")
            assert outcome.position > 1


@pytest.fixture
def second(store) -> Iterator[Store]:
    """Another program that has the same store open."""
    with open_store(where(store)) as opened:
        yield opened


def one_before_the_other(
    monkeypatch: pytest.MonkeyPatch, first: tuple[Store, Statement], then: tuple[Store, Statement]
) -> tuple[Future, Future]:
    """Record two statements, the second while the first was heard and is not yet stored.

    If nobody made the second wait, it would be stored in between.
    """
    heard, done = Event(), Event()
    hear = _door.hearings

    def slowly(store, assessments, kept=None):
        found = hear(store, assessments, kept)
        if store is first[0]:
            heard.set()
            done.wait(0.5)
        return found

    monkeypatch.setattr(_door, "hearings", slowly)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(record, *first)
        assert heard.wait(60)
        other = pool.submit(record, *then)
        other.add_done_callback(lambda _: done.set())
    return one, other


def test_of_two_first_levels_stated_at_once_the_later_learns_of_the_other(
    store, second, begun, monkeypatch
):
    levels = say("self", begun, level=2), say("self", begun, level=3)

    one, other = one_before_the_other(monkeypatch, (store, levels[0]), (second, levels[1]))

    assert [(o.state, o.conflicts) for o in one.result()] == [("stored", ())]
    assert [(o.state, o.conflicts) for o in other.result()] == [("conflicts-with", (levels[0].id,))]
    assert set(counting(store, begun)["id"][1:]) == {each.id for each in levels}
    assert audit(store) == []


def test_a_level_that_was_heard_is_stored_before_the_stage_moves_on(
    store, second, begun, monkeypatch
):
    moved = reach(store, begun, "verifikasi")
    level, move = say("awal", begun), say("stage", begun, moved, stage="perbaikan")

    one, other = one_before_the_other(monkeypatch, (store, level), (second, move))

    assert one.result()[0].position == 3
    assert other.result()[0].position == 4


def test_a_level_of_the_old_stage_is_refused_while_the_stage_is_moved(
    store, second, begun, monkeypatch
):
    moved = reach(store, begun, "verifikasi")
    level, move = say("awal", begun), say("stage", begun, moved, stage="perbaikan")

    one, other = one_before_the_other(monkeypatch, (store, move), (second, level))

    assert one.result()[0].state == "stored"
    with pytest.raises(RuleError) as caught:
        other.result()
    assert [p.key for p in caught.value.problems] == ["stage-wrong"]
    assert level.id not in set(store.entries()["id"])


def test_of_many_first_levels_stated_at_once_each_learns_of_those_before_it(store, second, begun):
    said = [say("self", begun, level=n % 5) for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda n: record((store, second)[n % 2], said[n])[0], range(12)))

    in_order = sorted(outcomes, key=lambda outcome: outcome.position)
    assert [o.position for o in in_order] == list(range(2, 14))
    for n, outcome in enumerate(in_order):
        assert set(outcome.conflicts) == {before.id for before in in_order[:n]}
    assert set(counting(store, begun)["id"][1:]) == {each.id for each in said}
    assert audit(store) == []


def test_levels_stated_while_the_stage_moves_are_stored_before_it_or_refused(store, second, begun):
    moved = reach(store, begun, "verifikasi")
    move = say("stage", begun, moved, stage="perbaikan")
    levels = [say("awal", begun, level=n % 5) for n in range(16)]
    some = Event()

    def state(n: int) -> list[str]:
        """Record a level and return why it was refused."""
        try:
            record((store, second)[n % 2], levels[n])
        except RuleError as error:
            return [problem.key for problem in error.problems]
        finally:
            if n == 3:
                some.set()
        return []

    def move_on() -> None:
        assert some.wait(60)
        record(store, move)

    with ThreadPoolExecutor(5) as pool:
        moving = pool.submit(move_on)
        refusals = list(pool.map(state, range(16)))
        moving.result()

    assert all(keys in ([], ["stage-wrong"]) for keys in refusals)
    entries = store.entries().set_index("id")
    there = entries[entries["kind"] == "level"]
    assert set(there.index) == {levels[n].id for n, keys in enumerate(refusals) if not keys}
    assert (there["position"] < entries.loc[move.id, "position"]).all()
    assert audit(store) == []
