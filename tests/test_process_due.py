"""How long a result holds and who is due, on a calendar of two rounds a year."""

from __future__ import annotations

import pandas as pd
import pytest

from merit_kit.process import due, valid_until

AGENCIES = pd.DataFrame(
    {"name": ["Kota A", "Kabupaten B", "Kota C"]},
    index=pd.Index(["kota-a", "kab-b", "kota-c"], name="code"),
)
VERY_GOOD, GOOD, POOR = ("Sangat Baik", 2), ("Baik", 1), ("Kurang", None)


def results(*rows: tuple) -> pd.DataFrame:
    """Determined results: agency, year, number, (category, years it holds)."""
    columns = ["agency", "year", "number", "category", "valid_years"]
    return pd.DataFrame(
        [(agency, year, number, *held) for agency, year, number, held in rows], columns=columns
    )


def due_in(year: int, number: int, *rows: tuple) -> list[str]:
    return list(due(AGENCIES, results(*rows), year, number).index)


@pytest.mark.parametrize(
    ("determined", "years", "last"),
    [
        ((2022, 1), 2, (2023, 2)),
        ((2022, 2), 2, (2024, 1)),
        ((2022, 1), 1, (2022, 2)),
        ((2022, 2), 1, (2023, 1)),
        ((2022, 1), None, (2022, 1)),
        ((2022, 2), None, (2022, 2)),
        ((2022, 2), 0, (2022, 2)),
        ((2022, 1), 3, (2024, 2)),
    ],
    ids=["two-years", "two-years-from-the-second", "a-year", "a-year-from-the-second",
         "its-own-round", "its-own-second-round", "no-year", "three-years"],
)  # fmt: skip
def test_a_result_holds_until_the_round_before_its_anniversary(determined, years, last):
    assert valid_until(*determined, years) == last


@pytest.mark.parametrize(
    ("held", "again"),
    [(VERY_GOOD, (2024, 1)), (GOOD, (2023, 1)), (POOR, (2022, 2))],
    ids=["very-good-after-two-years", "good-after-one", "others-in-the-next-round"],
)
def test_an_agency_is_due_again_when_its_result_holds_no_longer(held, again):
    rounds = [(year, number) for year in (2022, 2023, 2024) for number in (1, 2)][1:]

    was_due = [each for each in rounds if "kota-a" in due_in(*each, ("kota-a", 2022, 1, held))]

    assert was_due == [each for each in rounds if each >= again]


@pytest.mark.parametrize(
    ("code", "last"),
    [("I", (2022, 1)), ("II", (2022, 1)), ("III", (2022, 2)), ("IV", (2023, 2))],
)
def test_a_category_of_the_shipped_edition_holds_as_long_as_its_consequence_says(kasn, code, last):
    [years] = [c.valid_years for c in kasn.categories if c.code == code]

    assert valid_until(2022, 1, years) == last


def test_a_result_of_the_second_round_counts_from_there():
    row = ("kota-a", 2022, 2, GOOD)

    assert "kota-a" not in due_in(2023, 1, row)
    assert "kota-a" in due_in(2023, 2, row)


def test_an_agency_that_was_never_determined_is_always_due():
    assert due_in(2022, 1) == list(AGENCIES.index)
    assert due_in(2022, 2, ("kota-a", 2022, 1, GOOD)) == ["kab-b", "kota-c"]


def test_results_of_the_round_itself_and_of_later_ones_play_no_part():
    rows = [("kota-a", 2022, 2, VERY_GOOD), ("kab-b", 2023, 1, VERY_GOOD)]

    assert due_in(2022, 2, *rows) == list(AGENCIES.index)
    assert due_in(2023, 1, *rows) == ["kab-b", "kota-c"]


@pytest.mark.parametrize("order", [1, -1], ids=["in-order", "backwards"])
def test_the_last_result_decides_wherever_it_stands_in_the_table(order):
    worse = [("kota-a", 2021, 2, VERY_GOOD), ("kota-a", 2022, 1, POOR)][::order]
    better = [("kota-a", 2021, 2, POOR), ("kota-a", 2022, 1, VERY_GOOD)][::order]

    assert "kota-a" in due_in(2022, 2, *worse)
    assert "kota-a" not in due_in(2022, 2, *better)


def test_a_later_result_does_not_hide_the_one_that_holds_now():
    rows = [("kota-a", 2021, 2, GOOD), ("kota-a", 2023, 1, POOR)]

    assert "kota-a" not in due_in(2022, 1, *rows)


def test_who_is_due_is_shown_with_their_last_result_in_the_order_of_the_agencies():
    table = due(
        AGENCIES, results(("kota-c", 2021, 2, POOR), ("kota-c", 2020, 1, VERY_GOOD)), 2022, 1
    )

    assert table.to_dict("index") == {
        "kota-a": {"name": "Kota A", "last_year": None, "last_number": None, "last_category": None},
        "kab-b": {"name": "Kabupaten B", "last_year": None, "last_number": None,
                  "last_category": None},
        "kota-c": {"name": "Kota C", "last_year": 2021, "last_number": 2,
                   "last_category": "Kurang"},
    }  # fmt: skip
    assert list(table.index) == list(AGENCIES.index)
    assert table.index.name == "code"


def test_when_nobody_is_due_the_table_is_empty_and_has_its_columns():
    rows = [(code, 2022, 1, VERY_GOOD) for code in AGENCIES.index]

    table = due(AGENCIES, results(*rows), 2022, 2)

    assert len(table) == 0
    assert list(table.columns) == ["name", "last_year", "last_number", "last_category"]


def test_a_result_of_an_agency_that_is_not_asked_about_changes_nothing():
    assert due_in(2022, 2, ("kota-x", 2022, 1, VERY_GOOD)) == list(AGENCIES.index)


@pytest.mark.parametrize("kind", ["object", "float64", "Int64"])
def test_no_years_may_be_written_in_any_way_a_table_has_for_it(kind):
    table = results(("kota-a", 2022, 1, POOR), ("kab-b", 2022, 1, GOOD))

    found = due(AGENCIES, table.astype({"valid_years": kind}), 2022, 2)

    assert list(found.index) == ["kota-a", "kota-c"]


def test_the_tables_handed_in_are_left_as_they_were():
    agencies, table = AGENCIES.copy(), results(("kota-a", 2022, 1, GOOD))
    before = table.copy()

    due(agencies, table, 2024, 1)

    pd.testing.assert_frame_equal(agencies, AGENCIES)
    pd.testing.assert_frame_equal(table, before)
