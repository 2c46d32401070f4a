"""The road map: the cheapest level steps to a target, proved on editions small enough to try all.

On the tiny instrument: 2.1 of weight 70, 1.1 of 10, 1.2 of 20; Tinggi (II) from 200 points.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from math import nan
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import scoring
from merit_kit.errors import GapError, Problem, ScoreError
from merit_kit.gaps import Roadmap, Wishes, points_for, roadmap
from merit_kit.gaps._programme import Programme
from merit_kit.gaps._solver import Answer
from merit_kit.i18n import LANGUAGES, explain
from merit_kit.instrument import Instrument, from_data
from tests.conftest import tiny_data
from tests.editions import made_up_data

CODES = ("2.1", "1.1", "1.2")


def sheet(*levels: float) -> pd.DataFrame:
    return pd.DataFrame([dict(zip(CODES, levels, strict=True))], index=["verified"])


def ends(plan: Roadmap, *before: float) -> tuple[int, ...]:
    """Return the levels at the end, having seen that each step begins where the last one ended."""
    now = dict(zip(CODES, before, strict=True))
    for step in plan.steps.itertuples():
        assert now[step.sub_aspect] == step.level
        now[step.sub_aspect] = step.next
    return tuple(int(level) for level in now.values())


def refused(*args: Any, **wishes: Any) -> GapError:
    with pytest.raises(GapError) as caught:
        roadmap(*args, Wishes(**wishes))
    for lang in LANGUAGES:
        assert "{" not in explain(caught.value, lang)
    return caught.value


def test_the_fewest_steps_reach_the_target(tiny):
    # 100 points now. One step of 2.1 and two of 1.2 make 210; two steps of 2.1 make 240.
    plan = roadmap(sheet(1, 1, 1), tiny, Decimal(200))

    assert ends(plan, 1, 1, 1) == (3, 1, 1)
    assert (plan.total, plan.reached, plan.effort) == (100, 240, 2)


def test_a_step_that_takes_more_is_left_out_where_others_are_cheaper(tiny):
    dear = {("2.1", level): Decimal(5) for level in (2, 3, 4)}
    plan = roadmap(sheet(1, 1, 1), tiny, Decimal(200), Wishes(efforts=dear))

    # 5 + 1 + 1, and not 5 + 5.
    assert ends(plan, 1, 1, 1) == (2, 1, 3)
    assert (plan.reached, plan.effort) == (210, 7)


def test_every_step_says_what_it_gains_takes_and_asks_for(tiny):
    plan = roadmap(sheet(1, 1, 1), tiny, Decimal(200))

    expected = pd.DataFrame(
        {
            "year": [1, 1],
            "sub_aspect": ["2.1", "2.1"],
            "level": [1, 2],
            "next": [2, 3],
            "aim": [3, 3],  # the text of level 2 says what is lacking, not what to do
            "gain": [70.0, 70.0],
            "effort": [1.0, 1.0],
        }
    )
    pd.testing.assert_frame_equal(plan.steps, expected, check_dtype=False)
    assert plan.moves.to_dict("records") == [
        {"year": 1, "sub_aspect": "2.1", "level": 1, "next": 3, "aim": 3}
        | {"gain": 140.0, "effort": 2.0}
    ]


def test_a_target_between_two_totals_is_passed_and_never_approached(tiny):
    only = Wishes(excluded=frozenset({"2.1"}))
    # 140 by two steps of 1.2, 160 by a third.
    assert roadmap(sheet(1, 1, 1), tiny, Decimal(140), only).reached == 140
    assert roadmap(sheet(1, 1, 1), tiny, Decimal("140.000001"), only).reached == 160


def test_a_target_that_is_reached_needs_no_step(tiny):
    plan = roadmap(sheet(4, 4, 4), tiny, Decimal(400), Wishes(years=3))

    assert plan.steps.empty
    assert (plan.total, plan.reached, plan.effort) == (400, 400, 0)
    assert list(plan.years["total"]) == [400, 400, 400]


def test_what_is_not_assessed_counts_nothing_and_gets_no_step(tiny):
    plan = roadmap(sheet(1, nan, 1), tiny, Decimal(150))

    assert plan.unassessed == ("1.1",)
    assert (plan.total, plan.reached) == (90, 160)


def test_the_effort_of_a_step_is_what_the_edition_says_unless_it_is_typed():
    data = tiny_data()
    first = data["aspects"][0]["sub_aspects"][0]
    first["effort"] = {"1": "1", "2": "5", "3": "6", "4": "7"}
    first["sources"]["effort"] = "assumed"
    edition = from_data(data)

    plan = roadmap(sheet(1, 1, 1), edition, Decimal(200))
    typed = roadmap(sheet(1, 1, 1), edition, Decimal(200), Wishes(efforts={("2.1", 3): Decimal(1)}))

    assert (ends(plan, 1, 1, 1), plan.effort) == ((2, 1, 3), 7)
    assert (ends(typed, 1, 1, 1), typed.effort) == ((3, 1, 1), 6)


def test_without_a_limit_the_effort_is_spread_over_the_years(tiny):
    plan = roadmap(sheet(1, 1, 1), tiny, Decimal(400), Wishes(years=4))

    assert list(plan.years["steps"]) == [3, 2, 2, 2]
    # What brings most comes first: three times 70, then three times 20.
    assert list(plan.years["total"]) == [310, 350, 380, 400]


def test_a_limit_of_steps_holds_in_every_year(tiny):
    plan = roadmap(sheet(1, 1, 1), tiny, Decimal(400), Wishes(years=5, steps=2))

    assert list(plan.years["steps"]) == [2, 2, 2, 2, 1]
    assert list(plan.years["total"]) == [240, 330, 370, 390, 400]


def test_a_limit_of_effort_holds_in_every_year(tiny):
    efforts = {("2.1", 2): Decimal("2.5"), ("2.1", 3): Decimal("2.5"), ("2.1", 4): Decimal(3)}
    wishes = Wishes(years=3, effort=Decimal("3.5"), efforts=efforts)
    plan = roadmap(sheet(1, 3, 3), tiny, Decimal(310), wishes)

    # 160 now; two steps of 2.1 make 300, and one of 10 or 20 more is needed.
    assert ends(plan, 1, 3, 3) == (3, 3, 4)
    assert list(plan.years["effort"]) == [3.5, 2.5, 0]


def test_a_sub_aspect_rises_no_faster_than_it_may(tiny):
    plan = roadmap(sheet(1, 4, 4), tiny, Decimal(400), Wishes(years=4, rise=1))

    assert list(plan.steps["year"]) == [1, 2, 3]


def test_what_is_excluded_stays_and_what_is_fixed_ends_there(tiny):
    without = roadmap(sheet(3, 1, 1), tiny, Decimal(270), Wishes(excluded=frozenset({"1.2"})))
    with_ = roadmap(sheet(3, 1, 1), tiny, Decimal(250), Wishes(fixed={"1.1": 3, "2.1": 3}))

    assert ends(without, 3, 1, 1) == (4, 1, 1)
    # 240 now, and 20 by the two steps of 1.1 that have to be.
    assert ends(with_, 3, 1, 1) == (3, 3, 1)


def test_plans_of_the_same_effort_are_named(data):
    data["aspects"][1]["sub_aspects"][0]["weight"] = "15"
    data["aspects"][1]["sub_aspects"][1]["weight"] = "15"
    alike = from_data(data)
    # 200 and 15 more: a step of 1.1, or one of 1.2, or one of 2.1 (which brings most).
    plan = roadmap(sheet(2, 2, 2), alike, Decimal(215), Wishes(excluded=frozenset({"2.1"})))
    free = roadmap(sheet(2, 2, 2), alike, Decimal(215))

    assert plan.alike == ({"1.1": 3, "1.2": 2},)
    assert plan.others == ()
    assert (ends(free, 2, 2, 2), free.alike) == ((3, 2, 2), ())
    [other] = free.others
    assert other.levels.to_dict("index") == {
        "2.1": {"level": 2, "here": 3, "there": 2},
        "1.1": {"level": 2, "here": 2, "there": 3},
    }
    assert other.reached == 215


def test_a_plan_that_was_not_proved_says_what_none_can_take_less_than(tiny, monkeypatch):
    cheapest = Programme.cheapest

    def out_of_time(programme: Programme) -> Answer:
        found = cheapest(programme)
        return Answer(found.plan, False, 1.2)

    monkeypatch.setattr(Programme, "cheapest", out_of_time)
    plan = roadmap(sheet(1, 1, 1), tiny, Decimal(240))

    assert (plan.effort, plan.least) == (2, 2)
    plan = roadmap(sheet(1, 1, 1), tiny, Decimal(310))
    assert (plan.effort, plan.least, plan.others, plan.no_more) == (3, 2, (), False)


def test_the_only_plan_of_its_effort_is_said_to_be_the_only_one(tiny):
    plan = roadmap(sheet(1, 1, 1), tiny, Decimal(240))

    assert (plan.others, plan.alike, plan.no_more) == ((), (), True)


def test_a_target_beyond_every_step_says_what_is_reached_and_what_holds_it_back(tiny):
    error = refused(
        sheet(2, nan, 1), tiny, Decimal(390), fixed={"1.2": 3}, excluded=frozenset({"2.1"})
    )

    assert error.key == "roadmap-ceiling"
    assert (error.facts["total"], error.facts["reach"]) == (160, 200)
    assert error.problems == (
        Problem("", "roadmap-held-unassessed", "1.1", Decimal(40)),
        Problem("", "roadmap-held-excluded", "2.1", Decimal(140)),
        Problem("", "roadmap-held-fixed", "1.2", Decimal(20)),
    )


def test_a_limit_that_holds_the_target_back_is_named_with_what_would_do(tiny):
    error = refused(sheet(1, 1, 1), tiny, Decimal(400), years=2, steps=3)

    assert error.key == "roadmap-limits"
    assert error.facts["reach"] == 370  # three steps of 70, then three of 20
    assert error.problems == (
        Problem("", "roadmap-limit-steps", 3, 5),
        Problem("", "roadmap-more-years", 2, 3),
    )


def test_where_nothing_can_rise_any_more_there_is_one_plan_and_it_is_empty(tiny):
    plan = roadmap(sheet(4, 4, 4), tiny, Decimal(100))

    assert (len(plan.steps), plan.others, plan.no_more) == (0, (), True)


@pytest.mark.parametrize("limits", [{"years": 1, "steps": 2}, {"years": 2, "rise": 1}])
def test_a_fixed_level_that_does_not_fit_into_the_limits_is_named(tiny, limits):
    error = refused(sheet(1, 1, 1), tiny, Decimal(150), fixed={"2.1": 4}, **limits)

    assert error.key == "roadmap-fixed-limits"
    assert error.facts == {"codes": "2.1 = 4", "years": limits["years"]}
    assert error.problems == (
        Problem("", "roadmap-more-years", limits["years"], limits["years"] + 1),
    )


def test_of_an_agency_that_nobody_assessed_there_is_no_road_map(tiny):
    assert refused(sheet(nan, nan, nan), tiny, Decimal(200)).key == "roadmap-nothing"
    assert roadmap(sheet(1, nan, nan), tiny, Decimal(200)).unassessed == ("1.1", "1.2")


def test_an_effort_that_is_wrong_for_every_step_is_told_once(tiny):
    efforts = {("2.1", level): Decimal(0) for level in (2, 3, 4)}

    assert len(refused(sheet(1, 1, 1), tiny, Decimal(200), efforts=efforts).problems) == 1


def test_of_several_limits_only_those_are_named_that_hold_it_back(tiny):
    # 2.1 has to rise three levels: in two years it cannot, at one a year.
    error = refused(sheet(1, 4, 4), tiny, Decimal(400), years=2, steps=9, rise=1)

    assert error.problems == (
        Problem("", "roadmap-limit-rise", 1),
        Problem("", "roadmap-more-years", 2, 3),
    )


def test_a_limit_of_effort_below_a_single_step_will_never_do(tiny):
    efforts = {("2.1", 2): Decimal(7)}
    error = refused(
        sheet(1, 4, 4), tiny, Decimal(250), years=2, effort=Decimal("2.5"), efforts=efforts
    )

    assert error.problems == (
        Problem("", "roadmap-limit-effort", Decimal("2.5"), Decimal(7)),
        Problem("", "roadmap-never", None, 20),
    )


@pytest.mark.parametrize(("steps", "years"), [(1, 9), (2, 5), (4, 3), (5, 2)])
def test_the_fewest_years_that_would_do_are_named(tiny, steps, years):
    # Nine steps lead from the bottom to the top of three sub-aspects.
    error = refused(sheet(1, 1, 1), tiny, Decimal(400), steps=steps)

    assert error.problems[-1] == Problem("", "roadmap-more-years", 1, years)


@pytest.mark.parametrize("effort", ["1e30", "1e13", "1000001", "0.0000001"])
def test_an_effort_no_programme_can_reckon_with_is_refused_in_words(tiny, effort):
    error = refused(sheet(1, 1, 1), tiny, Decimal(300), efforts={("1.2", 2): Decimal(effort)})

    assert error.problems == (Problem("1.2", "roadmap-effort", Decimal(effort), "1000000"),)


def test_all_wishes_that_cannot_be_kept_are_named_together(tiny):
    error = refused(
        sheet(2, nan, 1),
        tiny,
        Decimal(300),
        years=21,
        steps=0,
        fixed={"2.1": 1, "1.1": 3, "1.2": 4, "8.8": 1},
        excluded=frozenset({"1.2"}),
        efforts={("2.1", 5): Decimal(1), ("1.2", 2): Decimal(0)},
    )

    assert error.key == "roadmap-wishes"
    assert [(p.where, p.key) for p in error.problems] == [
        ("8.8", "code-unknown"),
        ("", "roadmap-years"),
        ("", "roadmap-limit"),
        ("2.1", "level-off-scale"),
        ("1.2", "roadmap-effort"),
        ("2.1", "roadmap-fixed-below"),
        ("1.1", "roadmap-fixed-unassessed"),
        ("1.2", "roadmap-fixed-excluded"),
    ]


def test_levels_that_are_none_are_refused_by_the_scoring(tiny):
    with pytest.raises(ScoreError):
        roadmap(sheet(9, 1, 1), tiny, Decimal(300))


def test_the_levels_handed_in_are_left_as_they_were(tiny):
    levels = sheet(1, nan, 1)
    before = levels.copy()

    roadmap(levels, tiny, Decimal(150), Wishes(years=2))

    pd.testing.assert_frame_equal(levels, before)


def test_a_category_begins_at_its_lower_bound(kasn, tiny):
    assert points_for("II", tiny) == 200
    assert [points_for(each.code, kasn) for each in kasn.categories] == [0, 175, 250, 325]


def test_a_category_by_an_index_of_several_parts_needs_the_points_that_bring_it_there():
    edition = from_data(made_up_data())
    beside = dict.fromkeys(edition.needs, "0")
    codes = [each.code for each in edition.categories]
    reached = codes.index(scoring.category_of(edition.maximum, edition, beside))

    assert 0 < reached < len(codes) - 1
    for code in codes[1 : reached + 1]:
        least = points_for(code, edition, beside)
        below = least - Decimal("0.000001")
        assert scoring.category_of(least, edition, beside) == code
        assert scoring.category_of(below, edition, beside) == codes[codes.index(code) - 1]
    with pytest.raises(GapError) as caught:
        points_for(codes[-1], edition, beside)
    assert caught.value.key == "roadmap-category"


def test_from_117_5_points_to_sangat_baik_in_the_five_years_after(kasn):
    """Kabupaten Jeneponto: 117.5 for 2021, a road map for 2022-2026 (press, 24 October 2022).

    Its levels were not published; these add up to the same total.
    """
    raised = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5")
    levels = pd.DataFrame([{code: 2 if code in raised else 1 for code in kasn.codes}])
    plan = roadmap(levels, kasn, points_for("IV", kasn), Wishes(years=5))

    assert (plan.total, plan.reached) == (Decimal("117.5"), 325)
    # 207.5 points: 15 steps of 4, 30 of 3, and of the 57.5 that remain 23 of 2.5.
    assert plan.effort == 15 + 30 + 23
    assert list(plan.years["steps"]) == [14, 14, 14, 13, 13]
    codes = [scoring.category_of(Decimal(str(t)), kasn) for t in plan.years["total"]]
    assert codes == ["I", "II", "III", "III", "IV"]


# Every plan there is, tried out


def _edition(weights: tuple[Decimal, ...]) -> Instrument:
    data = json.loads(json.dumps(tiny_data()))
    subs = [sub for aspect in data["aspects"] for sub in aspect["sub_aspects"]]
    for sub, weight in zip(subs, weights, strict=True):
        sub["weight"] = str(weight)
    data["aspects"][0]["maximum"] = str(weights[0] * 4)
    data["aspects"][1]["maximum"] = str((weights[1] + weights[2]) * 4)
    data["maximum"]["value"] = str(sum(weights) * 4)
    return from_data(data)


def _courses(
    now: tuple[int, ...], efforts: dict[tuple[str, int], Decimal], wishes: Wishes
) -> Iterator[tuple[tuple[int, ...], Decimal]]:
    """Give every end that can be reached within the limits of two years, with what it takes."""
    paths = [
        [(m, e) for e in _allowed(code, level, wishes) for m in range(level, e + 1)]
        for code, level in zip(CODES, now, strict=True)
    ]
    for path in product(*paths):
        middle, last = zip(*path, strict=True)
        years = [
            [(c, k) for c, a, b in zip(CODES, begin, end, strict=True) for k in range(a + 1, b + 1)]
            for begin, end in ((now, middle), (middle, last))
        ]
        takes = [sum((efforts[step] for step in year), Decimal(0)) for year in years]
        if wishes.steps is not None and max(map(len, years)) > wishes.steps:
            continue
        if wishes.effort is not None and max(takes) > wishes.effort:
            continue
        rises = [max(m - a, e - m) for (m, e), a in zip(path, now, strict=True)]
        if wishes.rise is not None and max(rises) > wishes.rise:
            continue
        yield last, sum(takes, Decimal(0))


def _allowed(code: str, level: int, wishes: Wishes) -> range:
    """The levels that a sub-aspect may end at."""
    if code in wishes.excluded:
        return range(level, level + 1)
    if code in wishes.fixed:
        return range(wishes.fixed[code], wishes.fixed[code] + 1)
    return range(level, 5)


WEIGHT = st.decimals(Decimal("0.000001"), 90, places=6) | st.sampled_from(
    [Decimal("2.5"), Decimal(3), Decimal("0.1")]
)
EFFORT = st.sampled_from([Decimal(1), Decimal(2), Decimal("0.5"), Decimal("1.75")])


@given(
    weights=st.tuples(WEIGHT, WEIGHT, WEIGHT),
    now=st.tuples(*[st.integers(0, 4)] * 3),
    wanted=st.tuples(*[st.integers(0, 4)] * 3),
    efforts=st.lists(EFFORT, min_size=12, max_size=12),
    steps=st.none() | st.integers(1, 6),
    effort=st.none() | st.sampled_from([Decimal(2), Decimal("4.5"), Decimal(8)]),
    rise=st.none() | st.integers(1, 2),
    held=st.tuples(*[st.none() | st.integers(-1, 3)] * 3),
)
@settings(max_examples=80, deadline=None)
def test_no_plan_of_all_there_are_is_cheaper_and_none_is_missed(
    weights, now, wanted, efforts, steps, effort, rise, held
):
    edition = _edition(weights)
    takes = dict(zip(product(CODES, (1, 2, 3, 4)), efforts, strict=True))
    # Of each sub-aspect: free (None), left as it is (-1), or raised by so many levels and no more.
    wishes = Wishes(
        *(2, steps, effort, rise),
        fixed={
            code: min(level + more, 4)
            for code, level, more in zip(CODES, now, held, strict=True)
            if more is not None and more >= 0
        },
        excluded=frozenset(c for c, more in zip(CODES, held, strict=True) if more == -1),
        efforts=takes,
    )

    def total(levels: tuple[int, ...]) -> Decimal:
        return sum((w * n for w, n in zip(weights, levels, strict=True)), Decimal(0))

    target = total(wanted)
    there = {end: cost for end, cost in _courses(now, takes, wishes) if total(end) >= target}
    if not there:
        with pytest.raises(GapError) as caught:
            roadmap(sheet(*now), edition, target, wishes)
        ends_ = [total(end) for end, _ in _courses(now, takes, wishes)]
        if caught.value.key == "roadmap-limits":
            assert caught.value.facts["reach"] == max(ends_)
            assert caught.value.problems
        elif caught.value.key == "roadmap-fixed-limits":
            assert ends_ == []
        else:
            most = total(tuple(_allowed(c, n, wishes)[-1] for c, n in zip(CODES, now, strict=True)))
            assert caught.value.facts["reach"] == most < target
        return
    plan = roadmap(sheet(*now), edition, target, wishes)

    least = min(there.values())
    best = {end for end, cost in there.items() if cost == least}
    found = ends(plan, *now)
    assert plan.effort == least
    assert found in best
    assert plan.reached == total(found) == max(total(end) for end in best)
    others = [_changed(found, other.levels["there"]) for other in plan.others]
    assert {*others} <= best - {found}
    if not others and not plan.alike:
        assert best == {found}
        assert plan.no_more
    if len(best) > 1:
        assert others or plan.alike


def _changed(end: tuple[int, ...], there: pd.Series[Any]) -> tuple[int, ...]:
    now = dict(zip(CODES, end, strict=True)) | there.to_dict()
    return tuple(now.values())


@given(
    now=st.tuples(*[st.integers(0, 4)] * 3),
    steps=st.integers(1, 4),
    rise=st.none() | st.integers(1, 2),
)
@settings(max_examples=40, deadline=None)
def test_the_years_keep_to_every_limit_and_their_totals_add_up(now, steps, rise):
    tiny = from_data(tiny_data())
    try:
        plan = roadmap(sheet(*now), tiny, Decimal(250), Wishes(years=3, steps=steps, rise=rise))
    except GapError:
        return

    assert plan.years["steps"].max() <= steps
    by = plan.steps.groupby(["year", "sub_aspect"]).size()
    assert rise is None or by.empty or by.max() <= rise
    assert plan.years["total"].iloc[-1] == plan.reached
    assert ends(plan, *now)
