"""Taking over tables of levels: all or none, nothing twice, each level by its own author."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from merit_kit import assessment, process
from merit_kit.errors import RuleError
from merit_kit.store import opened
from merit_kit.workbook import LevelTable
from merit_kit.workbook._levels import Given
from tests.conftest import ROUND, level, verifying
from tests.sayings import appointed, reach, record, said, say

CODES = ("2.1", "1.1", "1.2")


def table(*rows: tuple) -> LevelTable:
    """A table of levels; each row is a code, then what is not empty of the six columns."""
    given = [Given(*(*row, *(None, "", None, "", "")[len(row) - 1 :])) for row in rows]
    return LevelTable(Path("tabel.csv"), None, tuple(given))


def levels_of(store, about, of=process.SELF):
    counting = process.standing(process.unfold(store.entries([about])))
    row = process.level_sheet(counting, of, [about], CODES).loc[about]
    return {code: int(value) for code, value in row.dropna().items()}


def refused(caught) -> list[tuple[str, str]]:
    said(caught.value)
    return [(str(p.where), p.key) for p in caught.value.problems]


def test_a_table_states_its_levels_reasons_and_notes(store, begun):
    verifying(store, begun)
    full = table(("1.1", 3, "Ada SK", 2, "Masih konsep", "Lengkapi"), ("2.1", None, "", 0))

    [result] = assessment.import_levels(store, [(begun, full)], "p-s", "p-e")

    assert (result.agency, result.stated, result.unchanged) == ("kota-a", 4, 0)
    assert levels_of(store, begun) == {"1.1": 3}
    assert levels_of(store, begun, process.VERIFIED) == {"1.1": 2, "2.1": 0}
    counting = process.standing(process.unfold(store.entries([begun])))
    assert list(process.levels(counting, process.SELF)["reason"]) == ["Ada SK"]
    assert list(process.levels(counting, process.VERIFIED)["reason"]) == ["Masih konsep", ""]
    notes = counting[counting["kind"] == "note"]["body"]
    assert [body["text"] for body in notes] == ["Lengkapi"]
    stated = store.entries().iloc[2:]
    assert list(zip(stated["kind"], stated["author"], strict=True)) == [
        ("level", "tim-kota-a"),
        ("level", "p-e"),
        ("note", "p-e"),
        ("level", "p-e"),
    ]
    assert set(stated["recorded_by"]) == {"p-s"}


def test_importing_the_same_table_again_states_nothing(store, begun):
    verifying(store, begun)
    same = table(("1.1", 3, "Ada SK", 2, "", "Lengkapi"), ("1.2", 1))
    assessment.import_levels(store, [(begun, same)], "p-s", "p-e")
    before = store.entries()

    [result] = assessment.import_levels(store, [(begun, same)], "p-s")

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
    appointed(store, "p-2", "agency", agency="kota-a")
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


def test_somebody_of_the_team_states_the_levels_of_their_own_agency_themselves(store, begun):
    assessment.import_levels(store, [(begun, table(("1.1", 3)))], "p-1")

    assert list(store.entries()["author"][1:]) == ["p-1"]
    assert "tim-kota-a" not in store.people().index


def test_the_secretariat_records_for_the_team_and_makes_it_once(store, begun):
    assessment.import_levels(store, [(begun, table(("1.1", 3)))], "p-s")
    assessment.import_levels(store, [(begun, table(("1.1", 2)))], "p-s")

    stated = store.entries().iloc[1:]
    assert set(stated["author"]) == {"tim-kota-a"}
    assert set(stated["recorded_by"]) == {"p-s"}
    assert levels_of(store, begun) == {"1.1": 2}
    team = store.appointments(["tim-kota-a"]).to_dict("records")
    assert team == [{"person": "tim-kota-a", "role": "agency", "agency": "kota-a"}]


def test_an_evaluator_takes_over_no_levels_in_the_name_of_an_agency(store, begun):
    with pytest.raises(RuleError) as caught:
        assessment.import_levels(store, [(begun, table(("1.1", 3)))], "p-e")

    assert refused(caught) == [("1.1", "role-lacking")]
    assert len(store.entries()) == 1


def test_an_evaluator_does_not_record_what_another_has_verified(store, begun):
    verifying(store, begun)
    appointed(store, "p-f", "evaluator")

    with pytest.raises(RuleError) as caught:
        assessment.import_levels(store, [(begun, table(("1.1", None, "", 2)))], "p-f", "p-e")

    assert refused(caught) == [("1.1", "recorded-for-another")]
    assert levels_of(store, begun, process.VERIFIED) == {}


@pytest.mark.parametrize("row", [("1.1", None, "", 2), ("1.1", None, "", None, "", "Lengkapi")])
def test_verified_levels_and_notes_come_too_early_before_the_verification(store, begun, tiny, row):
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1")
    verifying(store, other)
    both = [(other, table(("1.1", 3))), (begun, table(row))]

    with pytest.raises(RuleError) as caught:
        assessment.import_levels(store, both, "p-s", "p-e")

    assert caught.value.key == "import-too-early"
    assert refused(caught) == [("kota-a", "import-too-early")]
    assert levels_of(store, other) == {}


def test_after_the_correction_a_table_states_the_second_pass_where_it_differs(store, begun):
    verifying(store, begun)
    first = table(("1.1", None, "", 2, "Konsep"), ("1.2", None, "", 1))
    assessment.import_levels(store, [(begun, first)], "p-s", "p-e")
    assessment.advance(store, ROUND, "perbaikan", "p-s")

    second = table(("1.1", None, "", 2), ("1.2", None, "", 3), ("2.1", None, "", 4))
    [result] = assessment.import_levels(store, [(begun, second)], "p-s", "p-e")

    assert (result.stated, result.unchanged) == (2, 1)
    sheet = assessment.levels_of(store, "kota-a", ROUND)
    assert sheet.loc["1.2", ["awal", "akhir", "verified"]].tolist() == [1, 3, 3]
    assert sheet["akhir"].dropna().to_dict() == {"2.1": 4, "1.2": 3}
    assert sheet["awal"].dropna().to_dict() == {"1.1": 2, "1.2": 1}


def test_a_table_states_nothing_once_the_levels_of_its_agency_are_closed(store, begun):
    reach(store, begun, "penetapan")

    with pytest.raises(RuleError) as caught:
        assessment.import_levels(store, [(begun, table(("1.1", 3)))], "p-s")

    assert refused(caught) == [("1.1", "stage-wrong")]
    assert "tim-kota-a" not in store.people().index


def test_a_file_from_the_desk_does_not_overrule_in_the_correction_what_the_sitting_found(
    store, begun
):
    appointed(store, "p-f", "evaluator")
    verifying(store, begun)
    desk = (begun, table(("1.1", None, "", 2)))
    assessment.import_levels(store, [desk], "p-e")
    found = say("awal", begun, level=3, author="p-f")
    stood = store.entries([begun])["id"].iloc[-1]
    record(store, replace(found, base=(stood,)))
    assessment.advance(store, ROUND, "perbaikan", "p-s", ["kota-a"])

    with pytest.raises(RuleError) as caught:
        assessment.import_levels(store, [desk], "p-e")

    assert caught.value.key == "import-differs"
    assert levels_of(store, begun, process.VERIFIED) == {"1.1": 3}
    [result] = assessment.import_levels(store, [desk], "p-e", replacing=True)
    assert result.stated == 1
    assert levels_of(store, begun, process.VERIFIED) == {"1.1": 2}


def test_in_the_correction_a_dash_or_an_empty_cell_leaves_what_the_first_pass_found_and_says_so(
    store, begun
):
    verifying(store, begun)
    assessment.import_levels(store, [(begun, table(("1.1", None, "", 2)))], "p-e")
    assessment.advance(store, ROUND, "perbaikan", "p-s", ["kota-a"])

    empty = replace(table(("1.1",)), columns=frozenset({"sub_aspect", "verified"}))
    [result] = assessment.import_levels(store, [(begun, empty)], "p-e")

    assert (result.stated, result.left) == (0, (("1.1", "verified", 2),))
