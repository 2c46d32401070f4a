"""What deserves a second look, on numbers small enough to check by eye.

On the tiny instrument: 2.1 of weight 70, 1.1 of 10, 1.2 of 20; Rendah (I), Tinggi (II) from 200.
"""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import assessment, reports, scoring
from merit_kit.gaps import FEWEST, between_categories, contradictions, lowering
from merit_kit.instrument import Instrument, from_data
from merit_kit.store import Statement
from tests.conftest import level, sub_aspect, tiny_data, verifying
from tests.sayings import record

CODES = ["2.1", "1.1", "1.2"]


def sheets(*rows: tuple[int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=CODES, index=[f"a{i}" for i in range(len(rows))])


def between(levels: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, pd.DataFrame]:
    categories = scoring.totals(levels, instrument)["category"]
    return between_categories(levels, categories, instrument)


def test_the_gap_between_two_categories_is_the_sum_of_its_sub_aspects(tiny):
    pairs, parts = between(sheets(*[(1, 1, 1)] * 5, *[(3, 1, 2)] * 5), tiny)

    assert pairs.loc[("I", "II")].to_dict() == {"n_lower": 5, "n_higher": 5, "gap": 160}
    assert parts.drop(columns=["lower", "higher"]).to_dict("records") == [
        # Two levels of 70, one of 20, and nothing of 10.
        {"sub_aspect": "2.1", "level_lower": 1, "level_higher": 3}
        | {"points": 140, "share": 87.5, "most": True},
        {"sub_aspect": "1.2", "level_lower": 1, "level_higher": 2}
        | {"points": 20, "share": 12.5, "most": False},
        {"sub_aspect": "1.1", "level_lower": 1, "level_higher": 1}
        | {"points": 0, "share": 0, "most": False},
    ]


def test_those_that_together_reach_half_of_the_gap_are_most_of_it(data):
    data["aspects"][0]["sub_aspects"][0]["weight"] = "40"
    data["aspects"][1]["sub_aspects"][0]["weight"] = "30"
    data["aspects"][1]["sub_aspects"][1]["weight"] = "30"
    data["aspects"][0]["maximum"], data["aspects"][1]["maximum"] = 160, 240
    # 40, 30 and 30 percent: the first two are most of it.
    _, parts = between(sheets(*[(1, 1, 1)] * 5, *[(3, 3, 3)] * 5), from_data(data))

    assert parts["share"].tolist() == [40, 30, 30]
    assert parts["most"].tolist() == [True, True, False]


def test_of_a_category_with_too_few_no_gap_is_shown(tiny):
    pairs, parts = between(sheets(*[(1, 1, 1)] * 4, *[(3, 1, 2)] * 9), tiny)

    assert pairs["n_lower"].tolist() == [FEWEST - 1]
    assert isnan(pairs["gap"].item())
    assert parts.empty


@pytest.mark.parametrize("higher", [(1, 1, 1), (0, 2, 1)])
def test_a_higher_category_without_more_points_is_said_and_not_shared_out(tiny, higher):
    levels = sheets(*[(1, 1, 1)] * 5, *[higher] * 5)
    categories = pd.Series(["I"] * 5 + ["II"] * 5, index=levels.index)
    pairs, parts = between_categories(levels, categories, tiny)
    nothing = {"compared": 10, "lowering": pd.DataFrame(), "editions": {}, "names": {}}
    parted = (reports.Parted(tiny, pairs, parts),)
    look = reports.SecondLook(parted, contradictions=pd.DataFrame(), named=False, **nothing)
    between_, *_ = reports.second_figures(look, "en")

    assert pairs["gap"].item() == (0 if higher == (1, 1, 1) else -60)
    assert parts.empty
    assert "Their points do not part them" in between_.note


LEVEL = st.integers(0, 4)


@given(st.lists(st.tuples(LEVEL, LEVEL, LEVEL), min_size=10, max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_shares_add_up_and_the_points_are_those_of_the_scoring(rows):
    tiny = from_data(tiny_data())
    levels = sheets(*rows)
    pairs, parts = between(levels, tiny)
    totals = scoring.totals(levels, tiny)

    if parts.empty:
        assert min(totals["category"].value_counts().reindex(["I", "II"]).fillna(0)) < FEWEST
        return
    means = totals.groupby("category")["total"].mean()
    assert pairs["gap"].item() == pytest.approx(means["II"] - means["I"])
    assert parts["share"].sum() == pytest.approx(100)
    assert parts.loc[parts["most"], "share"].sum() >= 50 - 1e-9


def wide(codes: int = 4) -> Instrument:
    """Two aspects of so many sub-aspects of weight 10 each."""
    data: dict[str, Any] = tiny_data()
    for aspect in data["aspects"]:
        number = aspect["number"]
        aspect["sub_aspects"] = [sub_aspect(f"{number}.{i}", "10") for i in range(1, codes + 1)]
        aspect["maximum"] = 40 * codes
    data["maximum"]["value"] = 80 * codes
    return from_data(data)


def full(edition: Instrument, *rows: dict[str, int], level: int = 2) -> pd.DataFrame:
    """Sheets with one level throughout, but for what is named."""
    return pd.DataFrame([dict.fromkeys(edition.codes, level) | row for row in rows])


def test_two_levels_far_off_on_opposite_sides_of_one_aspect_contradict_each_other():
    edition = wide()
    found = contradictions(full(edition, {"1.1": 4, "1.3": 0}, {}, {}, {}, {}, {}), edition)

    assert found.to_dict("records") == [
        {"assessment": 0, "aspect": 1}
        | {"high": "1.1", "high_level": 4, "high_expected": 2.0}
        | {"low": "1.3", "low_level": 0, "low_expected": 2.0}
    ]


def test_the_same_two_levels_in_different_aspects_do_not():
    edition = wide()

    assert contradictions(full(edition, {"1.1": 4, "2.3": 0}, *[{}] * 5), edition).empty


def test_a_high_level_alone_is_a_strength_and_no_contradiction():
    edition = wide()

    assert contradictions(full(edition, {"1.1": 4}, *[{}] * 5), edition).empty


def test_what_is_hard_for_everybody_surprises_nobody():
    edition = wide()
    # 1.1 is easy and 1.3 hard for all of them.
    alike = [{"1.1": 4, "1.3": 0}] * 6

    assert contradictions(full(edition, *alike), edition).empty


def test_with_fewer_than_five_whole_sheets_nothing_is_expected():
    edition = wide()
    rows = [{"1.1": 4, "1.3": 0}, {}, {}, {}]

    assert contradictions(full(edition, *rows), edition).empty
    assert len(contradictions(full(edition, *rows, {}), edition)) == 1


@pytest.mark.parametrize("seed", [0, 1, 2, 4])
def test_contradictions_are_what_one_finds_sheet_by_sheet(seed):
    edition = wide()
    drawn = np.random.default_rng(seed).integers(0, 5, (11, 8))
    levels = pd.DataFrame(drawn, columns=list(edition.codes))
    found = contradictions(levels, edition)

    expected = []
    for aspect in edition.aspects:
        codes = [sub.code for sub in aspect.sub_aspects]
        for own in range(len(levels)):
            others = levels.drop(index=own)
            harder = others.mean() - others.to_numpy().mean()
            off = levels.loc[own] - (levels.loc[own].mean() + harder).clip(0, 4)
            high, low = off[codes].idxmax(), off[codes].idxmin()
            if off[high] >= 1.5 and off[low] <= -1.5:
                expected.append((own, aspect.number, high, low, off[high] - off[low]))
    expected.sort(key=lambda each: -each[-1])
    told = found[["assessment", "aspect", "high", "low"]].itertuples(index=False, name=None)
    assert list(told) == [each[:-1] for each in expected]
    assert expected


def evaluations(**people: list[tuple[int, int]]) -> pd.DataFrame:
    """By person and assessment: so many verified levels, so many of them lowered from 3 to 2."""
    rows = [
        {
            **{"person": person, "assessment": f"{person}-{number}", "scoring": "verified"},
            **{"own": 3.0, "level": 2 if i < lowered else 3},
        }
        for person, sheets in people.items()
        for number, (levels, lowered) in enumerate(sheets)
        for i in range(levels)
    ]
    return pd.DataFrame(rows, columns=["person", "assessment", "scoring", "own", "level"])


def test_whoever_lowers_nothing_while_others_do_in_each_assessment_is_named():
    found = lowering(evaluations(mild=[(10, 0)] * 4, fair=[(10, 2)] * 6, strict=[(10, 5), (10, 1)]))

    assert found["never"].to_dict() == {"mild": True, "fair": False, "strict": False}
    mild = found.loc["mild"]
    assert (mild["levels"], mild["lowered"], mild["assessments"]) == (40, 0, 4)
    assert (mild["others"], mild["others_touched"], mild["others_of"]) == (18 / 80, 8, 8)
    # Four of twelve assessments are without a lowered level: one choice of four in 495.
    assert mild["chance"] == pytest.approx(1 / 495)
    assert found.index[0] == "mild"
    assert isnan(found.loc["fair", "chance"])


def test_chance_is_reckoned_by_assessment_since_levels_of_one_go_together():
    # By level the others lower a fifth, and 0.8 to the 111th is nothing; but in four of their six
    # assessments they lower none, so that three in a row is no wonder.
    sheets = [(37, 0)] * 4 + [(37, 22)] * 2
    found = lowering(evaluations(mild=[(37, 0)] * 3, fair=sheets))

    assert found.loc["mild", "chance"] == pytest.approx((7 * 6 * 5) / (9 * 8 * 7))
    assert not found["never"].any()


def test_the_more_are_judged_the_rarer_it_has_to_be_for_one_to_be_named():
    mild = [(10, 0)] * 3
    of_two = lowering(evaluations(mild=mild, a=[(10, 2)] * 12))
    of_five = lowering(evaluations(mild=mild, **dict.fromkeys("abcd", [(10, 2)] * 3)))

    # One choice of three in 455 either way: below a half percent, not below a fifth.
    for found in (of_two, of_five):
        assert found.loc["mild", "chance"] == pytest.approx(1 / 455)
    assert (of_two["judged"].sum(), of_five["judged"].sum()) == (2, 5)
    assert (of_two["never"].sum(), of_five["never"].sum()) == (1, 0)


def test_fewer_than_three_assessments_name_nobody_however_many_levels():
    others = [(37, 5)] * 40

    assert not lowering(evaluations(mild=[(37, 0)] * 2, fair=others))["never"].any()
    assert lowering(evaluations(mild=[(37, 0)] * 3, fair=others)).loc["mild", "never"]
    # Nor does a third one of a handful of levels.
    few = [(37, 0), (37, 0), (9, 0)]
    assert not lowering(evaluations(mild=few, fair=others))["never"].any()
    # Nor three of too few levels together.
    assert not lowering(evaluations(mild=[(9, 0)] * 3, fair=others))["never"].any()


def test_without_enough_levels_of_others_nobody_is_compared():
    found = lowering(evaluations(mild=[(10, 0)] * 4, fair=[(10, 10), (10, 10), (9, 9)]))

    assert isnan(found.loc["mild", "others"])
    assert not found["never"].any()


def test_only_verified_levels_that_could_be_lowered_count():
    frame = evaluations(mild=[(10, 0)] * 4, fair=[(10, 2)] * 6)
    about = {"person": "mild", "assessment": "mild-0"}
    more = pd.DataFrame(
        [
            {**about, "scoring": "second", "own": 3.0, "level": 1},
            {**about, "scoring": "verified", "own": 0.0, "level": 0},
            {**about, "scoring": "verified", "own": float("nan"), "level": 2},
        ]
    )

    pd.testing.assert_frame_equal(lowering(pd.concat([frame, more])), lowering(frame))


def test_who_lowered_in_the_first_pass_alone_has_lowered(store, begun):
    verifying(store, begun)
    record(store, level(begun, "2.1", 3, reason="x"))
    record(store, level(begun, "2.1", 2, of="verified", author="p-e", reason="x"))
    body = {"stage": "perbaikan", "text": ""}
    moved = store.entries([begun], ["stage"])["id"].item()
    stage = Statement(begun, "stage", "p-s", "2026-03-02T02:00:00.000Z", body, (moved,))
    assessment.record(store, [stage], "p-s")
    later = level(begun, "2.1", 3, of="verified", author="p-e", reason="x")
    record(store, replace(later, body={**later.body, "pass": "akhir"}))
    found = lowering(assessment.evaluations(store)).loc["p-e"]

    assert (found["levels"], found["lowered"]) == (2, 1)
