"""Rooms and sittings at the door: who acts as evaluator where a sitting is arranged, and where.

Whoever states something says in which room, or in none: at the desk.
"""

from __future__ import annotations

import pytest

from merit_kit import assessment
from merit_kit.errors import RuleError
from tests.sayings import appointed, reach, record, refused, room, said, say


@pytest.fixture
def about(store, begun) -> str:
    """The assessment of kota-a in verification; p-f and p-g evaluate beside p-e."""
    reach(store, begun, "verifikasi")
    for person in ("p-f", "p-g"):
        appointed(store, person, "evaluator")
    return begun


def stored(store, *statements) -> bool:
    return all(outcome.state == "stored" for outcome in record(store, *statements))


def test_before_a_sitting_is_arranged_every_evaluator_may_act(store, about):
    assert stored(store, say("awal", about, author="p-f"))


@pytest.mark.parametrize("kind", ["verifikasi-klarifikasi", "evaluasi"])
def test_once_a_sitting_is_arranged_only_its_evaluators_act(store, about, kind):
    room(store, "r-1", ("kota-a", "p-e"), ("kota-a", "p-g"), kind=kind)

    for what in ("awal", "note", "question"):
        [(_, key)] = refused(store, say(what, about, author="p-f"))
        assert key == "not-seated"
    assert stored(store, say("awal", about))
    assert stored(store, say("awal", about, author="p-g", sub_aspect="1.2"))


def test_an_evaluator_of_one_of_several_sittings_is_seated(store, about):
    room(store, "r-1", ("kota-a", "p-e"))
    room(store, "r-2", ("kota-a", "p-g"))

    assert stored(store, say("awal", about, author="p-g"))


def test_whoever_does_not_sit_there_may_score_a_second_time(store, about):
    room(store, "r-1", ("kota-a", "p-e"))

    assert stored(store, say("second", about, author="p-f"))


def test_a_sitting_binds_evaluators_and_nobody_else(store, about):
    room(store, "r-1", ("kota-a", "p-f"))
    appointed(store, "p-both", "evaluator", "commissioner")

    assert stored(store, say("self", about))
    assert stored(store, say("mismatch-answer", about, author="p-k"))
    assert stored(store, say("mismatch-answer", about, author="p-both", sub_aspect="1.2"))
    assert refused(store, say("awal", about, author="p-both")) == [("1.1", "not-seated")]


def test_a_sitting_of_another_agency_or_another_round_binds_nobody(store, about):
    room(store, "r-1", ("kab-b", "p-f"))
    store.add_round("2026-2", 2026, 2)
    far = {"round": "2026-2", "code": "r-1", "name": None, "kind": "evaluasi"}
    store.put_room(
        {**far, "held_on": "2026-10-05", "starts_at": None, "host": None}, [("kota-a", "p-f")]
    )

    assert stored(store, say("awal", about))


def test_an_assistance_sitting_leaves_the_others_their_right(store, about):
    room(store, "a-1", ("kota-a", "p-f"), kind="asistensi")

    assert stored(store, say("awal", about))


def test_whoever_only_assists_states_no_levels_and_all_the_rest(store, about):
    room(store, "a-1", ("kota-a", "p-f"), kind="asistensi")

    for what in ("awal", "field", "second"):
        parts = {"photos": []} if what == "field" else {}
        found = refused(store, say(what, about, author="p-f", **parts))
        assert found == [("1.1", "sitting-without-levels")], what
    assert stored(store, say("note", about, author="p-f"))


def test_in_a_room_for_assistance_nobody_states_a_level(store, about):
    room(store, "a-1", ("kota-a", "p-e"), kind="asistensi")
    room(store, "r-1", ("kota-a", "p-e"))

    for what in ("awal", "self"):
        found = refused(store, say(what, about, room="a-1"))
        assert found == [("1.1", "sitting-without-levels")], what
    assert stored(store, say("note", about, room="a-1"))
    assert stored(store, say("awal", about, room="r-1"))
    assert stored(store, say("self", about))


def test_at_the_desk_an_evaluator_of_both_kinds_of_sitting_states_levels(store, about):
    room(store, "a-1", ("kota-a", "p-e"), kind="asistensi")
    room(store, "r-1", ("kota-a", "p-e"))

    assert stored(store, say("awal", about))


def test_a_room_where_the_agency_does_not_sit_is_refused_with_those_where_it_does(store, about):
    room(store, "r-1", ("kota-a", "p-e"))
    room(store, "r-2", ("kab-b", "p-e"))
    room(store, "r-3", ("kota-a", "p-e"))

    for code in ("r-2", "nowhere"):
        with pytest.raises(RuleError) as caught:
            record(store, say("awal", about, room=code))
        [problem] = caught.value.problems
        assert (problem.key, problem.found, problem.allowed) == ("room-unknown", code, "r-1, r-3")
        assert "r-1, r-3" in said(caught.value)
    assert stored(store, say("awal", about, room="r-3"))


def test_the_room_is_stored_with_what_was_stated_in_it(store, about):
    room(store, "r-1", ("kota-a", "p-e"))

    record(store, say("awal", about, room="r-1"), say("note", about), by="p-s")

    assert list(store.entries()["room"].iloc[-2:]) == ["r-1", None]


def test_a_sitting_that_was_moved_to_another_evaluator_counts_from_then_on(store, about):
    room(store, "r-1", ("kota-a", "p-e"))
    first = say("awal", about)
    record(store, first)
    room(store, "r-1", ("kota-a", "p-f"))

    later = {"level": 4}
    assert refused(store, say("awal", about, first.id, **later)) == [("1.1", "not-seated")]
    assert stored(store, say("awal", about, first.id, author="p-f", **later))


def test_a_statement_from_a_room_that_was_given_up_is_let_through_again(store, about):
    room(store, "r-1", ("kota-a", "p-e"))
    statement = say("awal", about, room="r-1")
    record(store, statement)
    room(store, "r-1")

    assert [outcome.state for outcome in record(store, statement)] == ["already"]


def test_rooms_are_those_of_the_round_of_the_assessment(store, about, tiny):
    room(store, "r-1", ("kota-a", "p-e"))
    store.add_round("2026-2", 2026, 2)
    next_time = assessment.begin(store, "kota-a", "2026-2", tiny, "p-1")
    reach(store, next_time, "verifikasi")

    assert refused(store, say("awal", next_time, room="r-1")) == [("1.1", "room-unknown")]
    assert stored(store, say("awal", next_time, author="p-f"))


def test_an_evaluator_who_only_assists_states_no_level_in_somebody_elses_room(store, about):
    room(store, "r-1", ("kota-a", "p-e"))
    room(store, "r-2", ("kota-a", "p-f"), kind="asistensi")

    assert refused(store, say("awal", about, author="p-f")) == [("1.1", "sitting-without-levels")]
    assert refused(store, say("awal", about, author="p-f", room="r-1")) == [("1.1", "not-seated")]
