"""The life of a round: its code, calendar and cut-off, its stages, its rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from merit_kit import assessment, process
from merit_kit.assessment import Moved
from merit_kit.errors import Key, Problem, RuleError
from tests.conftest import ROUND
from tests.sayings import appointed, counting, reach, record, room, said, say

PLAN = {
    "mandiri": ("2026-01-05", "2026-02-13"),
    "verifikasi": ("2026-02-14", "2026-03-31"),
    "perbaikan": ("2026-04-01", "2026-04-30"),
    "penetapan": ("2026-05-01", "2026-05-01"),
}


def refusal(act: Callable[..., Any], *given: Any, **more: Any) -> RuleError:
    """The error with which something is refused; it can be said in every language."""
    with pytest.raises(RuleError) as caught:
        act(*given, **more)
    said(caught.value)
    return caught.value


def keys(error: RuleError) -> list[tuple[str, str]]:
    return [(str(problem.where), problem.key) for problem in error.problems]


def calendar(store, round_: str = ROUND) -> dict[str, tuple[str, str]]:
    planned = store.planned_stages()
    own = planned[planned["round"] == round_]
    return {row.stage: (row.begins, row.ends) for row in own.itertuples()}


def test_a_round_is_a_year_and_a_number(store):
    assessment.add_round(store, "p-s", "2026-2")

    assert store.rounds().loc["2026-2"].to_dict() == {"year": 2026, "number": 2, "cut_off": None}


@pytest.mark.parametrize("code", ["2026", "2026-3", "2026-0", "26-1", "2026-1 ", "1999-1", ""])
def test_what_is_no_year_and_number_is_no_round(store, code):
    assert refusal(assessment.add_round, store, "p-s", code).key == "round-code"
    assert list(store.rounds().index) == [ROUND]


def test_a_round_that_is_there_is_kept_with_its_cut_off(store):
    assessment.set_calendar(store, "p-s", ROUND, PLAN, "2026-03-31")
    assessment.add_round(store, "p-s", ROUND)

    assert store.rounds().loc[ROUND, "cut_off"] == "2026-03-31"
    assert calendar(store) == PLAN


def test_only_the_secretariat_keeps_rounds_rooms_and_agencies(store):
    acts = [
        (assessment.add_round, "2026-2"),
        (assessment.set_calendar, ROUND, PLAN),
        (assessment.take_rooms, ROUND, []),
        (assessment.take_agencies, [{"code": "kota-c", "name": "C", "kind": "kota"}]),
    ]
    for act, *given in acts:
        assert refusal(act, store, "p-k", *given).key == "secretariat-only", act

    assert (list(store.rounds().index), calendar(store)) == ([ROUND], {})
    assert list(store.agencies().index) == ["kab-b", "kota-a"]


def test_a_calendar_is_kept_and_corrected_stage_by_stage(store):
    assessment.set_calendar(store, "p-s", ROUND, PLAN, "2026-03-31")
    assessment.set_calendar(store, "p-s", ROUND, {"perbaikan": ("2026-04-02", "2026-04-29")})

    assert calendar(store) == {**PLAN, "perbaikan": ("2026-04-02", "2026-04-29")}
    assert store.rounds().loc[ROUND, "cut_off"] == "2026-03-31"


def test_a_cut_off_is_moved_and_taken_away_and_the_calendar_stays(store):
    assessment.set_calendar(store, "p-s", ROUND, PLAN, "2026-03-31")
    assessment.set_calendar(store, "p-s", ROUND, cut_off="2026-04-15")
    assert store.rounds().loc[ROUND, "cut_off"] == "2026-04-15"

    assessment.set_calendar(store, "p-s", ROUND, cut_off="")
    assert store.rounds().loc[ROUND, "cut_off"] is None
    assert calendar(store) == PLAN


JANUARY, FEBRUARY = ("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")
FAULTS = {
    "stage-unknown": ({"sidang": JANUARY}, None, [("sidang", "not-allowed")]),
    "no-day": ({"mandiri": ("2026-02-30", "5 Maret")}, None,
               [("mandiri", "not-a-day"), ("mandiri", "not-a-day")]),
    "day-of-a-week": ({"mandiri": ("2026-W01-1", "2026-02-01")}, None, [("mandiri", "not-a-day")]),
    "cut-off-no-day": ({}, "31-03-2026", [("cli.rounds.cut_off", "not-a-day")]),
    "reversed": ({"mandiri": ("2026-02-02", "2026-02-01")}, None, [("mandiri", "days-reversed")]),
    "overlap": ({"mandiri": JANUARY, "verifikasi": ("2026-01-31", "2026-03-01")}, None,
                [("verifikasi", "days-overlap")]),
    "out-of-order": ({"verifikasi": JANUARY, "mandiri": FEBRUARY}, None,
                     [("verifikasi", "days-overlap")]),
    "overlap-past-one-between": ({"mandiri": ("2026-01-01", "2026-04-01"),
                                  "penetapan": ("2026-03-01", "2026-05-01")},
                                 None, [("penetapan", "days-overlap")]),
    "overlap-with-a-longer-one-before": (
        {"mandiri": ("2026-01-01", "2026-04-01"), "verifikasi": FEBRUARY,
         "perbaikan": ("2026-03-01", "2026-05-01")},
        None, [("verifikasi", "days-overlap"), ("perbaikan", "days-overlap")]),
    "all-at-once": ({"sidang": ("x", "2026-01-02")}, "besok",
                    [("sidang", "not-allowed"), ("cli.rounds.cut_off", "not-a-day"),
                     ("sidang", "not-a-day")]),
}  # fmt: skip


@pytest.mark.parametrize(("plan", "cut_off", "problems"), FAULTS.values(), ids=FAULTS)
def test_a_calendar_with_a_fault_is_noted_in_no_part(store, plan, cut_off, problems):
    error = refusal(assessment.set_calendar, store, "p-s", ROUND, plan, cut_off)

    assert (error.key, keys(error)) == ("calendar-faulty", problems)
    assert calendar(store) == {}
    assert store.rounds().loc[ROUND, "cut_off"] is None


def test_a_stage_is_held_against_those_planned_before(store):
    assessment.set_calendar(store, "p-s", ROUND, PLAN)

    later = {"mandiri": ("2026-01-05", "2026-02-14")}
    error = refusal(assessment.set_calendar, store, "p-s", ROUND, later)

    assert error.problems == (Problem("verifikasi", "days-overlap", "2026-02-14", "2026-02-14"),)
    assert calendar(store) == PLAN


def test_one_day_is_a_stage_and_the_next_begins_on_the_day_after(store):
    plan = {"mandiri": ("2026-01-05", "2026-01-05"), "verifikasi": ("2026-01-06", "2026-01-06")}
    assessment.set_calendar(store, "p-s", ROUND, plan)

    assert calendar(store) == plan


@pytest.mark.parametrize(
    "act",
    [
        lambda store: assessment.set_calendar(store, "p-s", "2030-1", PLAN),
        lambda store: assessment.advance(store, "2030-1", "verifikasi", "p-s"),
        lambda store: assessment.take_rooms(store, "p-s", "2030-1", []),
        lambda store: assessment.check_round(store, "2030-1"),
    ],
    ids=["calendar", "advance", "rooms", "check"],
)
def test_a_round_that_is_not_known_is_refused_with_those_that_are(store, act):
    error = refusal(act, store)

    assert (error.key, error.facts) == ("round-unknown", {"found": "2030-1", "allowed": ROUND})


@pytest.fixture
def two(store, begun, tiny) -> dict[str, str]:
    """The assessments of kab-b and kota-a, by the agency's code."""
    return {"kab-b": assessment.begin(store, "kab-b", ROUND, tiny, "p-1"), "kota-a": begun}


def stages(store) -> dict[str, str]:
    frame = assessment.stages(store)
    return dict(zip(frame["agency"], frame["stage"], strict=True))


def test_a_round_moves_with_all_its_assessments(store, two):
    moved = assessment.advance(store, ROUND, "verifikasi", "p-s", text="Jadwal")

    assert moved == Moved(("kab-b", "kota-a"), ())
    assert stages(store) == {"kab-b": "verifikasi", "kota-a": "verifikasi"}
    last = store.entries([two["kota-a"]]).iloc[-1]
    assert (last["kind"], last["author"], last["recorded_by"]) == ("stage", "p-s", "p-s")


def test_only_the_agencies_that_are_named_move(store, two):
    moved = assessment.advance(store, ROUND, "verifikasi", "p-k", ["kab-b"])

    assert moved == Moved(("kab-b",), ())
    assert stages(store) == {"kab-b": "verifikasi", "kota-a": "mandiri"}


def test_those_that_are_there_already_are_left_and_named(store, two):
    assessment.advance(store, ROUND, "verifikasi", "p-s", ["kab-b"])
    before = store.entries([two["kab-b"]])

    moved = assessment.advance(store, ROUND, "verifikasi", "p-s")
    again = assessment.advance(store, ROUND, "verifikasi", "p-s")

    assert moved == Moved(("kota-a",), ("kab-b",))
    assert again == Moved((), ("kab-b", "kota-a"))
    assert store.entries([two["kab-b"]]).equals(before)


def test_a_move_that_skips_a_stage_for_one_moves_none(store, two):
    assessment.advance(store, ROUND, "verifikasi", "p-s", ["kab-b"])
    before = store.entries()

    error = refusal(assessment.advance, store, ROUND, "perbaikan", "p-s")

    assert keys(error) == [("kota-a", "stage-skipped")]
    assert store.entries().equals(before)


def test_going_back_takes_a_reason(store, two):
    assessment.advance(store, ROUND, "verifikasi", "p-s")

    error = refusal(assessment.advance, store, ROUND, "mandiri", "p-s", ["kota-a"])
    moved = assessment.advance(store, ROUND, "mandiri", "p-s", ["kota-a"], "Diajukan terlalu cepat")

    assert keys(error) == [("kota-a", "stage-back-why")]
    assert moved == Moved(("kota-a",), ())
    assert stages(store) == {"kab-b": "verifikasi", "kota-a": "mandiri"}


@pytest.mark.parametrize("person", ["p-e", "p-unknown", "p-1"])
def test_only_the_secretariat_or_a_commissioner_moves_a_round(store, two, person):
    error = refusal(assessment.advance, store, ROUND, "verifikasi", person)

    key = {"p-1": "own-agency", "p-unknown": "role-none"}.get(person, "role-lacking")
    assert keys(error) == [("kab-b", key), ("kota-a", key)]
    assert set(stages(store).values()) == {"mandiri"}


def test_what_is_determined_moves_no_more(store, begun, tiny):
    reach(store, begun, "verifikasi")
    record(store, *(say("awal", begun, sub_aspect=c, level=2) for c in tiny.codes))
    for stage in ("perbaikan", "penetapan"):
        assessment.advance(store, ROUND, stage, "p-s")
    body = assessment.determination_body(dict.fromkeys(tiny.codes, 2), tiny)
    record(store, say("determination", begun, **body))

    error = refusal(assessment.advance, store, ROUND, "perbaikan", "p-s", text="Salah")

    assert keys(error) == [("kota-a", "determined")]


def test_moving_on_settles_two_stages_in_conflict(store, begun):
    rivals = [say("stage", begun), say("stage", begun, stage="perbaikan")]
    for each in rivals:
        record(store, each)
    assert stages(store) == {"kota-a": "verifikasi"}

    moved = assessment.advance(store, ROUND, "perbaikan", "p-s")

    assert moved == Moved(("kota-a",), ())
    there = counting(store, begun)
    assert list(there[there["kind"] == "stage"]["conflict"]) == [False]
    assert process.stage_of(there) == "perbaikan"


def test_a_stage_that_is_none_an_agency_without_assessment_and_an_empty_round_are_refused(
    store, begun
):
    store.add_round("2026-2", 2026, 2)

    unknown = refusal(assessment.advance, store, ROUND, "sidang", "p-s")
    lacking = refusal(assessment.advance, store, ROUND, "verifikasi", "p-s", ["kab-b", "kota-x"])
    empty = refusal(assessment.advance, store, "2026-2", "verifikasi", "p-s")

    assert (unknown.key, empty.key) == ("stage-unknown", "round-empty")
    assert keys(lacking) == [("kab-b", "no-assessment"), ("kota-x", "no-assessment")]
    assert stages(store) == {"kota-a": "mandiri"}


def planned(code: str, *sittings: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A room of a file, as `workbook.read_rooms` gives it."""
    about = {"name": None, "kind": "evaluasi", "held_on": "2026-03-05", "starts_at": None}
    return {"code": code, **about, "host": None, "sittings": list(sittings), **more}


def sittings(store) -> set[tuple[str, str, str]]:
    return {(row.room, row.agency, row.evaluator) for row in store.sittings(ROUND).itertuples()}


def test_rooms_are_taken_with_their_sittings(store):
    appointed(store, "p-h", "host")
    rows = [
        planned("r-1", ("kota-a", "p-e"), ("kab-b", "Eko"), host="p-h", name="Melati"),
        planned("r-2", ("kota-a", "p-e"), kind="asistensi", starts_at="2026-03-05T02:00:00Z"),
    ]

    count = assessment.take_rooms(store, "p-s", ROUND, rows)

    assert count == 3
    assert sittings(store) == {
        ("r-1", "kota-a", "p-e"),
        ("r-1", "kab-b", "p-e"),
        ("r-2", "kota-a", "p-e"),
    }
    first, second = store.rooms(ROUND).set_index("code").to_dict("index").values()
    assert (first["name"], first["host"], first["starts_at"]) == ("Melati", "p-h", None)
    assert (second["kind"], second["starts_at"]) == ("asistensi", "2026-03-05T02:00:00Z")


def test_the_sittings_of_a_room_that_is_named_are_those_of_the_file_alone(store):
    appointed(store, "p-f", "evaluator")
    rows = [planned("r-1", ("kota-a", "p-e"), ("kab-b", "p-e")), planned("r-2", ("kota-a", "p-e"))]
    assessment.take_rooms(store, "p-s", ROUND, rows)

    count = assessment.take_rooms(store, "p-s", ROUND, [planned("r-1", ("kab-b", "p-f"))])

    assert count == 1
    assert sittings(store) == {("r-1", "kab-b", "p-f"), ("r-2", "kota-a", "p-e")}


def test_one_who_is_named_in_two_ways_sits_once(store):
    rows = [planned("r-1", ("kota-a", "p-e"), ("kota-a", "Eko"))]

    assert assessment.take_rooms(store, "p-s", ROUND, rows) == 1


def test_all_faults_of_the_rooms_come_at_once_and_nothing_has_changed(store):
    room(store, "r-1", ("kota-a", "p-e"))
    appointed(store, "p-2", "agency", "evaluator", agency="kota-a")
    store.add_people([{"id": "p-e2", "name": "Eko", "login": None, "nip": None, "office": "Lain"}])
    rows = [
        planned("r-1", ("kab-b", "p-e")),
        planned("r-2", ("kota-x", "p-e"), ("kab-b", "Nihil"), host="p-e"),
        planned("r-3", ("kota-a", "p-2"), ("kab-b", "p-k"), ("kab-b", "Eko")),
    ]

    error = refusal(assessment.take_rooms, store, "p-s", ROUND, rows)

    assert error.key == "rooms-faulty"
    assert error.problems == (
        Problem("r-2", "role-lacking-of", "p-e", Key("role.host")),
        Problem("r-2", "agency-unknown", "kota-x"),
        Problem("r-2", "person-unknown", "Nihil"),
        Problem("r-3", "sitting-own-agency", "p-2", "kota-a"),
        Problem("r-3", "role-lacking-of", "p-k", Key("role.evaluator")),
        Problem("r-3", "person-several", "Eko", "p-e, p-e2"),
    )
    assert sittings(store) == {("r-1", "kota-a", "p-e")}
    assert list(store.rooms(ROUND)["code"]) == ["r-1"]


def test_agencies_are_added_and_corrected_and_keep_what_a_file_does_not_say(store):
    first = {"code": "kota-a", "name": "Kota A", "kind": "kota", "province": "Nusa"}
    other = {"code": "kota-c", "name": "Kota C", "kind": "kota", "province": None}
    assessment.take_agencies(store, "p-s", [{**first, "wilayah": "II", "time_zone": "WITA"}])

    silent = {"wilayah": None, "time_zone": None}
    rows = [{**first, "name": "Kota Baru", **silent}, {**other, **silent}]
    assessment.take_agencies(store, "p-s", rows)

    known = store.agencies()
    assert known.loc["kota-a", ["name", "wilayah", "time_zone"]].tolist() == [
        "Kota Baru", "II", "WITA",
    ]  # fmt: skip
    assert known.loc["kota-c", ["wilayah", "time_zone"]].tolist() == [None, None]


def test_two_stages_that_stand_are_settled_to_either_of_them(store, begun):
    rivals = [say("stage", begun, stage="verifikasi"), say("stage", begun, stage="verifikasi")]
    store.append(rivals, "p-s")

    moved = assessment.advance(store, ROUND, "verifikasi", "p-s", ["kota-a"])

    assert (moved.moved, moved.already) == (("kota-a",), ())
    standing = counting(store, begun)
    assert not standing[standing["kind"] == "stage"]["conflict"].any()
    assert assessment.advance(store, ROUND, "verifikasi", "p-s", ["kota-a"]).already == ("kota-a",)
