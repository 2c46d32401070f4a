"""Agreement and severity: on a published example, by hand, and on evaluators of known severity."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import assessment, practice, reports
from merit_kit.errors import RuleError
from merit_kit.gaps import (
    LEAST_ASSESSMENTS,
    LEAST_SHARED,
    against_model,
    agreement,
    severities,
)
from merit_kit.gaps import _calibration as calibration
from merit_kit.instrument import from_data
from merit_kit.store import PRACTICE, Statement
from tests.conftest import ROUND, level, tiny_data, verifying
from tests.sayings import appointed, record, said

DAY = "2026-03-01T02:00:00.000Z"


def scores(of: int = 5, **people: list[float | None]) -> pd.DataFrame:
    """Levels of people, item by item, out of so many assessments; None: somebody did not score."""
    rows = [
        (f"a{i % of}", f"1.{i}", person, value, DAY)
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
    monkeypatch.setattr(calibration, "LEAST_ASSESSMENTS", 2)


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
    alternating = {"A": [1, 2] * (LEAST_SHARED // 2), "B": [2, 2] * (LEAST_SHARED // 2)}
    one_short = scores(**alternating)[:-1]
    found, people = agreement(one_short), severities(one_short)

    assert (found.items, found.alpha, found.low, found.same) == (LEAST_SHARED - 1, *[None] * 3)
    assert list(people["items"]) == [LEAST_SHARED - 1] * 2
    assert people[["severity", "low", "high", "drift"]].isna().all(axis=None)
    enough = scores(**alternating)
    assert agreement(enough).alpha is not None
    assert severities(enough)["severity"].notna().all()


def test_of_many_items_out_of_too_few_assessments_nothing_is_said():
    a, b = [1, 2, 3, 4] * 20, [1, 2, 3, 3] * 20
    found, people = agreement(scores(4, A=a, B=b)), severities(scores(4, A=a, B=b))

    assert (found.items, found.assessments, found.alpha, found.same) == (80, 4, None, None)
    assert people[["items", "assessments", "group"]].to_numpy().tolist() == [[80, 4, 0]] * 2
    assert people["severity"].isna().all()
    assert agreement(scores(LEAST_ASSESSMENTS, A=a, B=b)).alpha is not None
    assert severities(scores(LEAST_ASSESSMENTS, A=a, B=b))["severity"].notna().all()


def test_where_every_level_is_the_same_agreement_has_no_number():
    found = agreement(scores(A=[3] * 40, B=[3] * 40))

    assert (found.alpha, found.low, found.same, found.items) == (None, None, 1.0, 40)


def test_agreement_throughout_is_told_without_an_interval_of_no_width():
    found = agreement(scores(A=[1, 2, 3, 4] * 10, B=[1, 2, 3, 4] * 10))

    assert (found.alpha, found.low, found.high, found.same) == (1, None, None, 1)


def test_the_interval_of_alpha_ends_where_alpha_does():
    a = [1, 4] * 20
    b = [level if i % 5 < 2 else 5 - level for i, level in enumerate(a)]
    found = agreement(scores(A=a, B=b))

    # Sixteen items alike, 24 turned round; half of 80 levels are 1: 1 - 79 x 48 / 3,200.
    assert found.alpha == pytest.approx(-0.185)
    assert (found.low, found.high) == (-1, 1)


def test_of_practice_alpha_is_told_from_few_runs_on_without_an_interval():
    some = scores(1, A=[1, 2, 3] * 10, B=[1, 3, 3] * 10)
    found = agreement(some, practice=True)

    assert agreement(some).alpha is None
    assert (found.items, found.assessments, found.same) == (LEAST_SHARED, 1, pytest.approx(2 / 3))
    assert found.alpha is not None
    assert (found.low, found.high) == (None, None)
    assert agreement(some[:-1], practice=True).alpha is None


def test_somebody_who_always_gives_one_level_less_is_more_severe_by_one():
    base = [2, 3, 4] * 10
    found = severities(scores(mild=base, strict=[value - 1 for value in base]))

    # Half a level above and below the middle of the two.
    assert found["severity"].to_dict() == pytest.approx({"strict": 0.5, "mild": -0.5})
    assert list(found.index) == ["strict", "mild"]
    assert list(found["group"]) == [1, 1]
    # Five sheets that all say the same prove nothing of a sixth.
    assert found[["low", "high"]].isna().all(axis=None)


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


def test_of_sheets_of_one_size_the_interval_is_that_of_their_mean_differences():
    # Five assessments of eight items each; B gives so much less than A in each of them.
    less = [0.5, 1.0, 1.5, 0.0, 2.0]
    a = [3.0] * 40
    b = [3 - less[i % 5] + (0.25 if i < 20 else -0.25) for i in range(40)]
    found = severities(scores(A=a, B=b)).loc["B"]

    # Half of the mean of 1; deviation 0.7906, over the root of 5, times 2.776 (4 degrees): 0.9816.
    assert found["severity"] == pytest.approx(0.5)
    assert found["high"] - found["severity"] == pytest.approx(0.9816 / 2, abs=0.0001)
    assert found["severity"] - found["low"] == pytest.approx(0.9816 / 2, abs=0.0001)


def test_where_one_scored_all_on_a_day_severity_is_told_beside_the_drift_of_the_others():
    chance = np.random.default_rng(1)
    a = list(chance.integers(1, 5, 11 * 20))
    frame = scores(
        11, A=a, B=[n - i % 2 for i, n in enumerate(a)], D=[n - i % 3 for i, n in enumerate(a)]
    )
    weeks = pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta(
        frame["assessment"].str[1:].astype(int) * 5, unit="D"
    )
    moments = weeks.dt.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    found = severities(frame.assign(stated_at=moments.where(frame["person"] != "D", DAY)))

    # What was nought but for rounding once hid all the rest.
    assert found["severity"].notna().all()
    assert found["drift"].notna().to_dict() == {"A": True, "B": True, "D": False}


def test_a_drift_shows_against_somebody_who_scores_all_of_it_again_in_a_day():
    # A is by 0.1 a month stricter, B scores ten months of it again on one day.
    b = list(np.random.default_rng(2).integers(1, 5, 50))
    frame = scores(
        10, A=[level - 0.1 * (i % 10) + (i % 3 - 1) / 5 for i, level in enumerate(b)], B=b
    )
    months = pd.to_timedelta(frame["assessment"].str[1:].astype(int) * 30, unit="D")
    moments = (pd.Timestamp(DAY) + months).dt.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    found = severities(frame.assign(stated_at=moments.where(frame["person"] == "A", DAY)))

    assert found.loc["A", "drift"] == pytest.approx(0.1, abs=0.02)
    assert found.loc["A", "drift_low"] < 0.1 < found.loc["A", "drift_high"]
    assert np.isnan(found.loc["B", "drift"])


def test_the_same_items_scored_over_again_in_both_passes_are_items_of_their_own():
    frame = scores(A=[1, 2, 3] * 12, B=[1, 3, 3] * 12)
    twice = pd.concat([frame.assign(**{"pass": each}) for each in ("awal", "akhir")])
    mixed = twice[(twice["person"] == "A") == (twice["pass"] == "awal")]

    assert agreement(twice).items == 2 * agreement(frame).items
    # One in awal, the other in akhir: nobody scored what the other did.
    assert (agreement(mixed).items, severities(mixed)["items"].sum()) == (0, 0)


# Evaluators of known severity

SEVERITY = np.array([0.5, -0.25, -0.25, 0.0])
DRIFT = np.array([0.10, -0.05, -0.05, 0.0])


def simulated(
    chance: np.random.Generator,
    assessments: int,
    drift: Any = 0 * DRIFT,
    rounded: bool = False,
    halo: float = 0.4,
    lag: float = 0.0,
) -> pd.DataFrame:
    """Assessments of five to fifteen items, each scored by two of four evaluators, over a year.

    Each evaluator is by `halo` levels milder or more severe with one agency than with another, on
    the whole of its sheet; beside that there is noise of 0.6 levels. Each evaluator comes so many
    days after the one before, A first and D last, give or take a tenth.
    """
    who = np.argsort(chance.random((assessments, 4)), axis=1)[:, :2]
    sizes = chance.integers(5, 16, assessments)
    moods = chance.normal(0, halo, (assessments, 2))
    of = np.repeat(np.arange(assessments), sizes)
    worth = np.repeat(chance.normal(2.5, 0.5, assessments), sizes) + chance.normal(0, 0.8, len(of))
    days = np.repeat(chance.uniform(0, 360, assessments), sizes)
    after = lag * who + (chance.normal(0, lag / 10, who.shape) if lag else 0)
    when = days[:, None] + after[of]
    severe = SEVERITY[who[of]] + drift[who[of]] * (when - 180) / 30
    level = worth[:, None] - severe + moods[of] + chance.normal(0, 0.6, (len(of), 2))
    moments = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(when.ravel(), unit="D")
    return pd.DataFrame(
        {
            "assessment": np.repeat(of, 2),
            "sub_aspect": np.repeat(np.arange(len(of)), 2),
            "person": np.array(list("ABCD"))[who[of]].ravel(),
            "level": (np.clip(np.rint(level), 0, 4) if rounded else level).ravel(),
            "stated_at": moments.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
    )


def _covered(found: pd.DataFrame, truth: Any, what: tuple[str, str]) -> list[bool]:
    ordered = found.loc[list("ABCD")]
    ordered = ordered.assign(truth=truth)[ordered["severity"].notna()]
    return list((ordered[what[0]] <= ordered["truth"]) & (ordered["truth"] <= ordered[what[1]]))


@pytest.mark.parametrize("lag", [0.0, 14.0])
def test_intervals_hold_the_known_severity_and_drift_as_often_as_they_say(lag):
    chance = np.random.default_rng(7)
    severity, drift, reach = [], [], []
    for _ in range(150):
        found = severities(simulated(chance, 16, DRIFT, lag=lag))
        reach.append((found["high"] - found["severity"]).median())
        severity += _covered(found, SEVERITY, ("low", "high"))
        drift += _covered(found, DRIFT, ("drift_low", "drift_high"))

    assert len(severity) > 450
    # 95 percent, give or take what four linked figures of each may be off by chance.
    assert np.mean(severity) == pytest.approx(0.95, abs=0.03)
    assert np.mean(drift) == pytest.approx(0.95, abs=0.03)
    # However late the second comes, by which a drift of all is not to be told.
    assert np.median(reach) < 0.6


def test_somebody_of_a_single_week_widens_nobodys_interval():
    chance = np.random.default_rng(13)
    frame = simulated(chance, 40)
    moments = pd.to_datetime(frame["stated_at"])
    with_d = frame["assessment"].isin(frame.loc[frame["person"] == "D", "assessment"])
    # Whatever D scored was scored in the last week; the others score all year.
    week = pd.Timestamp("2026-12-20", tz="UTC") + (moments - moments.min()) / 60
    stated = moments.where(~with_d, week).dt.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    found = severities(frame.assign(stated_at=stated)).loc[list("ABCD")]

    assert found["drift"].notna().tolist() == [True, True, True, False]
    assert found["severity"].to_numpy() == pytest.approx(SEVERITY, abs=0.3)
    assert (found["high"] - found["severity"]).max() < 0.6
    assert (found["drift_high"] - found["drift"]).max() < 0.3


def test_intervals_hold_on_whole_levels_with_ends_as_well():
    chance = np.random.default_rng(8)
    # What the ends of the scale leave of the severities, in very many items.
    truth = severities(simulated(chance, 4_000, rounded=True)).loc[list("ABCD"), "severity"]
    held: list[bool] = []
    for _ in range(150):
        found = severities(simulated(chance, 20, rounded=True))
        held += _covered(found, truth.to_numpy(), ("low", "high"))

    assert truth.to_numpy() == pytest.approx(SEVERITY, abs=0.08)
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize("assessments", [LEAST_ASSESSMENTS, 20])
def test_the_interval_of_alpha_holds_the_alpha_of_very_many_assessments(assessments):
    chance = np.random.default_rng(9)
    truth = agreement(simulated(chance, 4_000, rounded=True)).alpha
    held = []
    for _ in range(250):
        found = agreement(simulated(chance, assessments, rounded=True))
        if found.low is not None:
            held.append(found.low <= truth <= found.high)

    assert len(held) > 200
    assert np.mean(held) == pytest.approx(0.95, abs=0.04)


def test_severities_of_evaluators_who_are_alike_are_rarely_told_apart():
    chance = np.random.default_rng(10)
    apart = []
    for _ in range(150):
        frame = simulated(chance, 15)
        frame["level"] += SEVERITY[frame["person"].map("ABCD".index).to_numpy()]
        found = severities(frame)
        apart += list((found["low"] > 0) | (found["high"] < 0))

    # By item, with as much of a halo, it would be every third.
    assert np.mean(apart) < 0.08


# Practice


def practised(runs: int, items: int, **people: list[int]) -> pd.DataFrame:
    """By person and run: how far below the model's 3 each of the first items was scored."""
    rows = [
        (f"run-{run}", f"1.{i}", person, 3 - (below[run] if i < items // 2 else 0), 3)
        for person, below in people.items()
        for run in range(runs)
        for i in range(items)
    ]
    return pd.DataFrame(rows, columns=["assessment", "sub_aspect", "person", "level", "model"])


def test_in_practice_everybody_is_held_against_the_model():
    found = against_model(practised(5, 6, strict=[2, 2, 2, 2, 0], alike=[0] * 5))

    assert found["severity"].to_dict() == {"strict": 0.8, "alike": 0.0}
    assert found["same"].to_dict() == {"strict": 0.6, "alike": 1.0}
    # Runs of 1, 1, 1, 1 and 0: a deviation of 0.4472, over the root of 5, times 2.776: 0.5553.
    assert found.loc["strict", "high"] - 0.8 == pytest.approx(0.5553, abs=0.0001)
    # Five runs that all say the same are no proof.
    assert found.loc["alike", ["low", "high"]].isna().all()


def test_of_a_single_practice_run_no_interval_is_told_and_of_few_items_nothing():
    enough = practised(1, LEAST_SHARED, strict=[1])
    short = practised(1, LEAST_SHARED - 1, short=[1])
    found = against_model(pd.concat([enough, short]))

    told = ["items", "assessments", "same", "severity"]
    assert found.loc["strict", told].tolist() == [LEAST_SHARED, 1, 0.5, 0.5]
    assert found.loc["strict", ["low", "high"]].isna().all()
    assert found.loc["short", ["same", "severity", "low", "high"]].isna().all()
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
        second = level(begun, code, value, of="second", author=person, reason="x",
                       visible_to="internal")  # fmt: skip
        record(store, second, by=person)


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
    assert set(found["pass"]) == {"awal"}
    own = found.set_index(["sub_aspect", "scoring"])["own"]
    assert (own["2.1", "second"], own["1.1", "verified"]) == (3, 3)
    assert np.isnan(own["1.2", "verified"])
    assert {*found["agency"]} == {"kota-a"}
    assert set(found["round"]) == {ROUND}


def _row(found: pd.DataFrame, person: str, of: str = "verified") -> Any:
    [row] = found[(found["person"] == person) & (found["scoring"] == of)].to_dict("records")
    return row


def test_the_agencys_level_is_the_one_that_stood_when_the_evaluator_spoke(store, begun):
    (own,) = record(store, level(begun, "2.1", 3, reason="x"))
    verifying(store, begun)
    record(store, level(begun, "2.1", 3, of="verified", author="p-e", reason="x"))
    # Lowered by the agency itself, and a level it gives only afterwards.
    record(store, level(begun, "2.1", 1, reason="x", base=(own.id,)))
    record(store, level(begun, "1.1", 4, of="verified", author="p-e", reason="x"))
    record(store, level(begun, "1.1", 2, reason="x"))
    found = assessment.evaluations(store).set_index("sub_aspect")["own"]

    assert found["2.1"] == 3
    assert np.isnan(found["1.1"])


def test_a_time_that_was_stated_too_late_does_not_hide_what_was_there(store, begun):
    ahead = "2099-01-01T00:00:00.000Z"
    (first,) = record(store, level(begun, "2.1", 3, reason="x"))
    # A laptop whose clock is far ahead; then one that says when it was before the store heard.
    record(store, level(begun, "2.1", 2, reason="x", stated_at=ahead, base=(first.id,)))
    verifying(store, begun)
    record(store, level(begun, "2.1", 2, of="verified", author="p-e", reason="x", stated_at=ahead))
    early = "2026-02-01T00:00:00.000Z"
    record(store, level(begun, "1.1", 2, reason="x"))
    record(store, level(begun, "1.1", 2, of="verified", author="p-e", reason="x", stated_at=early))
    found = assessment.evaluations(store).set_index("sub_aspect")["own"]

    assert found["2.1"] == 2
    assert np.isnan(found["1.1"])


def test_both_passes_are_rows_and_a_second_scoring_is_of_the_pass_it_was_made_in(
    store, tiny, begun
):
    for person in ("p-f", "p-g"):
        appointed(store, person, "evaluator")
    verifying(store, begun)
    record(store, level(begun, "2.1", 2, of="verified", author="p-e", reason="x"))
    seconds = {
        person: level(begun, "2.1", 1, of="second", author=person, reason="x",
                      visible_to="internal")
        for person in ("p-f", "p-g")
    }  # fmt: skip
    record(store, seconds["p-f"])
    body = {"stage": "perbaikan", "text": ""}
    moved = store.entries([begun], ["stage"])["id"].item()
    stage = Statement(begun, "stage", "p-s", DAY, body, (moved,))
    assessment.record(store, [stage], "p-s")
    later = level(begun, "2.1", 3, of="verified", author="p-e", reason="x")
    record(store, replace(later, body={**later.body, "pass": "akhir"}))
    record(store, seconds["p-g"])
    found = assessment.evaluations(store)

    passes = found[["person", "scoring", "pass", "level"]].to_numpy().tolist()
    assert sorted(passes) == [
        ["p-e", "verified", "akhir", 3],
        ["p-e", "verified", "awal", 2],
        ["p-f", "second", "awal", 1],
        ["p-g", "second", "akhir", 1],
    ]


def test_a_level_the_agency_was_not_shown_is_a_draft_and_no_evaluation(store, begun):
    verifying(store, begun)
    draft = level(begun, "2.1", 2, of="verified", author="p-e", visible_to="internal", reason="x")
    record(store, draft)

    assert assessment.evaluations(store).empty
    shown = level(begun, "2.1", 2, of="verified", author="p-e", reason="x", base=(draft.id,))
    record(store, shown)
    assert _row(assessment.evaluations(store), "p-e")["level"] == 2


def test_editions_are_counted_together_only_where_their_levels_mean_the_same(store, tiny, begun):
    heavier, other = tiny_data(), tiny_data()
    heavier["id"], other["id"] = "berat", "lain"
    heavier["aspects"][1]["sub_aspects"][0]["weight"] = "20"
    heavier["aspects"][1]["sub_aspects"][1]["weight"] = "10"
    other["aspects"][0]["sub_aspects"][0]["levels"]["3"]["id"] = "Lain sekali"
    store.add_round("2026-2", 2026, 2)
    appointed(store, "p-f", "evaluator")
    again = assessment.begin(store, "kab-b", ROUND, from_data(heavier), "p-1")
    apart = assessment.begin(store, "kota-a", "2026-2", from_data(other), "p-1")
    verifying(store, begun, again, apart)
    for about in (begun, again, apart):
        record(store, level(about, "2.1", 2, of="verified", author="p-e", reason="x"))
        second = level(about, "2.1", 2, of="second", author="p-f", visible_to="internal")
        record(store, second)
    together, alone = reports.calibrated(store).compared

    assert [edition.id for edition in together.editions] == ["berat", "tiny"]
    assert (together.agreement.items, together.agreement.assessments) == (2, 2)
    assert [edition.id for edition in alone.editions] == ["lain"]
    assert alone.people["items"].to_dict() == {"p-e": 1, "p-f": 1}
    notes = [figure.note for figure in reports.calibration_figures(reports.calibrated(store), "en")]
    assert any("Counted together" in note and "berat, tiny" in note for note in notes)
    assert sum("others are counted apart" in note for note in notes) == 2


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
    for look in (reports.calibrated, reports.second_look):
        with pytest.raises(RuleError) as caught:
            look(store, None, "p-1")
        assert "not to an agency's team" in said(caught.value)
    with pytest.raises(RuleError):
        assessment.evaluations(store, ["2031-1"])


def test_of_a_store_with_little_in_it_little_is_said(store, tiny, begun):
    _doubly_scored(store, tiny, begun)
    found, look = reports.calibrated(store), reports.second_look(store)

    [compared], [practised_] = found.compared, found.practice
    assert (compared.agreement.items, compared.agreement.alpha) == (2, None)
    assert [edition.id for edition in compared.editions] == ["tiny"]
    assert compared.people["items"].to_dict() == {"p-e": 2, "p-f": 2}
    assert (practised_.agreement.items, len(practised_.people)) == (0, 0)
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
