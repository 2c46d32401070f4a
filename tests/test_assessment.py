"""The one door for writing: opening an assessment, recording statements, taking over tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from merit_kit import assessment, process
from merit_kit.errors import Problem, RuleError, StoreError
from merit_kit.i18n import explain
from merit_kit.store import ROW, Statement, audit, opened
from merit_kit.workbook import LevelTable
from merit_kit.workbook._levels import Given
from tests.conftest import ROUND, level, note

CODES = ("2.1", "1.1", "1.2")

CLOCK = "2026-03-01T02:00:00.000Z"


def table(*rows: tuple) -> LevelTable:
    """A table of levels; each row is a code, then what is not empty of the six columns."""
    given = [Given(*(*row, *(None, "", None, "", "")[len(row) - 1 :])) for row in rows]
    return LevelTable(Path("tabel.csv"), None, tuple(given))


def levels_of(store, about, of=process.SELF):
    counting = process.standing(process.unfold(store.entries([about])))
    row = process.level_sheet(counting, of, [about], CODES).loc[about]
    return {code: int(value) for code, value in row.dropna().items()}


def refused(caught) -> list[tuple[str, str]]:
    for lang in ("id", "en"):
        assert explain(caught.value, lang)
    return [(str(p.where), p.key) for p in caught.value.problems]


def test_beginning_writes_down_what_the_assessment_is_about(store, tiny):
    key = assessment.begin(store, "kota-a", ROUND, tiny, "p-1", invented=True, recorded_by="p-2")

    [entry] = store.entries().to_dict("records")
    assert (entry["kind"], entry["visible_to"], entry["position"]) == ("opened", "public", 1)
    assert (entry["author"], entry["recorded_by"]) == ("p-1", "p-2")
    assert opened(entry["payload"])["body"] == {
        "agency": "kota-a",
        "round": ROUND,
        "edition": tiny.digest,
        "invented": True,
        "purpose": "result",
        "named": {
            "agency_name": "Kota A",
            "agency_kind": "kota",
            "agency_province": "Nusa",
            "year": 2026,
            "number": 1,
        },
    }
    assert dict(store.assessments().loc[key]) == {
        "agency": "kota-a",
        "round": ROUND,
        "edition": tiny.digest,
        "invented": True,
        "purpose": "result",
    }
    assert audit(store) == []


def test_renaming_an_agency_later_changes_no_page_of_an_assessment_begun_before(store, begun):
    store.add_agencies([{"code": "kota-a", "name": "Kota Lain", "kind": "provinsi"}])

    assert assessment.make_case(store, "kota-a", ROUND).agency["name"] == "Kota A"


def test_a_practice_assessment_may_stand_beside_the_one_for_a_result(store, begun, tiny):
    row = {
        **{"id": "latihan", "agency": "kota-a", "round": ROUND, "edition": tiny.digest},
        **{"invented": True, "purpose": "practice"},
    }
    first = Statement("latihan", "opened", "p-1", CLOCK, {k: row[k] for k in ROW})
    edition = {"digest": tiny.digest, "id": tiny.id, "data": tiny.canonical}

    store.add_assessment(row, edition, first, "p-1")

    assert assessment.find(store, "kota-a", ROUND) == begun
    assert [case.assessment for case in assessment.make_cases(store, ROUND)] == [begun]
    assert audit(store) == []


def test_an_assessment_is_found_by_its_agency_and_round(store, begun):
    assert assessment.find(store, "kota-a", ROUND) == begun
    assert assessment.find(store, "kab-b", ROUND) is None
    assert assessment.find(store, "kota-a", "2030-1") is None


def test_an_assessment_keeps_the_edition_it_was_begun_under(store, begun, tiny):
    kept = assessment.instrument_of(store, begun)

    assert kept == tiny
    assert kept.digest == tiny.digest


def test_one_edition_is_kept_once_for_all_that_use_it(store, begun, tiny):
    assessment.begin(store, "kab-b", ROUND, tiny, "p-1")

    assert set(store.assessments()["edition"]) == {tiny.digest}
    assert store.edition(tiny.digest) == tiny.canonical


def test_an_unknown_agency_and_an_unknown_round_are_refused_together(store, tiny):
    with pytest.raises(RuleError) as caught:
        assessment.begin(store, "kota-x", "1999-1", tiny, "p-1")

    assert caught.value.key == "cannot-begin"
    assert refused(caught) == [("kota-x", "agency-unknown"), ("1999-1", "round-unknown")]
    assert caught.value.problems[1].allowed == ROUND
    assert len(store.assessments()) == len(store.entries()) == 0


def test_an_assessment_that_is_open_is_not_opened_again(store, begun, tiny):
    with pytest.raises(RuleError) as caught:
        assessment.begin(store, "kota-a", ROUND, tiny, "p-1")

    assert refused(caught) == [(f"kota-a/{ROUND}", "assessment-open-already")]
    assert list(store.assessments().index) == [begun]


def test_of_two_who_open_an_assessment_at_once_one_is_refused(store, begun, tiny, monkeypatch):
    monkeypatch.setattr("merit_kit.assessment._door.find", lambda *_: None)

    with pytest.raises(StoreError):
        assessment.begin(store, "kota-a", ROUND, tiny, "p-1")

    assert list(store.assessments().index) == [begun]
    assert audit(store) == []


def test_what_is_allowed_is_recorded_in_the_order_it_was_stated(store, begun):
    said = [
        level(begun, "1.1", 0),
        level(begun, "1.2", None, of="verified"),
        note(begun, "2.1", "a"),
    ]

    outcomes = assessment.record(store, said, "p-2")

    assert [(o.id, o.state, o.position) for o in outcomes] == [
        (s.id, "stored", n) for n, s in enumerate(said, start=2)
    ]
    assert set(store.entries()["recorded_by"][1:]) == {"p-2"}


def test_recording_again_is_safe(store, begun):
    said = [level(begun, "1.1", 3)]
    assessment.record(store, said, "p-1")

    [again] = assessment.record(store, said, "p-1")

    assert again.state == "already"


@pytest.mark.parametrize("value", [0, 1, 2, 3, 4, None], ids=str)
def test_every_step_of_the_scale_zero_and_taking_back_are_allowed(store, begun, value):
    assert assessment.record(store, [level(begun, "1.1", value)], "p-1")[0].state == "stored"


def changed(statement: Statement, **body) -> Statement:
    kind, about = statement.kind, statement.assessment
    return Statement(about, kind, "p-1", statement.stated_at, {**statement.body, **body})


REFUSED = {
    "level-too-high": (lambda a: level(a, "1.1", 5), "1.1", "level-off-scale"),
    "level-below-zero": (lambda a: level(a, "1.1", -1), "1.1", "level-off-scale"),
    "level-between": (lambda a: level(a, "1.1", 2.5), "1.1", "level-off-scale"),
    "level-whole-but-inexact": (lambda a: level(a, "1.1", 2.0), "1.1", "level-off-scale"),
    "level-as-text": (lambda a: level(a, "1.1", "3"), "1.1", "level-off-scale"),
    "level-true": (lambda a: level(a, "1.1", True), "1.1", "level-off-scale"),
    "level-of-unknown-code": (lambda a: level(a, "9.9", 3), "9.9", "code-unknown"),
    "note-of-unknown-code": (lambda a: note(a, "9.9", "a"), "9.9", "code-unknown"),
    "code-no-text": (lambda a: changed(note(a, "1.1", "a"), sub_aspect=["1.1"]), "['1.1']",
                     "code-unknown"),
    "of-unknown": (lambda a: level(a, "1.1", 3, of="final"), "", "kind-unknown"),
    "pass-unknown": (lambda a: changed(level(a, "1.1", 3, of="verified"), **{"pass": "tengah"}),
                     "", "kind-unknown"),
    "pass-missing": (lambda a: changed(level(a, "1.1", 3, of="verified"), **{"pass": None}),
                     "", "kind-unknown"),
    "pass-of-self": (lambda a: changed(level(a, "1.1", 3), **{"pass": "awal"}), "",
                     "kind-unknown"),
    "reason-no-text": (lambda a: level(a, "1.1", 3, reason=1.5), "reason", "body-shape"),
    "note-no-text": (lambda a: note(a, "1.1", None), "text", "body-shape"),
    "half-an-emoji": (lambda a: note(a, "1.1", "baik \ud83d"), "text", "body-shape"),
    "field-too-many": (lambda a: changed(note(a, "1.1", "a"), more="x"), "1.1", "body-shape"),
    "field-missing": (lambda a: Statement(a, "note", "p-1", CLOCK, {"text": "a"}), "kinds.note",
                      "body-shape"),
    "level-of-nobody": (lambda a: Statement(a, "level", "p-1", CLOCK, {"level": 3}), "",
                        "kind-unknown"),
    "kind-unknown": (lambda a: Statement(a, "score", "p-1", CLOCK, {}), "", "kind-unknown"),
    "second-opening": (lambda a: Statement(a, "opened", "p-1", CLOCK, {}), "", "kind-unknown"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "where", "key"), REFUSED.values(), ids=REFUSED)
def test_what_the_edition_or_the_process_does_not_allow_is_refused(store, begun, make, where, key):
    with pytest.raises(RuleError) as caught:
        assessment.record(store, [level(begun, "1.1", 3), make(begun)], "p-1")

    assert caught.value.key == "not-allowed"
    assert refused(caught) == [(where, key)]
    assert len(store.entries()) == 1


def test_a_level_off_the_scale_is_told_with_what_is_allowed(store, begun):
    with pytest.raises(RuleError) as caught:
        assessment.record(store, [level(begun, "1.1", 5)], "p-1")

    assert caught.value.problems == (Problem("1.1", "level-off-scale", "5", "0, 1, 2, 3, 4"),)


def test_all_refusals_come_at_once_and_nothing_is_recorded(store, begun):
    said = [
        level(begun, "9.9", 7),
        level(begun, "1.1", 3),
        note(begun, "8.8", "a"),
        Statement(begun, "score", "p-1", CLOCK, {}),
    ]

    with pytest.raises(RuleError) as caught:
        assessment.record(store, said, "p-1")

    assert refused(caught) == [
        ("9.9", "code-unknown"),
        ("9.9", "level-off-scale"),
        ("8.8", "code-unknown"),
        ("", "kind-unknown"),
    ]
    assert len(store.entries()) == 1


def test_a_statement_about_no_assessment_is_refused(store, begun):
    with pytest.raises(RuleError) as caught:
        assessment.record(store, [level("nowhere", "1.1", 3)], "p-1")

    assert caught.value.key == "assessment-unknown"
    assert "nowhere" in explain(caught.value, "en")


def test_statements_are_judged_by_the_edition_of_their_own_assessment(store, begun, kasn):
    other = assessment.begin(store, "kab-b", ROUND, kasn, "p-1")

    assessment.record(store, [level(begun, "2.1", 3), level(other, "8.1", 3)], "p-1")
    with pytest.raises(RuleError):
        assessment.record(store, [level(begun, "8.1", 3)], "p-1")


def test_a_table_states_its_levels_reasons_and_notes(store, begun):
    full = table(("1.1", 3, "Ada SK", 2, "Masih konsep", "Lengkapi"), ("2.1", None, "", 0))

    [result] = assessment.import_levels(store, [(begun, full)], "p-1", recorded_by="p-2")

    assert (result.agency, result.stated, result.unchanged) == ("kota-a", 4, 0)
    assert levels_of(store, begun) == {"1.1": 3}
    assert levels_of(store, begun, process.VERIFIED) == {"1.1": 2, "2.1": 0}
    counting = process.standing(process.unfold(store.entries([begun])))
    assert list(process.levels(counting, process.SELF)["reason"]) == ["Ada SK"]
    assert list(process.levels(counting, process.VERIFIED)["reason"]) == ["Masih konsep", ""]
    assert [b["text"] for b in counting["body"] if "text" in b] == ["Lengkapi"]
    assert set(store.entries()["recorded_by"][1:]) == {"p-2"}


def test_importing_the_same_table_again_states_nothing(store, begun):
    same = table(("1.1", 3, "Ada SK", 2, "", "Lengkapi"), ("1.2", 1))
    assessment.import_levels(store, [(begun, same)], "p-1")
    before = store.entries()

    [result] = assessment.import_levels(store, [(begun, same)], "p-9")

    assert (result.stated, result.unchanged) == (0, 4)
    assert store.entries().equals(before)


def test_a_changed_level_replaces_the_one_before_and_the_rest_is_left(store, begun):
    assessment.import_levels(store, [(begun, table(("1.1", 3), ("1.2", 1)))], "p-1")
    [old] = [
        opened(text)["id"] for text in store.entries()["payload"] if '"sub_aspect":"1.1"' in text
    ]

    [result] = assessment.import_levels(store, [(begun, table(("1.1", 4), ("1.2", 1)))], "p-1")

    assert (result.stated, result.unchanged) == (1, 1)
    assert opened(store.entries()["payload"].iloc[-1])["base"] == [old]
    assert levels_of(store, begun) == {"1.1": 4, "1.2": 1}
    assert len(store.entries()) == 4


def test_a_changed_reason_is_stated_though_the_level_stays(store, begun):
    assessment.import_levels(store, [(begun, table(("1.1", 3, "Ada")))], "p-1")

    [result] = assessment.import_levels(store, [(begun, table(("1.1", 3, "Lengkap")))], "p-1")

    assert result.stated == 1
    assert levels_of(store, begun) == {"1.1": 3}


def test_empty_cells_take_nothing_back(store, begun):
    assessment.import_levels(store, [(begun, table(("1.1", 3), ("1.2", 1)))], "p-1")

    assessment.import_levels(store, [(begun, table(("1.1",), ("1.2", 2)))], "p-1")

    assert levels_of(store, begun) == {"1.1": 3, "1.2": 2}


def test_one_table_that_is_refused_leaves_the_others_out_as_well(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    good, bad = table(("1.1", 3)), table(("1.1", 4), ("9.9", 7))

    with pytest.raises(RuleError) as caught:
        assessment.import_levels(store, [(begun, good), (other, bad)], "p-1")

    assert refused(caught) == [("9.9", "code-unknown"), ("9.9", "level-off-scale")]
    assert levels_of(store, begun) == levels_of(store, other) == {}


def test_tables_of_several_agencies_do_not_touch_each_other(store, begun, tiny):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    both = [(begun, table(("1.1", 3))), (other, table(("1.1", 1), ("1.2", 2)))]

    results = assessment.import_levels(store, both, "p-1")

    assert [(r.agency, r.stated) for r in results] == [("kota-a", 1), ("kab-b", 2)]
    assert levels_of(store, begun) == {"1.1": 3}
    assert levels_of(store, other) == {"1.1": 1, "1.2": 2}


def test_two_tables_of_one_assessment_count_in_their_order(store, begun):
    both = [(begun, table(("1.1", 3), ("1.2", 1))), (begun, table(("1.1", 4), ("1.2", 1)))]

    results = assessment.import_levels(store, both, "p-1")

    assert [(r.stated, r.unchanged) for r in results] == [(2, 0), (1, 1)]
    assert levels_of(store, begun) == {"1.1": 4, "1.2": 1}


def test_a_table_for_an_assessment_that_is_not_there_is_refused(store, begun):
    with pytest.raises(RuleError, match="assessment-unknown"):
        assessment.import_levels(store, [("nowhere", table(("1.1", 3)))], "p-1")


def test_what_is_in_conflict_counts_as_not_assessed_until_a_table_settles_it(store, begun):
    rivals = [level(begun, "1.1", 2), level(begun, "1.1", 3)]
    assessment.record(store, rivals, "p-1")
    assert levels_of(store, begun) == {}

    with pytest.raises(RuleError) as caught:
        assessment.import_levels(store, [(begun, table(("1.1", 3)))], "p-1")
    [result] = assessment.import_levels(store, [(begun, table(("1.1", 3)))], "p-1", replacing=True)

    assert [(p.where, p.key) for p in caught.value.problems] == [
        ("kota-a 1.1 mandiri", "import-differs")
    ]
    assert result.stated == 1
    assert set(opened(store.entries()["payload"].iloc[-1])["base"]) == {r.id for r in rivals}
    assert levels_of(store, begun) == {"1.1": 3}


def test_a_table_does_not_undo_what_somebody_else_stated_since(store, begun):
    assessment.import_levels(store, [(begun, table(("1.1", 2), ("1.2", 2)))], "p-1")
    first = store.entries()["id"].iloc[1]
    later = level(begun, "1.1", 3, author="p-2", base=(first,))
    assessment.record(store, [later], "p-2")

    with pytest.raises(RuleError) as caught:
        assessment.import_levels(store, [(begun, table(("1.1", 2), ("1.2", 4)))], "p-1")

    [problem] = caught.value.problems
    assert (problem.where, problem.found, problem.allowed) == (*("kota-a 1.1 mandiri", "2", ["3"]),)
    assert levels_of(store, begun) == {"1.1": 3, "1.2": 2}


def test_an_author_s_own_table_replaces_what_they_stated_before(store, begun):
    assessment.import_levels(store, [(begun, table(("1.1", 2)))], "p-1")
    assessment.import_levels(store, [(begun, table(("1.1", 4)))], "p-1")

    assert levels_of(store, begun) == {"1.1": 4}


def test_no_tables_state_nothing(store, begun):
    assert assessment.import_levels(store, [], "p-1") == []
    assert len(store.entries()) == 1


def test_a_moment_is_written_in_utc_to_the_millisecond():
    from merit_kit.assessment import _door

    assert len(_door.now()) == len("2026-03-01T02:00:00.000Z")
    assert _door.now().endswith("Z")
