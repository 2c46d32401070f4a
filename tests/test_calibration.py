"""Agreement and severity: on a published example, by hand, and on evaluators of known severity."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import assessment, practice, reports
from merit_kit.errors import RuleError
from merit_kit.gaps import LEAST_SHARED, against_model, agreement, severities
from merit_kit.gaps import _calibration as calibration
from merit_kit.store import PRACTICE
from tests.conftest import ROUND, level, verifying
from tests.sayings import appointed, record

DAY = "2026-03-01T02:00:00.000Z"


def scores(**people: list[float | None]) -> pd.DataFrame:
    """Levels of people, item by item; None where somebody did not score."""
    rows = [
        ("a", f"1.{i}", person, value, DAY)
        for person, levels in people.items()
        for i, value in enumerate(levels)
        if value is not None
    ]
    columns = ["assessment", "sub_aspect", "person", "level", "stated_at"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of items be enough, so that they can be looked at."""
    monkeypatch.setattr(calibration, "LEAST_SHARED", 2)


@pytest.mark.usefixtures("few")
def test_ordinal_alpha_of_the_published_example():
    """Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011: four observers, 12 units.

    Part D of the paper gives 0.815 for the ordinal difference. The last unit has one value.
    """
    none = None
    found = agreement(
        scores(
            A=[1, 2, 3, 3, 2, 1, 4, 1, 2, none, none, none],
            B=[1, 2, 3, 3, 2, 2, 4, 1, 2, 5, none, 3],
            C=[none, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, none],
            D=[1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, none],
        )
    )

    assert found.alpha == pytest.approx(0.815, abs=0.0005)
    assert (found.items, found.persons) == (11, 4)
    assert found.low <= found.alpha <= found.high


@pytest.mark.usefixtures("few")
def test_two_levels_and_two_people_are_the_binary_example_of_the_same_paper():
    """Part A of the paper: two observers, ten units, 0.095. Of two values order says nothing."""
    found = agreement(
        scores(A=[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], B=[1, 1, 1, 0, 0, 1, 0, 0, 0, 0]),
    )

    assert found.alpha == pytest.approx(0.095, abs=0.0005)
    assert found.same == 0.6


def _by_definition(frame: pd.DataFrame) -> float:
    """Alpha from its definition, pair by pair, without a matrix."""
    units = [list(some["level"]) for _, some in frame.groupby("sub_aspect") if len(some) > 1]
    values = [value for unit in units for value in unit]
    n = {value: values.count(value) for value in values}

    def apart(c: int, k: int) -> float:
        low, high = min(c, k), max(c, k)
        return (sum(n[g] for g in n if low <= g <= high) - (n[c] + n[k]) / 2) ** 2

    seen = sum(
        apart(a, b) / (len(unit) - 1)
        for unit in units
        for (i, a), (j, b) in product(enumerate(unit), repeat=2)
        if i != j
    ) / len(values)
    chance = sum(
        apart(a, b) for (i, a), (j, b) in product(enumerate(values), repeat=2) if i != j
    ) / (len(values) * (len(values) - 1))
    return 1 - seen / chance


@given(st.lists(st.tuples(*[st.none() | st.integers(0, 4)] * 3), min_size=3, max_size=8))
@settings(max_examples=60, deadline=None)
def test_alpha_is_its_definition_pair_by_pair(rows):
    frame = scores(A=[r[0] for r in rows], B=[r[1] for r in rows], C=[r[2] for r in rows])
    shared = calibration.shared_items(frame)
    if shared["level"].nunique() < 2:
        return
    table, values = calibration._counts(shared)
    pairs = table.sum(axis=1)
    each = table[:, :, None] * (table[:, None, :] - np.eye(len(values))[None])
    whole = (each / (pairs - 1)[:, None, None]).sum(axis=0)

    assert calibration._alphas(whole.reshape(1, -1))[0] == pytest.approx(_by_definition(shared))


def test_below_the_least_number_of_shared_items_nothing_is_said():
    one_short = scores(A=[1, 2] * (LEAST_SHARED // 2), B=[2, 2] * (LEAST_SHARED // 2))[:-1]
    found, people = agreement(one_short), severities(one_short)

    assert (found.items, found.alpha, found.low, found.same) == (LEAST_SHARED - 1, *[None] * 3)
    assert list(people["items"]) == [LEAST_SHARED - 1] * 2
    assert people[["severity", "low", "high", "drift"]].isna().all(axis=None)
    enough = scores(A=[1, 2] * (LEAST_SHARED // 2), B=[2, 2] * (LEAST_SHARED // 2))
    assert agreement(enough).alpha is not None
    assert severities(enough)["severity"].notna().all()


def test_where_every_level_is_the_same_agreement_has_no_number():
    found = agreement(scores(A=[3] * 40, B=[3] * 40))

    assert (found.alpha, found.low, found.same, found.items) == (None, None, 1.0, 40)


def test_somebody_who_always_gives_one_level_less_is_more_severe_by_one():
    base = [2, 3, 4] * 10
    found = severities(scores(mild=base, strict=[value - 1 for value in base]))

    # Half a level above and below the middle of the two.
    assert found["severity"].to_dict() == pytest.approx({"strict": 0.5, "mild": -0.5})
    assert list(found.index) == ["strict", "mild"]
    assert list(found["group"]) == [1, 1]


def test_whoever_met_weak_agencies_is_not_severe_for_that():
    weak, strong = [1] * 30, [4] * 30
    nobody: list[float | None] = [None] * 30
    found = severities(
        scores(A=[*weak, *nobody], B=[*weak, *strong], C=[*nobody, *strong]),
    )

    assert found["severity"].to_dict() == pytest.approx({"A": 0, "B": 0, "C": 0})


def test_people_whom_no_shared_item_links_are_not_compared():
    nobody: list[float | None] = [None] * 30
    mixed = [1, 2, 3] * 10
    found = severities(
        scores(
            A=[*mixed, *nobody], B=[*mixed, *nobody], C=[*nobody, *mixed], D=[*nobody, *([4] * 30)]
        )
    )

    assert found["group"].to_dict() == {"A": 1, "B": 1, "C": 2, "D": 2}
    assert found.loc[["A", "B"], "severity"].abs().max() == pytest.approx(0)
    assert found.loc["C", "severity"] == pytest.approx(1)


def test_without_weeks_in_between_no_drift_is_told():
    found = severities(scores(A=[1, 2, 3] * 12, B=[1, 3, 3] * 12))

    assert found["severity"].notna().all()
    assert found["drift"].isna().all()


def test_the_order_of_the_rows_changes_nothing_and_the_rows_stay_as_they_were():
    frame = scores(A=[1, 2, 3] * 12, B=[1, 3, 3] * 12, C=[2, 2, 3] * 12)
    before = frame.copy()
    shuffled = frame.sample(frac=1, random_state=1)

    first, again = severities(frame), severities(shuffled)
    pd.testing.assert_frame_equal(first, again.loc[first.index])
    assert agreement(frame).alpha == pytest.approx(agreement(shuffled).alpha)
    assert agreement(frame) == agreement(frame)
    pd.testing.assert_frame_equal(frame, before)


# Evaluators of known severity

SEVERITY = np.array([0.5, -0.25, -0.25, 0.0])
DRIFT = np.array([0.10, -0.05, -0.05, 0.0])


def simulated(
    chance: np.random.Generator, items: int, drift: Any = 0 * DRIFT, rounded: bool = False
) -> pd.DataFrame:
    """Items scored by two of four evaluators each, over a year; noise of 0.6 levels."""
    who = np.argsort(chance.random((items, 4)), axis=1)[:, :2].ravel()
    item = np.repeat(np.arange(items), 2)
    days = np.repeat(chance.uniform(0, 360, items), 2)
    worth = chance.uniform(1, 4, items)[item]
    level = worth - SEVERITY[who] - drift[who] * (days - 180) / 30
    level = level + chance.normal(0, 0.6, len(level))
    moments = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(days, unit="D")
    return pd.DataFrame(
        {
            "assessment": (item // 37).astype(str),
            "sub_aspect": item.astype(str),
            "person": np.array(list("ABCD"))[who],
            "level": np.clip(np.rint(level), 0, 4) if rounded else level,
            "stated_at": moments.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
    )


def _covered(found: pd.DataFrame, truth: Any, what: tuple[str, str]) -> list[bool]:
    ordered = found.loc[list("ABCD")]
    return list((ordered[what[0]] <= truth) & (truth <= ordered[what[1]]))


def test_intervals_hold_the_known_severity_and_drift_as_often_as_they_say():
    chance = np.random.default_rng(7)
    severity, drift = [], []
    for _ in range(200):
        found = severities(simulated(chance, 150, DRIFT))
        severity += _covered(found, SEVERITY, ("low", "high"))
        drift += _covered(found, DRIFT, ("drift_low", "drift_high"))

    # 95 percent, give or take what 800 of them may be off by chance.
    assert np.mean(severity) == pytest.approx(0.95, abs=0.025)
    assert np.mean(drift) == pytest.approx(0.95, abs=0.025)


def test_intervals_hold_on_whole_levels_with_ends_as_well():
    chance = np.random.default_rng(8)
    # What the ends of the scale leave of the severities, in very many items.
    truth = severities(simulated(chance, 60_000, rounded=True)).loc[list("ABCD"), "severity"]
    held: list[bool] = []
    for _ in range(200):
        found = severities(simulated(chance, 150, rounded=True))
        held += _covered(found, truth.to_numpy(), ("low", "high"))

    assert truth.to_numpy() == pytest.approx(SEVERITY, abs=0.06)
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)


def test_the_interval_of_alpha_holds_the_alpha_of_very_many_items(monkeypatch):
    monkeypatch.setattr(calibration, "_DRAWS", 400)
    chance = np.random.default_rng(9)
    truth = agreement(simulated(chance, 60_000, rounded=True)).alpha
    held = []
    for _ in range(120):
        found = agreement(simulated(chance, 120, rounded=True))
        held.append(found.low <= truth <= found.high)

    assert np.mean(held) == pytest.approx(0.95, abs=0.05)


def test_severities_of_evaluators_who_are_alike_are_rarely_told_apart():
    chance = np.random.default_rng(10)
    apart = []
    for _ in range(100):
        frame = simulated(chance, 100)
        frame["level"] += SEVERITY[frame["person"].map("ABCD".index).to_numpy()]
        found = severities(frame)
        apart += list((found["low"] > 0) | (found["high"] < 0))

    assert np.mean(apart) < 0.1


# Practice


def test_in_practice_everybody_is_held_against_the_model():
    rows = [
        ("a", f"1.{i}", person, own, model)
        for person, shift in (("strict", 1), ("alike", 0))
        for i, model in enumerate([2, 3, 4] * 12)
        for own in [model - shift * (i % 2)]
    ]
    runs = pd.DataFrame(rows, columns=["assessment", "sub_aspect", "person", "level", "model"])
    short = runs.assign(person="short").iloc[: LEAST_SHARED - 1]
    found = against_model(pd.concat([runs, short]))

    assert found["severity"].dropna().to_dict() == {"strict": 0.5, "alike": 0.0}
    assert found["same"].dropna().to_dict() == {"strict": 0.5, "alike": 1.0}
    # 18 of 36 by one: a deviation of 0.507, over 6, times 2.03.
    assert found.loc["strict", "high"] - 0.5 == pytest.approx(0.1716, abs=0.0005)
    assert found.loc["short"].isna().sum() == 4
    assert found.loc["short", "items"] == LEAST_SHARED - 1


# From a store


def _doubly_scored(store: Any, tiny: Any, begun: str) -> None:
    appointed(store, "p-f", "evaluator")
    own = [level(begun, code, 3, reason="x") for code in ("2.1", "1.1")]
    assessment.record(store, own, "p-1")
    verifying(store, begun)
    first = [level(begun, c, n, of="verified", author="p-e", reason="x")
             for c, n in (("2.1", 2), ("1.1", 3), ("1.2", 1))]  # fmt: skip
    record(store, *first, by="p-e")
    for person, code, value in (("p-f", "2.1", 1), ("p-f", "1.1", 3), ("p-e", "2.1", 4)):
        said = level(begun, code, value, of="second", author=person, reason="x",
                     visible_to="internal")  # fmt: skip
        record(store, said, by=person)


def test_every_level_of_an_evaluator_is_a_row_and_nobody_seconds_themselves(store, tiny, begun):
    _doubly_scored(store, tiny, begun)

    found = assessment.evaluations(store)
    rows = {tuple(row) for row in found[["sub_aspect", "person", "scoring", "level"]].to_numpy()}

    assert rows == {
        ("2.1", "p-e", "verified", 2),
        ("1.1", "p-e", "verified", 3),
        ("1.2", "p-e", "verified", 1),
        ("2.1", "p-f", "second", 1),
        ("1.1", "p-f", "second", 3),
    }
    own = found.set_index(["sub_aspect", "scoring"])["own"]
    assert (own["2.1", "second"], own["1.1", "verified"]) == (3, 3)
    assert np.isnan(own["1.2", "verified"])
    assert {*found["agency"]} == {"kota-a"}
    assert set(found["round"]) == {ROUND}


def test_a_team_reads_nothing_and_whoever_also_belongs_to_one_nothing_of_its_agency(
    store, tiny, begun
):
    _doubly_scored(store, tiny, begun)

    with pytest.raises(RuleError) as caught:
        assessment.evaluations(store, reader="p-1")
    assert caught.value.key == "analysis-no-role"
    assert len(assessment.evaluations(store, reader="p-s")) == 5
    appointed(store, "p-x", "evaluator", "agency", agency="kota-a")
    assert assessment.evaluations(store, reader="p-x").empty
    with pytest.raises(RuleError):
        assessment.evaluations(store, ["2031-1"])


def test_of_a_store_with_little_in_it_little_is_said(store, tiny, begun):
    _doubly_scored(store, tiny, begun)
    found, look = reports.calibrated(store), reports.second_look(store)

    assert (found.agreement.items, found.agreement.alpha) == (2, None)
    assert found.people["items"].to_dict() == {"p-e": 2, "p-f": 2}
    assert (found.practice_agreement.items, len(found.practice)) == (0, 0)
    assert (look.compared, len(look.contradictions)) == (1, 0)
    [parted] = look.parted
    assert parted.pairs[["n_lower", "n_higher"]].to_numpy().tolist() == [[1, 0]]
    assert look.lowering.loc["p-e", ["levels", "lowered"]].tolist() == [2, 1]
    for lang in ("id", "en"):
        assert reports.calibration_figures(found, lang)
        assert reports.second_figures(look, lang)


def test_practice_is_never_among_the_evaluations(store):
    practice.put(store, "p-s", ROUND, practice.read())

    assert set(store.assessments()["purpose"]) == {PRACTICE}
    assert assessment.evaluations(store).empty
