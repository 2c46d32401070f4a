"""Points, totals, index and category, on an instrument small enough to add up in one's head.

`tiny` (conftest.py) has levels 1-4 and two aspects: 2, with 2.1 of weight 70, then 1, with 1.1 of
weight 10 and 1.2 of weight 20; category I up to 200 points, II from there. Aspect 2 comes first so
that sorted order cannot pass for the instrument's. The real edition's cases: tests/cases.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import nan

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit.errors import Problem, ScoreError
from merit_kit.instrument import from_data
from merit_kit.scoring import (
    aspect_points,
    category_of,
    index_of,
    level_problems,
    points,
    totals,
)
from tests.conftest import tiny_data

LEVELS = pd.DataFrame([{"2.1": 2, "1.1": 1, "1.2": 3}], index=["kota-a"])
"""140 + 10 + 60 = 210 points."""

BOTH = pytest.mark.parametrize(
    "score", [points, aspect_points, totals], ids=lambda score: score.__name__
)


def _one(levels: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([levels], index=["kota-a"])


def test_a_sub_aspect_earns_its_weight_times_its_level(tiny):
    expected = pd.DataFrame([[140.0, 10.0, 60.0]], index=["kota-a"], columns=["2.1", "1.1", "1.2"])

    pd.testing.assert_frame_equal(points(LEVELS, tiny), expected)


def test_an_aspect_earns_the_sum_over_its_sub_aspects_in_the_order_of_the_instrument(tiny):
    expected = pd.DataFrame(
        {
            "points": [140.0, 70.0],
            "most": [280.0, 120.0],
            "percent": [50.0, 58.33],
            "assessed": [1, 2],
            "of": [1, 2],
        },
        index=pd.MultiIndex.from_tuples(
            [("kota-a", 2), ("kota-a", 1)], names=["assessment", "aspect"]
        ),
    )

    pd.testing.assert_frame_equal(aspect_points(LEVELS, tiny), expected)


def test_a_total_brings_percent_index_category_and_the_points_to_the_next(tiny):
    result = totals(_one({"2.1": 1, "1.1": 1, "1.2": 3}), tiny)

    expected = pd.DataFrame(
        {
            "total": [140.0],
            "percent": [35.0],
            "assessed": [3],
            "of": [3],
            "complete": [True],
            "index": [0.35],
            "category": ["I"],
            "to_next": [60.0],
        },
        index=["kota-a"],
    )
    pd.testing.assert_frame_equal(result, expected, check_dtype=False)


def test_the_highest_category_has_no_next(tiny):
    result = totals(LEVELS, tiny).loc["kota-a"]

    assert (result["total"], result["category"]) == (210, "II")
    assert pd.isna(result["to_next"])


def test_many_assessments_are_scored_at_once_each_by_itself(tiny):
    levels = pd.DataFrame(
        {"2.1": [1, 4, nan, 0], "1.1": [1, 4, 2, 0], "1.2": [1, 4, nan, 0]},
        index=["kota-a", "kab-b", "kab-c", "kab-d"],
    )
    together = totals(levels, tiny)

    assert together["total"].to_dict() == {"kota-a": 100, "kab-b": 400, "kab-c": 20, "kab-d": 0}
    assert together["category"].tolist() == ["I", "II", None, "I"]
    for name in levels.index:
        alone = totals(levels.loc[[name]], tiny)
        pd.testing.assert_frame_equal(together.loc[[name]], alone)


def test_aspects_of_many_assessments_stay_with_their_assessment(tiny):
    levels = pd.DataFrame({"2.1": [1, 2], "1.1": [1, 0], "1.2": [nan, 1]}, index=["b", "a"])
    result = aspect_points(levels, tiny)

    assert result["points"].to_dict() == {("b", 2): 70, ("b", 1): 10, ("a", 2): 140, ("a", 1): 20}
    assert result["assessed"].to_dict() == {("b", 2): 1, ("b", 1): 1, ("a", 2): 1, ("a", 1): 2}
    assert list(result.index) == [("b", 2), ("b", 1), ("a", 2), ("a", 1)]


@BOTH
def test_no_assessments_give_an_empty_frame(tiny, score):
    assert len(score(LEVELS.iloc[:0], tiny)) == 0


@BOTH
def test_the_order_of_the_columns_changes_nothing(tiny, score):
    turned = LEVELS[["1.2", "2.1", "1.1"]]

    pd.testing.assert_frame_equal(score(turned, tiny), score(LEVELS, tiny))


@BOTH
def test_the_levels_handed_in_are_left_as_they_were(tiny, score):
    levels = pd.DataFrame({"1.2": [3, nan], "2.1": [2, 0], "1.1": [1, 1]})
    before = levels.copy()

    score(levels, tiny)

    pd.testing.assert_frame_equal(levels, before)


@pytest.mark.parametrize("dtype", ["float", "object", "Int64"])
def test_levels_may_come_in_any_kind_of_column(tiny, dtype):
    levels = pd.DataFrame({"2.1": [2, None], "1.1": [1, 0], "1.2": [3, 1]}).astype(dtype)

    assert totals(levels, tiny)["total"].tolist() == [210, 20]
    assert totals(levels, tiny)["complete"].tolist() == [True, False]


def test_nothing_proven_is_assessed_and_not_assessed_is_not(tiny):
    levels = pd.DataFrame({"2.1": [0, nan], "1.1": [0, 0], "1.2": [0, 0]})
    result = totals(levels, tiny)

    assert result["total"].tolist() == [0, 0]
    assert result["assessed"].tolist() == [3, 2]
    assert result["complete"].tolist() == [True, False]
    assert result["category"].tolist() == ["I", None]
    assert points(levels, tiny)["2.1"].isna().tolist() == [False, True]
    assert aspect_points(levels, tiny)["assessed"].tolist() == [1, 2, 0, 2]


def test_a_provisional_total_has_no_index_no_category_and_no_next(tiny):
    # 360 points are enough for category II whatever 1.1 brings; it is not given all the same.
    result = totals(_one({"2.1": 4, "1.1": nan, "1.2": 4}), tiny).loc["kota-a"]

    assert (result["total"], result["assessed"], result["of"]) == (360, 2, 3)
    assert not result["complete"]
    assert result[["index", "category", "to_next"]].isna().all()


def test_nothing_assessed_is_a_provisional_zero(tiny):
    result = totals(_one({"2.1": nan, "1.1": nan, "1.2": nan}), tiny).loc["kota-a"]

    assert (result["total"], result["assessed"], result["complete"]) == (0, 0, False)


def test_weights_of_a_tenth_add_up_exactly(data):
    # In binary fractions 0.1 + 0.2 is more than 0.3, and ten tenths are less than one.
    for aspect in data["aspects"]:
        for sub in aspect["sub_aspects"]:
            sub["weight"] = "0.1"
    data["aspects"][0]["maximum"], data["aspects"][1]["maximum"] = "0.4", "0.8"
    data["maximum"]["value"] = "1.2"
    data["categories"]["bands"][0]["to"] = data["categories"]["bands"][1]["from"] = "0.3"
    tenths = from_data(data)

    result = totals(_one({"2.1": 1, "1.1": 1, "1.2": 1}), tenths).loc["kota-a"]

    assert result["total"] == 0.3
    assert result["category"] == "II"
    assert points(_one({"2.1": 3, "1.1": 1, "1.2": 1}), tenths).loc["kota-a", "2.1"] == 0.3


def test_a_total_a_millionth_short_of_a_bound_stays_below_it(data):
    data["aspects"][1]["sub_aspects"][0]["weight"] = "9.999999"
    data["aspects"][1]["maximum"] = "119.999996"
    data["maximum"]["value"] = "399.999996"
    result = totals(_one({"2.1": 1, "1.1": 1, "1.2": 4}), from_data(data)).loc["kota-a"]
    at_bound = totals(_one({"2.1": 2, "1.1": 0, "1.2": 3}), from_data(data)).loc["kota-a"]

    assert (result["total"], result["category"]) == (159.999999, "I")
    assert (at_bound["total"], at_bound["category"]) == (200, "II")
    assert category_of(Decimal("199.999999"), from_data(data)) == "I"


@pytest.mark.parametrize(
    ("total", "category"),
    [("0", "I"), ("199.5", "I"), ("199.999999", "I"), ("200", "II"), ("400", "II")],
)
def test_a_lower_bound_belongs_to_its_category(tiny, total, category):
    assert category_of(Decimal(total), tiny) == category


@pytest.mark.parametrize(
    ("total", "category"), [("0", "I"), ("200", "I"), ("200.000001", "II"), ("400", "II")]
)
def test_an_upper_bound_belongs_to_its_category_where_the_edition_says_so(data, total, category):
    data["categories"]["inclusive"] = "upper"

    assert category_of(Decimal(total), from_data(data)) == category


@pytest.fixture
def on_index(data):
    """Tiny, with its bound at index 0.5, which is 200 of 400 points."""
    data["categories"]["on"] = "index"
    data["categories"]["bands"][0]["to"] = data["categories"]["bands"][1]["from"] = "0.5"
    return from_data(data)


@pytest.mark.parametrize(
    ("total", "category"),
    # 199 is index 0.4975, shown as 0.50 and still below the bound.
    [("0", "I"), ("199", "I"), ("199.999999", "I"), ("200", "II"), ("400", "II")],
)
def test_bands_on_the_index_compare_the_exact_index_and_not_the_rounded_one(
    on_index, total, category
):
    assert category_of(Decimal(total), on_index) == category


def test_bands_on_the_index_promise_no_number_of_points_to_the_next(on_index):
    result = totals(_one({"2.1": 1, "1.1": 1, "1.2": 3}), on_index).loc["kota-a"]

    assert (result["category"], result["index"]) == ("I", 0.35)
    assert pd.isna(result["to_next"])


@pytest.mark.parametrize(
    ("total", "index"),
    [
        ("0", "0.00"),
        ("1.999999", "0.00"),
        ("2", "0.01"),
        ("245.999999", "0.61"),
        ("246", "0.62"),
        ("250", "0.63"),
        ("254.4", "0.64"),
        ("400", "1.00"),
    ],
)
def test_the_index_is_rounded_half_up(tiny, total, index):
    assert index_of(Decimal(total), tiny) == Decimal(index)


def test_the_index_has_as_many_decimals_as_the_edition_says(data):
    data["index"]["decimals"] = 3

    assert index_of(Decimal("250"), from_data(data)) == Decimal("0.625")
    assert totals(_one({"2.1": 3, "1.1": 0, "1.2": 2}), from_data(data))["index"].item() == 0.625


def test_every_number_of_points_is_counted_in_millionths_as_it_is_typed(data):
    # Six decimals of total / 1: the total itself. 1.13 in binary is a little less than 1.13.
    data["index"] |= {"divisor": 1, "decimals": 6}
    exact = from_data(data)
    typed = [Decimal(n).scaleb(-2) for n in range(1, 1000)]

    assert [index_of(total, exact) for total in typed] == typed


def test_the_index_is_the_total_over_the_divisor_and_not_over_the_maximum(data):
    data["index"]["divisor"] = 100

    assert index_of(Decimal("250"), from_data(data)) == Decimal("2.50")


def test_percent_is_of_the_maximum_with_two_decimals_half_up(data):
    data["aspects"][1]["sub_aspects"][1]["weight"] = "20.08"
    data["aspects"][1]["maximum"] = "120.32"
    data["maximum"]["value"] = "400.32"
    result = totals(_one({"2.1": 0, "1.1": 0, "1.2": 1}), from_data(data)).loc["kota-a"]

    assert result["percent"] == 5.02  # 5.015987...


LEVEL = st.sampled_from([nan, 0, 1, 2, 3, 4])
WEIGHT = st.decimals("0.01", 99, places=2)


@given(st.tuples(WEIGHT, WEIGHT, WEIGHT), st.lists(st.tuples(LEVEL, LEVEL, LEVEL), min_size=1))
@settings(max_examples=60, deadline=None)
def test_whatever_the_weights_the_sums_are_those_of_exact_decimals(weights, rows):
    data = tiny_data()
    two, one = data["aspects"]
    for sub, weight in zip(two["sub_aspects"] + one["sub_aspects"], weights, strict=True):
        sub["weight"] = str(weight)
    two["maximum"], one["maximum"] = str(4 * weights[0]), str(4 * (weights[1] + weights[2]))
    data["maximum"]["value"] = str(4 * sum(weights))
    drawn = from_data(data)
    result = totals(pd.DataFrame(rows, columns=["2.1", "1.1", "1.2"]), drawn)

    for row, levels in zip(result.to_dict("records"), rows, strict=True):
        known = [(w, int(n)) for w, n in zip(weights, levels, strict=True) if n == n]
        total = sum((w * n for w, n in known), Decimal(0))
        assert row["total"] == float(total)
        assert row["complete"] == (len(known) == 3)
        if row["complete"]:
            exact = (total / 400).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert row["index"] == float(exact) == float(index_of(total, drawn))
            assert row["category"] == category_of(total, drawn) == ("II" if total >= 200 else "I")


@pytest.mark.parametrize(
    ("codes", "levels", "problem"),
    [
        ("1.1 1.2", [1, 3], Problem("2.1", "level-missing")),
        ("1.1 1.2 2.1 9.9", [1, 3, 2, 1], Problem("9.9", "level-unknown-code")),
        ("1.1 1.2 2.1 2.1", [1, 3, 2, 2], Problem("2.1", "level-repeated")),
        ("1.1 1.2 2.1", [1, 3, 5], Problem("2.1", "level-off-scale", 5, "0, 1, 2, 3, 4")),
        ("1.1 1.2 2.1", [1, 3, -1], Problem("2.1", "level-off-scale", -1, "0, 1, 2, 3, 4")),
        ("1.1 1.2 2.1", [1, 2.5, 2], Problem("1.2", "level-off-scale", 2.5, "0, 1, 2, 3, 4")),
        ("1.1 1.2 2.1", [1, "x", 2], Problem("1.2", "level-off-scale", "x", "0, 1, 2, 3, 4")),
        (
            "1.1 1.2 2.1",
            [1, float("inf"), 2],
            Problem("1.2", "level-off-scale", float("inf"), "0, 1, 2, 3, 4"),
        ),
    ],
    ids=[
        "absent",
        "unknown",
        "twice",
        "too-high",
        "negative",
        "between-levels",
        "a-word",
        "endless",
    ],
)
@BOTH
def test_a_level_that_cannot_be_scored_is_named(tiny, score, codes, levels, problem):
    with pytest.raises(ScoreError) as caught:
        score(pd.DataFrame([levels], columns=codes.split()), tiny)

    assert caught.value.problems == (problem,)


def test_among_several_assessments_the_faulty_one_is_named(tiny):
    levels = pd.DataFrame({"2.1": [1, 2], "1.1": [1, 7], "1.2": [1, 1]}, index=["kota-a", "kab-b"])

    assert level_problems(levels, tiny) == [
        Problem("kab-b/1.1", "level-off-scale", 7, "0, 1, 2, 3, 4")
    ]


def test_all_problems_are_reported_together(tiny):
    with pytest.raises(ScoreError) as caught:
        totals(pd.DataFrame([[9, 1, 2, 2]], columns=["1.1", "9.9", "1.2", "1.2"]), tiny)

    assert [f"{p.where} {p.key}" for p in caught.value.problems] == [
        "2.1 level-missing",
        "9.9 level-unknown-code",
        "1.2 level-repeated",
        "1.1 level-off-scale",
    ]


def test_levels_that_can_be_scored_have_no_problems(tiny):
    assert level_problems(LEVELS, tiny) == []
