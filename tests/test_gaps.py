"""What one more step would add, and where a group stands.

On the tiny instrument: 2.1 of weight 70, 1.1 of 10, 1.2 of 20.
"""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from math import nan

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import scoring
from merit_kit.errors import ScoreError
from merit_kit.gaps import FEWEST, Others, lifts, quartiles, standings
from merit_kit.instrument import from_data
from tests.conftest import tiny_data


def _levels(two: float, one: float, other: float) -> pd.DataFrame:
    return pd.DataFrame([{"2.1": two, "1.1": one, "1.2": other}], index=["verified"])


def test_the_step_that_adds_most_comes_first(tiny):
    expected = pd.DataFrame(
        {
            "level": [2, 3, 1],
            "next": [3, 4, 2],
            "aim": [3, 4, 3],  # the text of level 2 says what is lacking, not what to do
            "gain": [70.0, 20.0, 10.0],
            "open": [140.0, 20.0, 30.0],
        },
        index=pd.Index(["2.1", "1.2", "1.1"], name="sub_aspect"),
    )

    pd.testing.assert_frame_equal(lifts(_levels(2, 1, 3), tiny), expected, check_dtype=False)


def test_a_sub_aspect_at_the_top_has_no_step_left(tiny):
    assert list(lifts(_levels(4, 1, 4), tiny).index) == ["1.1"]
    assert len(lifts(_levels(4, 4, 4), tiny)) == 0


def test_nothing_proven_has_the_first_step_ahead_and_what_is_not_assessed_has_none(tiny):
    result = lifts(_levels(0, nan, 4), tiny)

    assert result["next"].to_dict() == {"2.1": 1}
    assert result["gain"].to_dict() == {"2.1": 70}
    assert result["open"].to_dict() == {"2.1": 280}


def test_with_nothing_assessed_there_is_no_step_to_order(tiny):
    assert len(lifts(_levels(nan, nan, nan), tiny)) == 0


def test_of_equal_steps_the_one_with_more_left_to_gain_comes_first_then_the_order_of_the_file(data):
    for aspect in data["aspects"]:
        for sub in aspect["sub_aspects"]:
            sub["weight"] = "10"
    data["aspects"][0]["maximum"], data["aspects"][1]["maximum"] = 40, 80
    data["maximum"]["value"] = 120
    alike = from_data(data)

    assert list(lifts(_levels(3, 2, 1), alike).index) == ["1.2", "1.1", "2.1"]
    assert list(lifts(_levels(1, 1, 1), alike).index) == ["2.1", "1.1", "1.2"]


def test_the_order_of_the_columns_changes_nothing(tiny):
    levels = _levels(2, 1, 3)

    pd.testing.assert_frame_equal(lifts(levels[["1.2", "2.1", "1.1"]], tiny), lifts(levels, tiny))


def test_the_levels_handed_in_are_left_as_they_were(tiny):
    levels = _levels(2, nan, 3)
    before = levels.copy()

    lifts(levels, tiny)

    pd.testing.assert_frame_equal(levels, before)


LEVEL = st.sampled_from([nan, 0, 1, 2, 3, 4])


@given(LEVEL, LEVEL, LEVEL)
@settings(max_examples=40, deadline=None)
def test_taking_a_step_adds_to_the_total_just_what_was_promised(two, one, other):
    tiny = from_data(tiny_data())
    levels = _levels(two, one, other)
    before = scoring.totals(levels, tiny)["total"].item()
    result = lifts(levels, tiny)

    for code, row in result.iterrows():
        taken = levels.astype(float)
        taken[code] = row["next"]
        assert scoring.totals(taken, tiny)["total"].item() - before == row["gain"]
    unknown = 4 * levels.isna().mul({"2.1": 70, "1.1": 10, "1.2": 20}).sum(axis=1).item()
    assert before + result["open"].sum() + unknown == 400
    assert result["gain"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("levels", "where", "key"),
    [
        (pd.DataFrame([[9, 1, 1]], columns=["2.1", "1.1", "1.2"]), "2.1", "level-off-scale"),
        (pd.DataFrame([[1, 1]], columns=["2.1", "1.1"]), "1.2", "level-missing"),
        (
            pd.DataFrame([[1, 1, 1, 1]], columns=["2.1", "1.1", "1.2", "9.9"]),
            "9.9",
            "level-unknown-code",
        ),
        (
            pd.DataFrame([[1, 1, 1, 1]], columns=["2.1", "1.1", "1.2", "1.2"]),
            "1.2",
            "level-repeated",
        ),
    ],
    ids=["off-scale", "absent", "unknown", "twice"],
)
def test_levels_that_cannot_be_scored_have_no_lifts(tiny, levels, where, key):
    with pytest.raises(ScoreError) as caught:
        lifts(levels, tiny)

    assert [(p.where, p.key) for p in caught.value.problems] == [(where, key)]


def test_the_middle_half_of_a_group_lies_between_its_quartiles():
    figures = pd.DataFrame({"total": [10, 50, 20, 40, 30], "other": [1.0, 1.0, 1.0, 1.0, 1.0]})

    assert quartiles(figures) == {
        "total": {"low": "20", "median": "30", "high": "40"},
        "other": {"low": "1", "median": "1", "high": "1"},
    }


def test_between_two_values_a_quartile_lies_on_the_straight_line_from_one_to_the_other():
    figures = pd.DataFrame({"total": [10, 20, 30, 40, 50, 60]})

    # A quarter of the way from the 2nd to the 3rd; half-way; a quarter short of the 5th.
    assert quartiles(figures) == {"total": {"low": "22.5", "median": "35", "high": "47.5"}}


@pytest.mark.parametrize(
    ("value", "written"), [(2.005, "2.01"), (33.333333, "33.33"), (100, "100"), (0, "0")]
)
def test_figures_of_a_group_are_text_of_two_decimals_half_up(value, written):
    found = quartiles(pd.DataFrame({"total": [value] * FEWEST}))

    assert found == {"total": {"low": written, "median": written, "high": written}}


def test_of_a_group_that_is_too_small_nothing_is_said():
    group = pd.DataFrame({"total": [1.0] * FEWEST})

    assert quartiles(group) is not None
    assert quartiles(group.iloc[1:]) is None


def test_a_group_is_compared_by_totals_and_by_the_percent_of_each_aspect(tiny):
    levels = pd.DataFrame({"2.1": [1, 4], "1.1": [4, 0], "1.2": [2, 0]}, index=["a", "b"])

    expected = pd.DataFrame(
        {1: [66.67, 0.0], 2: [25.0, 100.0], "total": [150.0, 280.0]}, index=["a", "b"]
    )
    found = standings(levels, tiny)
    pd.testing.assert_frame_equal(found[[1, 2, "total"]], expected, check_names=False)


@pytest.mark.parametrize("size", [FEWEST, 6, 7, 12])
def test_of_a_group_without_some_the_figures_are_those_of_the_rest(size):
    chance = random.Random(size)  # noqa: S311 no secret
    figures = pd.DataFrame(
        {"total": [chance.choice((100.0, 150.5, 200.0, 333.25)) for _ in range(size)]}
    ).assign(other=lambda frame: frame["total"].iloc[::-1].to_numpy())
    others = Others(figures)

    for gone in ([], [0], [size - 1], [1, 3], [0, 2, 4], ["a stranger"]):
        rest = figures.drop(index=[each for each in gone if each != "a stranger"])
        assert others.without(gone) == quartiles_of(rest)


def quartiles_of(figures: pd.DataFrame) -> dict[str, dict[str, str]] | None:
    """As pandas has them: here with four decimals at most, told with two, half up."""
    if len(figures) < FEWEST:
        return None
    found = figures.quantile([0.25, 0.5, 0.75])
    found.index = pd.Index(["low", "median", "high"])
    return {
        column: {part: two_decimals(value) for part, value in some.items()}
        for column, some in found.to_dict().items()
    }


def two_decimals(value: float) -> str:
    return f"{Decimal(str(value)).quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"
