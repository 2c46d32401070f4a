"""A round at a glance, on the tiny instrument: weights 70 (2.1), 10 (1.1) and 20 (1.2).

400 points at most, index = points / 400, category I below 200 points, II from there. Here a result
in category II holds for a year, which is two rounds; one in category I for its own round alone.
"""

from __future__ import annotations

from typing import Any

import pytest

from merit_kit import assessment, instrument, process
from merit_kit.errors import RuleError
from merit_kit.instrument import Instrument
from merit_kit.store import ROW, Statement, Store, new_id
from tests.conftest import ROUND, tiny_data
from tests.entries import OTHER_FILE, OTHER_THREAD
from tests.sayings import CLOCK, counting, reach, record, said, say

CODES = ("2.1", "1.1", "1.2")
NOTHING_OPEN = {"open": 0, "late": 0, "answered": 0, "mismatches": 0, "objections": 0,
                "conflicts": 0, "unchecked": 0}  # fmt: skip


@pytest.fixture(scope="module")
def lasting() -> Instrument:
    """The tiny instrument with a validity."""
    data = tiny_data()
    data["categories"]["bands"][1]["valid_years"] = 1
    return instrument.from_data(data)


def levels(what: str, about: str, *values: int | None, **more: Any) -> list[Statement]:
    """Levels of 2.1, 1.1 and 1.2, in that order; None where nothing is stated."""
    return [
        say(what, about, sub_aspect=code, level=value, **more)
        for code, value in zip(CODES, values, strict=True)
        if value is not None
    ]


def moved(store: Store, about: str, stage: str) -> None:
    row = store.assessments([about]).iloc[0]
    assessment.advance(store, row["round"], stage, "p-s", [row["agency"]])


def verified(store: Store, agency: str, round_: str, edition: Instrument, *values: int) -> str:
    """Open an assessment, verify its levels and return its id."""
    about = assessment.begin(store, agency, round_, edition, "p-s")
    reach(store, about, "verifikasi")
    record(store, *levels("awal", about, *values))
    return about


def determine(store: Store, about: str, *values: int, base: tuple[str, ...] = ()) -> str:
    """Determine levels and return the statement's id."""
    edition = assessment.instrument_of(store, about)
    body = assessment.determination_body(dict(zip(CODES, values, strict=True)), edition, "Rapat")
    statement = say("determination", about, *base, **body)
    record(store, statement)
    return statement.id


def determined(store: Store, agency: str, round_: str, edition: Instrument, *values: int) -> str:
    """Open an assessment, bring it to its determination and return its id."""
    about = verified(store, agency, round_, edition, *values)
    for stage in ("perbaikan", "penetapan"):
        moved(store, about, stage)
    determine(store, about, *values)
    return about


def row(store: Store, agency: str = "kota-a", round_: str = ROUND) -> dict[str, Any]:
    return assessment.status(store, round_).loc[agency].to_dict()


def test_an_assessment_that_was_only_opened_has_nothing(store, begun):
    assert row(store) == {
        "name": "Kota A", "wilayah": None, "stage": "mandiri", "invented": False,
        "self": 0, "awal": 0, "akhir": 0, "verified": 0, "final": 0, "of": 3,
        "self_total": 0.0, "total": 0.0, "index": None, "category": None, "determined": False,
        **NOTHING_OPEN, "last": store.entries()["recorded_at"].max(),
    }  # fmt: skip


def test_levels_are_counted_and_added_up_from_stage_to_stage(store, begun):
    parts = ("stage", "self", "awal", "akhir", "verified", "final")
    figures = ("self_total", "total", "index", "category", "determined")

    record(store, *levels("self", begun, 3, 2, None))
    own = row(store)
    moved(store, begun, "verifikasi")
    record(store, *levels("awal", begun, 2, 2, None))
    partly = row(store)
    record(store, say("awal", begun, sub_aspect="1.2", level=3))
    first = row(store)
    moved(store, begun, "perbaikan")
    record(store, say("akhir", begun, sub_aspect="1.1", level=4))
    second = row(store)
    moved(store, begun, "penetapan")
    determine(store, begun, 1, 4, 3)
    last = row(store)

    # 3 x 70 + 2 x 10 = 230; 2 x 70 + 2 x 10 = 160, + 3 x 20 = 220; + 2 x 10 = 240; - 70 = 170.
    assert [[each[part] for part in parts] for each in (own, partly, first, second, last)] == [
        ["mandiri", 2, 0, 0, 0, 0],
        ["verifikasi", 2, 2, 0, 2, 0],
        ["verifikasi", 2, 3, 0, 3, 0],
        ["perbaikan", 2, 3, 1, 3, 0],
        ["penetapan", 2, 3, 1, 3, 3],
    ]
    assert [[each[part] for part in figures] for each in (own, partly, first, second, last)] == [
        [230.0, 0.0, None, None, False],
        [230.0, 160.0, None, None, False],
        [230.0, 220.0, 0.55, "II", False],
        [230.0, 240.0, 0.6, "II", False],
        [230.0, 170.0, 0.43, "I", True],
    ]


def test_questions_mismatches_objections_and_files_that_are_open_are_counted(store, begun):
    reach(store, begun, "verifikasi")
    threads = [f"{n}" * 32 for n in range(1, 6)]
    asked = [say("question", begun, thread=thread, due="2020-01-01") for thread in threads[:4]]
    draft = say("question", begun, thread=threads[4], visible_to="internal")
    record(store, *asked, draft)
    answers = [
        say("answer", begun, each.id, thread=each.body["thread"], files=[]) for each in asked[:3]
    ]
    record(store, *answers)
    record(store, say("closing", begun, asked[0].id, answers[0].id, thread=threads[0]))
    # Of four questions one is closed, two are answered, one is open; the draft is nobody's yet.
    one, another = say("objection", begun), say("objection", begun, thread=OTHER_THREAD)
    record(store, one, another)
    record(store, say("objection-answer", begun, one.id))
    record(store, *levels("awal", begun, 3, 2, 3))
    record(store, say("field", begun, sub_aspect="2.1", level=2, photos=[]))
    sha = store.put_evidence(b"isi", begun).sha256
    other = store.put_evidence(b"isi lain", begun).sha256
    record(store, say("evidence", begun, sha256=sha, size=3))
    record(store, say("evidence", begun, file=OTHER_FILE, sha256=other, size=8))
    record(store, say("evidence-state", begun, sha256=sha))

    found = row(store)

    assert {part: found[part] for part in NOTHING_OPEN} == {
        "open": 1, "late": 1, "answered": 2, "mismatches": 1, "objections": 1, "conflicts": 0,
        "unchecked": 1,
    }  # fmt: skip


def test_a_question_whose_answer_was_sent_back_is_counted_as_open(store, begun):
    reach(store, begun, "verifikasi")
    question = say("question", begun)
    answer = say("answer", begun, question.id, files=[])
    record(store, question)
    record(store, answer)
    record(store, say("closing", begun, question.id, answer.id, closed=False))

    found = row(store)

    assert (found["open"], found["answered"]) == (1, 0)


def test_a_mismatch_is_counted_where_nothing_else_was_asked(store, begun):
    reach(store, begun, "verifikasi")
    record(store, *levels("awal", begun, 3, None, None))
    record(store, say("field", begun, sub_aspect="2.1", level=2, photos=[]))

    assert row(store)["mismatches"] == 1


def test_a_conflict_is_counted_once_and_its_level_does_not_count(store, begun):
    record(store, *levels("self", begun, 1, 2, 3))
    record(store, say("self", begun, level=3), say("self", begun, level=4))
    record(store, say("self", begun, sub_aspect="1.2", level=4))
    second = {"sub_aspect": "2.1"}
    record(store, say("second", begun, **second), say("second", begun, **second, level=1))

    found = row(store)

    # On 1.1 three stand, on 1.2 two, of second scorings two. 2.1 alone counts: 70.
    assert (found["conflicts"], found["self"], found["self_total"]) == (3, 1, 70.0)


def test_what_was_answered_and_settled_is_open_no_more(store, begun):
    reach(store, begun, "verifikasi")
    paper = levels("awal", begun, 3, None, None)
    found = say("field", begun, sub_aspect="2.1", level=2, photos=[])
    record(store, *paper, found)
    record(store, say("mismatch-answer", begun, paper[0].id, found.id, sub_aspect="2.1"))
    rivals = levels("awal", begun, None, 1, None) + levels("awal", begun, None, 2, None)
    record(store, *rivals)
    record(store, say("awal", begun, *(each.id for each in rivals), level=2))
    gone = say("evidence", begun, sha256=store.put_evidence(b"isi", begun).sha256, size=3)
    record(store, gone)
    record(store, say("evidence", begun, gone.id, **{**gone.body, "withdrawn": True}))

    assert {part: row(store)[part] for part in NOTHING_OPEN} == NOTHING_OPEN


def test_agencies_come_in_the_order_of_their_codes_each_by_its_own_edition(store, begun, kasn):
    other = assessment.begin(store, "kab-b", ROUND, kasn, "p-1", invented=True)
    record(store, say("self", other, sub_aspect="8.1", level=4))
    record(store, say("self", begun, level=3))

    frame = assessment.status(store, ROUND)

    assert list(frame.index) == ["kab-b", "kota-a"]
    assert frame.index.name == "agency"
    weight = next(sub.weight for sub in kasn.sub_aspects if sub.code == "8.1")
    assert list(frame["of"]) == [len(kasn.codes), 3]
    assert list(frame["self_total"]) == [float(4 * weight), 30.0]
    assert list(frame["invented"]) == [True, False]
    assert {e.id for e in assessment.editions_of(store, ROUND)} == {"kasn-2019", "tiny"}


def test_only_the_agencies_that_are_asked_for_are_shown(store, begun, tiny):
    assessment.begin(store, "kab-b", ROUND, tiny, "p-1")

    assert list(assessment.status(store, ROUND, ["kab-b"]).index) == ["kab-b"]


def test_a_practice_assessment_and_another_round_are_in_no_overview(store, begun, tiny):
    store.add_round("2026-2", 2026, 2)
    assessment.begin(store, "kab-b", "2026-2", tiny, "p-1")
    about = {"agency": "kab-b", "round": ROUND, "edition": tiny.digest, "invented": True}
    about = {"id": new_id(), **about, "purpose": "practice"}
    first = Statement(about["id"], "opened", "p-1", CLOCK, {part: about[part] for part in ROW})
    edition = {"digest": tiny.digest, "id": tiny.id, "data": tiny.canonical}
    store.add_assessment(about, edition, first, "p-1")

    assert list(assessment.status(store, ROUND).index) == ["kota-a"]
    assert sorted(assessment.stages(store)["round"]) == [ROUND, "2026-2"]
    assert assessment.due_in(store, ROUND)["begun"].to_dict() == {"kab-b": False, "kota-a": True}


@pytest.mark.parametrize(
    ("round_", "agencies", "key", "places"),
    [
        ("2030-1", None, "round-unknown", []),
        ("2026-2", None, "round-empty", []),
        (ROUND, ["kab-b", "kota-a", "kota-x"], "cases-missing", ["kab-b", "kota-x"]),
    ],
)
def test_what_is_not_there_is_refused(store, begun, round_, agencies, key, places):
    store.add_round("2026-2", 2026, 2)

    with pytest.raises(RuleError) as caught:
        assessment.status(store, round_, agencies)

    assert caught.value.key == key
    assert [problem.where for problem in caught.value.problems] == places
    assert said(caught.value)


def test_all_levels_of_an_assessment_stand_side_by_side(store, begun):
    record(store, *levels("self", begun, 4, None, 1))
    moved(store, begun, "verifikasi")
    record(store, *levels("awal", begun, 3, 2, 2))
    record(store, say("field", begun, sub_aspect="2.1", level=3, photos=[]))
    moved(store, begun, "perbaikan")
    record(store, say("akhir", begun, sub_aspect="1.2", level=0))
    moved(store, begun, "penetapan")
    determine(store, begun, 3, 2, 1)

    sheet = assessment.levels_of(store, "kota-a", ROUND)

    assert (list(sheet.index), sheet.index.name) == (list(CODES), "sub_aspect")
    assert list(sheet.columns) == ["self", "awal", "akhir", "verified", "field", "final"]
    given = [[None if level != level else level for level in each] for each in sheet.to_numpy()]
    assert given == [
        [4, 3, None, 3, 3, 3],
        [None, 2, None, 2, None, 2],
        [1, 2, 0, 0, None, 1],
    ]


def test_the_levels_of_an_agency_without_an_assessment_are_refused(store, begun):
    with pytest.raises(RuleError) as caught:
        assessment.levels_of(store, "kab-b", ROUND)

    assert [problem.key for problem in caught.value.problems] == ["no-assessment"]


def test_a_result_is_what_was_determined(store, lasting):
    determined(store, "kota-a", ROUND, lasting, 2, 2, 3)
    verified(store, "kab-b", ROUND, lasting, 2, 2, 2)

    [result] = assessment.results(store).to_dict("records")

    name = result.pop("category_name")
    assert (name.id, name.en) == ("Tinggi", "Tinggi (en)")
    assert result == {
        "agency": "kota-a", "round": ROUND, "year": 2026, "number": 1,
        "total": "220", "index": "0.55", "category": "II", "valid_years": 1,
    }  # fmt: skip


def test_a_category_without_validity_and_one_with_stand_in_one_table(store, lasting):
    determined(store, "kota-a", ROUND, lasting, 2, 2, 3)
    determined(store, "kab-b", ROUND, lasting, 1, 2, 2)

    found = assessment.results(store).set_index("agency")

    assert found["category"].to_dict() == {"kab-b": "I", "kota-a": "II"}
    assert found["valid_years"].to_dict() == {"kab-b": None, "kota-a": 1}


def test_a_correction_takes_the_place_of_what_it_corrects(store, lasting):
    about = determined(store, "kota-a", ROUND, lasting, 2, 2, 3)
    [first] = counting(store, about).query("kind == 'determination'")["id"]
    determine(store, about, 1, 2, 3, base=(first,))

    [result] = assessment.results(store).to_dict("records")

    assert (result["total"], result["category"]) == ("150", "I")
    assert row(store)["total"] == 150.0


def test_of_two_determinations_in_conflict_none_is_a_result(store, lasting):
    about = determined(store, "kota-a", ROUND, lasting, 2, 2, 3)
    [first] = counting(store, about).query("kind == 'determination'").itertuples()
    # As an exchange may bring it, past the door.
    store.append([say("determination", about, **first.body)], "p-k")

    assert assessment.results(store).empty
    found = row(store)
    assert (found["determined"], found["conflicts"]) == (False, 1)


def test_what_waits_for_its_base_is_no_result(store, lasting):
    about = determined(store, "kota-a", ROUND, lasting, 2, 2, 3)
    [first] = counting(store, about).query("kind == 'determination'").itertuples()
    store.append([say("determination", about, new_id(), first.id, **first.body)], "p-k")

    assert list(assessment.results(store)["total"]) == ["220"]


def test_a_result_that_names_statements_of_other_kinds_counts(store, lasting):
    about = verified(store, "kota-a", ROUND, lasting, 2, 2, 3)
    for stage in ("perbaikan", "penetapan"):
        moved(store, about, stage)
    seen = list(counting(store, about).query("kind == 'level'")["id"])
    determine(store, about, 2, 2, 3, base=tuple(seen))

    assert list(assessment.results(store)["total"]) == ["220"]


def test_invented_data_gives_no_result(store, lasting):
    about = assessment.begin(store, "kota-a", ROUND, lasting, "p-s", invented=True)
    reach(store, about, "verifikasi")
    record(store, *levels("awal", about, 2, 2, 3))
    for stage in ("perbaikan", "penetapan"):
        moved(store, about, stage)
    determine(store, about, 2, 2, 3)

    assert row(store)["determined"] is True
    assert assessment.results(store).empty
    store.add_round("2026-2", 2026, 2)
    assert list(assessment.due_in(store, "2026-2").index) == ["kab-b", "kota-a"]


def test_who_has_a_result_that_holds_is_not_due(store, lasting):
    store.add_round("2026-2", 2026, 2)
    store.add_round("2027-1", 2027, 1)
    determined(store, "kota-a", ROUND, lasting, 2, 2, 3)
    determined(store, "kab-b", ROUND, lasting, 1, 2, 2)

    assert assessment.due_in(store, ROUND).empty  # both have their result in it
    assert list(assessment.due_in(store, "2026-2").index) == ["kab-b"]
    assert list(assessment.due_in(store, "2027-1").index) == ["kab-b", "kota-a"]


def test_who_is_due_is_told_with_the_last_result_and_whether_it_was_begun(store, lasting):
    store.add_round("2026-2", 2026, 2)
    determined(store, "kota-a", ROUND, lasting, 1, 2, 2)
    assessment.begin(store, "kota-a", "2026-2", lasting, "p-s")

    due = assessment.due_in(store, "2026-2").to_dict("index")

    last = ("last_year", "last_number", "last_category", "begun")
    assert [due["kota-a"][part] for part in last] == [2026, 1, "I", True]
    assert [due["kab-b"][part] for part in last] == [None, None, None, False]
    assert due["kota-a"]["last_category_name"].id == "Rendah"
    assert due["kab-b"]["last_category_name"] is None
    assert due["kota-a"]["name"] == "Kota A"


def test_a_correction_that_lowers_the_category_makes_due_again(store, lasting):
    store.add_round("2026-2", 2026, 2)
    about = determined(store, "kota-a", ROUND, lasting, 2, 2, 3)
    assert list(assessment.due_in(store, "2026-2").index) == ["kab-b"]

    [first] = counting(store, about).query("kind == 'determination'")["id"]
    determine(store, about, 1, 2, 3, base=(first,))

    assert list(assessment.due_in(store, "2026-2").index) == ["kab-b", "kota-a"]


def test_a_round_that_is_not_known_has_nobody_due(store):
    with pytest.raises(RuleError) as caught:
        assessment.due_in(store, "2030-1")

    assert caught.value.key == "round-unknown"


def test_stages_are_those_of_every_assessment_the_earlier_of_two_in_conflict(store, begun, tiny):
    store.add_round("2026-2", 2026, 2)
    later = assessment.begin(store, "kota-a", "2026-2", tiny, "p-1")
    reach(store, begun, "perbaikan")
    record(store, say("stage", later))
    record(store, say("stage", later, stage="perbaikan"))

    assert assessment.stages(store).to_dict("index") == {
        begun: {"round": ROUND, "agency": "kota-a", "stage": "perbaikan"},
        later: {"round": "2026-2", "agency": "kota-a", "stage": "verifikasi"},
    }


@pytest.fixture
def again(store, tiny) -> str:
    """kota-a in verification in 2026-1; in 2025-2, 2.1 was at the top, 1.1 at 2 and 1.2 at 3."""
    for number in (1, 2):
        store.add_round(f"2025-{number}", 2025, number)
    verified(store, "kota-a", "2025-1", tiny, 1, 1, 1)
    then = verified(store, "kota-a", "2025-2", tiny, 4, 2, 3)
    record(store, say("recommendation", then, text="Susun peta"))
    verified(store, "kab-b", "2025-2", tiny, 1, 1, 1)
    now = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")
    reach(store, now, "verifikasi")
    return now


def test_what_was_recommended_last_time_is_followed_up(store, again):
    record(
        store,
        say("follow-up", again, state="sebagian", text="Konsep ada"),
        say("follow-up", again, sub_aspect="1.2", round="2025-1", state="selesai"),
    )

    found = assessment.follow_ups(store, again).to_dict("records")

    assert found == [
        {"sub_aspect": "1.1", "asked": "Susun peta", "level": 2, "next": 3,
         "state": "sebagian", "text": "Konsep ada", "round": "2025-2"},
        {"sub_aspect": "1.2", "asked": "", "level": 3, "next": 4,
         "state": None, "text": "", "round": "2025-2"},
    ]  # fmt: skip


def test_there_is_nothing_to_follow_up_the_first_time_nor_from_a_later_round(store, begun, tiny):
    store.add_round("2026-2", 2026, 2)
    verified(store, "kota-a", "2026-2", tiny, 1, 1, 1)

    found = assessment.follow_ups(store, begun)

    assert found.empty
    assert list(found.columns) == [
        "sub_aspect", "asked", "level", "next", "state", "text", "round",
    ]  # fmt: skip


def test_real_data_follows_up_nothing_invented(store, tiny):
    store.add_round("2025-2", 2025, 2)
    then = assessment.begin(store, "kota-a", "2025-2", tiny, "p-s", invented=True)
    reach(store, then, "verifikasi")
    record(store, *levels("awal", then, 1, 1, 1))
    now = assessment.begin(store, "kota-a", ROUND, tiny, "p-1")

    assert assessment.follow_ups(store, now).empty
    assert process.stage_of(counting(store, then)) == "verifikasi"


def test_a_determination_that_waits_for_something_is_no_result_and_a_stage_no_stage(store, begun):
    missing = say("note", begun)
    resting = say("stage", begun, missing.id, stage="verifikasi")
    answer = say("note", begun, "f" * 32)
    store.append([resting, say("stage", begun, answer.id), answer], "p-s")

    assert list(assessment.stages(store)["stage"]) == ["mandiri"]
    assert row(store)["stage"] == "mandiri"
