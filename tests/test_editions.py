"""Every edition is scored by the same rules; what the kit ships; and what a draft lacks.

The properties are tried on each edition that can be scored: the shipped ones, the tiny one of
conftest.py and the made-up one of editions.py, whose index is composed.
"""

from __future__ import annotations

import json
import os
from copy import deepcopy
from decimal import Decimal
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from merit_kit import i18n, instrument, scoring
from merit_kit.errors import InstrumentError, Problem, ScoreError
from merit_kit.files import kit_folder
from merit_kit.instrument import Instrument, from_data, keep_edition, load, read_edition
from merit_kit.instrument._yaml import written
from merit_kit.scoring import category_of, index_of, totals
from tests.conftest import both, sub_aspect, tiny_data
from tests.editions import every_edition, made_up_data, worked_out

EDITIONS = every_edition()
EACH = pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)


@pytest.fixture(scope="module")
def made_up() -> Instrument:
    return EDITIONS["karangan"]


@pytest.fixture
def composed() -> dict[str, Any]:
    """The plain data of the made-up edition, free to be spoilt."""
    return made_up_data()


def _all(edition: Instrument, level: float, **others: float) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(edition.codes, level) | others], index=["kota-a"])


def _numbers(**numbers: Any) -> pd.DataFrame:
    return pd.DataFrame([numbers], index=["kota-a"], dtype=object)


FULL = {"survei": "100", "correction": "0"}


# What holds for every edition


@st.composite
def _sheets(draw: st.DrawFn, edition: Instrument) -> tuple[list[dict[str, int]], list[Any]]:
    """Draw levels and, where the edition asks for them, the numbers of its other components."""
    level = st.sampled_from(edition.steps)
    rows = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(edition.codes, level)), min_size=1))
    tops = {each.code: each.most for each in edition.given}
    if edition.correction:
        tops["correction"] = edition.correction.most
    numbers = {code: st.decimals(0, top, places=3) for code, top in tops.items()}
    return rows, draw(st.lists(st.fixed_dictionaries(numbers), min_size=len(rows)))


@EACH
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_the_levels_the_result_is_that_of_exact_fractions(edition, data):
    rows, numbers = data.draw(_sheets(edition))
    frame = pd.DataFrame(rows, index=[f"a{i}" for i in range(len(rows))])
    more = pd.DataFrame(numbers, index=[f"a{i}" for i in range(len(numbers))], dtype=object)
    result = totals(frame, edition, more if edition.needs else None)

    for row, levels, given_numbers in zip(result.to_dict("records"), rows, numbers, strict=False):
        total, index, category = worked_out(edition, levels, given_numbers)
        assert row["total"] == float(total)
        assert row["complete"]
        assert (row["index"], row["category"]) == (float(index), category)
        exact = Decimal(str(row["total"]))
        beside = given_numbers if edition.needs else None
        assert index_of(exact, edition, beside) == index
        assert category_of(exact, edition, beside) == category


@EACH
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_one_more_level_never_takes_anything_away(edition, data):
    rows, numbers = data.draw(_sheets(edition))
    levels, beside = rows[0], pd.DataFrame(numbers[:1], dtype=object)
    below = [code for code in levels if levels[code] < edition.scale[-1]]
    assume(below)
    code = data.draw(st.sampled_from(below))
    higher = levels | {code: levels[code] + 1}
    before = totals(pd.DataFrame([levels]), edition, beside).loc[0]
    after = totals(pd.DataFrame([higher]), edition, beside).loc[0]
    places = [category.code for category in edition.categories]

    assert after["total"] > before["total"]
    assert after["index"] >= before["index"]
    assert places.index(after["category"]) >= places.index(before["category"])


@EACH
def test_the_top_level_everywhere_earns_the_maximum(edition):
    result = totals(_all(edition, edition.scale[-1]), edition).loc["kota-a"]

    assert result["total"] == float(edition.maximum)
    assert result["percent"] == 100
    by_aspect = scoring.aspect_points(_all(edition, edition.scale[-1]), edition)
    assert by_aspect["percent"].tolist() == [100] * len(edition.aspects)
    stated = [float(aspect["maximum"]) for aspect in edition.data["aspects"]]
    assert by_aspect["points"].tolist() == stated


@EACH
def test_nothing_proven_is_a_complete_zero_and_nothing_assessed_a_provisional_one(edition):
    beside = pd.DataFrame([dict.fromkeys(edition.needs, 0)] * 2, index=["a", "b"])
    levels = pd.concat([_all(edition, 0), _all(edition, nan)]).set_axis(["a", "b"])
    result = totals(levels, edition, beside)

    assert result["total"].tolist() == [0, 0]
    assert result["complete"].tolist() == [True, False]
    assert result["index"].iloc[0] == 0
    assert result["category"].tolist() == [edition.categories[0].code, None]


@EACH
def test_one_sub_aspect_not_assessed_keeps_the_result_provisional(edition):
    beside = _numbers(**dict.fromkeys(edition.needs, 0))
    levels = _all(edition, edition.scale[-1], **{edition.codes[-1]: nan})
    result = totals(levels, edition, beside).loc["kota-a"]

    assert (result["assessed"], result["of"]) == (len(edition.codes) - 1, len(edition.codes))
    assert not result["complete"]
    assert result[["index", "category", "to_next"]].isna().all()


@EACH
def test_together_or_alone_and_in_any_order_of_columns_the_result_is_the_same(edition):
    lowest, highest = edition.steps[0], edition.steps[-1]
    rows = [_all(edition, n, **{edition.codes[0]: highest - n}) for n in (lowest, 1, highest)]
    levels = pd.concat(rows).set_axis(["a", "b", "c"])
    beside = pd.DataFrame(
        {code: [0, Decimal("0.05"), None] for code in edition.needs}, index=["a", "b", "c"]
    )
    together = totals(levels, edition, beside)

    turned = levels[levels.columns[::-1]]
    pd.testing.assert_frame_equal(totals(turned, edition, beside[::-1]), together)
    for name in levels.index:
        alone = totals(levels.loc[[name]], edition, beside.loc[[name]])
        pd.testing.assert_frame_equal(together.loc[[name]], alone)


@EACH
@pytest.mark.parametrize("off", [-1, 2.5, "x"])
def test_what_is_no_step_of_the_edition_is_refused_by_name(edition, off):
    levels = _all(edition, 1).astype(object)
    levels.loc["kota-a", edition.codes[1]] = off
    allowed = ", ".join(map(str, edition.steps))

    with pytest.raises(ScoreError) as caught:
        totals(levels, edition)

    assert caught.value.problems == (Problem(edition.codes[1], "level-off-scale", off, allowed),)


@EACH
def test_one_level_above_the_top_is_refused(edition):
    with pytest.raises(ScoreError, match="level-off-scale"):
        totals(_all(edition, edition.scale[-1] + 1), edition)


# A composite index


def test_the_index_is_the_sum_of_share_times_component(made_up):
    # 0.8 x 16/32 + 0.2 x 50/100 = 0.4 + 0.1
    result = totals(_all(made_up, 2), made_up, _numbers(survei=50, correction=0)).loc["kota-a"]

    assert (result["total"], result["index"], result["category"]) == (16, 0.5, "A")
    assert result["complete"]


def test_an_index_may_exceed_1_and_then_falls_in_the_highest_category(made_up):
    top = _all(made_up, 5)  # 0.8 x 40/32 = 1
    at_one = totals(top, made_up, _numbers(survei=0, correction=0)).loc["kota-a"]
    above = totals(top, made_up, _numbers(survei="0.000001", correction=0)).loc["kota-a"]
    most = totals(top, made_up, _numbers(**FULL)).loc["kota-a"]

    assert (at_one["index"], at_one["category"]) == (1, "B")
    # 1.000000002, shown as 1.000 and above the bound all the same.
    assert (above["index"], above["category"]) == (1, "C")
    assert (most["index"], most["category"]) == (1.2, "C")


def test_a_correction_is_taken_off_the_index_and_never_below_nothing(made_up):
    off = _numbers(survei=100, correction="0.05")
    assert totals(_all(made_up, 4), made_up, off)["index"].item() == 0.95

    low = totals(_all(made_up, 0), made_up, _numbers(survei=0, correction="0.2")).loc["kota-a"]
    assert (low["index"], low["category"]) == (0, "A")


def test_the_total_and_its_percentage_are_of_the_sub_aspects_alone(made_up):
    result = totals(_all(made_up, 2), made_up, _numbers(**FULL)).loc["kota-a"]

    assert (result["total"], result["percent"]) == (16, 40)


@pytest.mark.parametrize(
    "numbers",
    [
        None,
        _numbers(),
        _numbers(survei=50),
        _numbers(correction=0),
        _numbers(survei=50, correction=None),
        _numbers(survei=nan, correction=0),
        pd.DataFrame([FULL], index=["kab-b"]),
    ],
    ids=["none", "no-column", "one-column", "the-other", "empty", "not-a-number", "of-another"],
)
def test_without_every_component_the_result_is_provisional(made_up, numbers):
    result = totals(_all(made_up, 5), made_up, numbers).loc["kota-a"]

    assert (result["total"], result["assessed"], result["complete"]) == (40, 5, False)
    assert result[["index", "category", "to_next"]].isna().all()


def test_each_assessment_gets_its_own_numbers_by_its_label(made_up):
    levels = pd.concat([_all(made_up, 4)] * 3).set_axis(["a", "b", "c"])
    numbers = pd.DataFrame(
        {"survei": [0, 50, 100], "correction": [0, 0, "0.1"]}, index=["c", "x", "a"]
    )
    result = totals(levels, made_up, numbers)

    assert result["complete"].tolist() == [True, False, True]
    assert result["index"].tolist()[::2] == [0.9, 0.8]
    assert pd.isna(result["index"].iloc[1])


@pytest.mark.parametrize("value", [12.3, "12.3", Decimal("12.3")], ids=["float", "text", "exact"])
def test_a_number_counts_as_it_is_written(made_up, value):
    # 0.2 x 12.3/100 = 0.0246, and 0.8 x 0.5 = 0.4
    result = totals(_all(made_up, 2), made_up, _numbers(survei=value, correction=0))

    assert result["index"].item() == 0.425
    assert index_of(Decimal(16), made_up, {"survei": value, "correction": 0}) == Decimal("0.425")


@pytest.mark.parametrize(
    ("numbers", "problem"),
    [
        ({"survey": 1}, Problem("survey", "component-unknown", "survey", "survei, correction")),
        (
            {"kematangan": 1},
            Problem("kematangan", "component-unknown", "kematangan", "survei, correction"),
        ),
        ({"survei": 101}, Problem("survei", "component-off-scale", 101, Decimal(100))),
        ({"survei": -1}, Problem("survei", "component-off-scale", -1, Decimal(100))),
        ({"survei": "baik"}, Problem("survei", "component-off-scale", "baik", Decimal(100))),
        ({"survei": True}, Problem("survei", "component-off-scale", True, Decimal(100))),
        ({"survei": "inf"}, Problem("survei", "component-off-scale", "inf", Decimal(100))),
        (
            {"correction": "0.3"},
            Problem("correction", "component-off-scale", "0.3", Decimal("0.2")),
        ),
        ({"survei": "1.0000001"}, Problem("survei", "too-many-decimals", "1.0000001", 6)),
    ],
    ids=["unknown", "worked-out", "high", "low", "word", "true", "endless", "correction", "fine"],
)
def test_a_number_that_cannot_be_one_is_named(made_up, numbers, problem):
    with pytest.raises(ScoreError) as caught:
        totals(_all(made_up, 1), made_up, _numbers(**numbers))

    assert caught.value.problems == (problem,)
    assert i18n.explain(caught.value, "id") != i18n.explain(caught.value, "en")


def test_faults_of_levels_and_of_numbers_are_named_together(made_up):
    levels = pd.concat([_all(made_up, 9), _all(made_up, 1)]).set_axis(["a", "b"])
    numbers = pd.DataFrame({"survei": [1, 200]}, index=["a", "b"])
    with pytest.raises(ScoreError) as caught:
        totals(levels, made_up, numbers)

    assert [p.where for p in caught.value.problems] == [
        *(f"a/{code}" for code in made_up.codes),
        "b/survei",
    ]


def test_a_row_of_numbers_that_is_there_twice_is_named(made_up):
    numbers = pd.concat([_numbers(**FULL)] * 2)

    with pytest.raises(ScoreError, match="kota-a: level-repeated"):
        totals(_all(made_up, 1), made_up, numbers)


@pytest.mark.parametrize("score", [index_of, category_of], ids=lambda score: score.__name__)
def test_one_total_of_a_composite_index_asks_for_each_number_it_lacks(made_up, score):
    with pytest.raises(ScoreError) as caught:
        score(Decimal(16), made_up, {"survei": None})

    assert caught.value.problems == (
        Problem("survei", "component-missing"),
        Problem("correction", "component-missing"),
    )


def test_an_edition_without_components_takes_no_numbers(tiny):
    with pytest.raises(ScoreError) as caught:
        totals(_all(tiny, 1), tiny, _numbers(survei=1))

    assert [p.key for p in caught.value.problems] == ["component-unknown"]


def test_a_correction_alone_is_taken_off_the_total_over_the_divisor(data):
    data["correction"] = {"name": both("k"), "description": both("u"), "source": "book"}
    corrected = from_data(data)
    levels = pd.DataFrame([{"2.1": 2, "1.1": 1, "1.2": 3}], index=["kota-a"])

    assert corrected.needs == ("correction",)
    # 210 / 400 is 0.525; without a limit of its own, anything may be taken off.
    assert totals(levels, corrected, _numbers(correction="0.125"))["index"].item() == 0.4
    assert totals(levels, corrected, _numbers(correction=7))["index"].item() == 0
    assert not totals(levels, corrected)["complete"].item()


def test_the_largest_maximum_and_the_finest_scales_are_still_exact(composed):
    # Shares times scales go far beyond 64 bits here.
    composed["aspects"] = composed["aspects"][:1]
    composed["aspects"][0] |= {"maximum": "999999.999995"}
    first, second = composed["aspects"][0]["sub_aspects"]
    first["weight"], second["weight"] = "199999.999998", "0.000001"
    composed["maximum"]["value"] = "999999.999995"
    composed["index"] |= {"divisor": "999983.000001", "decimals": 6}
    composed["components"][0] |= {"most": "99991.000003", "share": "33.333333"}
    composed["components"][1]["share"] = "66.666667"
    finest = from_data(composed)
    numbers = {"survei": Decimal("99990.999999"), "correction": Decimal("0.000001")}
    levels = {"1.1": 5, "1.2": 4}
    total, index, category = worked_out(finest, levels, numbers)
    result = totals(pd.DataFrame([levels], index=["kota-a"]), finest, _numbers(**numbers))

    assert result["total"].item() == float(total)
    assert result["index"].item() == float(index)
    assert result["category"].item() == category


def test_bands_on_the_score_need_the_components_for_the_index_all_the_same(composed):
    composed["categories"] |= {"on": "score", "inclusive": "lower"}
    bands = composed["categories"]["bands"]
    bands[0]["to"] = bands[1]["from"] = 20
    bands[1]["to"] = bands[2]["from"] = 30
    on_score = from_data(composed)
    result = totals(_all(on_score, 2), on_score, _numbers(**FULL)).loc["kota-a"]

    assert (result["total"], result["category"], result["to_next"]) == (16, "A", 4)
    assert not totals(_all(on_score, 2), on_score)["complete"].item()


@pytest.mark.parametrize("inclusive", ["lower", "upper"])
def test_a_bound_between_two_millionths_of_a_point_parts_them_as_it_is(data, inclusive):
    # 0.333333 of 0.7 is 0.2333331 points: no total lies on it.
    data["index"]["divisor"] = "0.7"
    data["categories"] |= {"on": "index", "inclusive": inclusive}
    bands = data["categories"]["bands"]
    bands[0]["to"] = bands[1]["from"] = "0.333333"
    edition = from_data(data)

    assert category_of(Decimal("0.233333"), edition) == "I"
    assert category_of(Decimal("0.233334"), edition) == "II"


# What the checker asks of a composite index


def _at(data: Any, *path: Any) -> Any:
    for step in path:
        data = data[step]
    return data


def _set(*path: Any, to: Any) -> Any:
    return lambda data: _at(data, *path[:-1]).__setitem__(path[-1], to)


def _drop(*path: Any) -> Any:
    return lambda data: _at(data, *path[:-1]).pop(path[-1])


FAULTS = {
    "not-a-list": (_set("components", to="75/25"), Problem("components", "not-a-list", "75/25")),
    "empty-list": (_set("components", to=[]), Problem("components", "missing", [])),
    "share-missing": (
        _drop("components", 0, "share"),
        Problem("components[0].share", "missing"),
    ),
    "shares-off": (
        _set("components", 0, "share", to=25),
        Problem("components", "shares-off", Decimal(105)),
    ),
    "share-zero": (
        _set("components", 0, "share", to=0),
        Problem("components[0].share", "not-allowed", Decimal(0), "0-100"),
    ),
    "two-maturities": (
        lambda data: data["components"].append(
            {**data["components"][1], "code": "lagi", "share": "0.000001"}
        ),
        Problem("components", "maturity-count", 2),
    ),
    "no-maturity": (
        lambda data: data["components"][1].update(kind="survey", most=1),
        Problem("components", "maturity-count", 0),
    ),
    "scale-missing": (_drop("components", 0, "most"), Problem("components[0].most", "missing")),
    "scale-zero": (
        _set("components", 0, "most", to=0),
        Problem("components[0].most", "not-a-number", Decimal(0)),
    ),
    "scale-of-maturity": (
        _set("components", 1, "most", to=1),
        Problem("components[1].most", "key-unknown", "most", "code, name, kind, share, source"),
    ),
    "kind": (
        _set("components", 0, "kind", to="poll"),
        Problem("components[0].kind", "not-allowed", "poll", "maturity, survey, other"),
    ),
    "code-form": (
        _set("components", 0, "code", to="Survei Pegawai"),
        Problem("components[0].code", "not-an-id", "Survei Pegawai"),
    ),
    "code-repeated": (
        _set("components", 0, "code", to="kematangan"),
        Problem("components[1].code", "number-repeated", "kematangan"),
    ),
    "code-of-the-correction": (
        _set("components", 0, "code", to="correction"),
        Problem("components[0].code", "number-repeated", "correction"),
    ),
    "component-without-source": (
        _drop("components", 0, "source"),
        Problem("components[0].source", "source-missing", None, "assumed"),
    ),
    "correction-without-source": (
        _drop("correction", "source"),
        Problem("correction.source", "source-missing", None, "assumed"),
    ),
    "correction-of-a-word": (
        _set("correction", "most", to="some"),
        Problem("correction.most", "not-a-number", "some"),
    ),
    "correction-a-number": (
        _set("correction", to="0.2"),
        Problem("correction", "not-a-mapping", "0.2"),
    ),
    "share-of-an-aspect": (
        lambda data: (
            data["aspects"][0].update(share=49),
            data["aspects"][0].update(sources={**data["aspects"][0]["sources"], "share": "book"}),
        ),
        Problem("aspects[0].share", "share-off", Decimal(50), Decimal(49)),
    ),
    "share-of-an-aspect-without-source": (
        _set("aspects", 0, "share", to=50),
        Problem("aspects[0].sources.share", "source-missing", None, "assumed"),
    ),
    "partial-though-no-draft": (
        _set("aspects", 0, "partial", to=True),
        Problem(
            "aspects[0].partial",
            "key-unknown",
            "partial",
            "number, name, description, maximum, share, sources, sub_aspects",
        ),
    ),
}


@pytest.mark.parametrize(("spoil", "problem"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_a_composite_index_is_named_with_its_place(composed, spoil, problem):
    spoil(composed)
    with pytest.raises(InstrumentError) as caught:
        from_data(composed)

    found = [p for p in caught.value.problems if p.key != "shares-off" or problem.key == p.key]
    assert found == [problem]
    assert i18n.explain(caught.value, "id") != i18n.explain(caught.value, "en")


def test_a_share_of_an_aspect_that_the_weights_give_is_accepted(composed):
    composed["aspects"][0] |= {"share": 50}
    composed["aspects"][0]["sources"] = {**composed["aspects"][0]["sources"], "share": "book"}

    assert from_data(composed).aspects[0].share == 50


def test_an_edition_says_nothing_of_components_unless_it_has_some(tiny, made_up):
    assert (tiny.components, tiny.correction, tiny.needs) == ((), None, ())
    assert made_up.needs == ("survei", "correction")
    assert [each.code for each in made_up.given] == ["survei"]
    assert made_up.correction.most == Decimal("0.2")


# The shipped editions


@pytest.mark.parametrize("key", instrument.editions())
def test_a_shipped_edition_is_called_as_its_file_and_is_not_official(key):
    assert load(key).id == key
    assert not load(key).is_official


@pytest.mark.parametrize("key", instrument.editions())
def test_every_source_of_a_shipped_edition_is_used_or_told_of(key):
    text = (kit_folder("data") / "instruments" / f"{key}.yaml").read_text(encoding="utf-8")

    for source in load(key).sources:
        assert text.count(source) > 1 or source in ("kediri-2022",), source


def test_the_410_point_edition_has_38_sub_aspects_and_the_published_maxima():
    edition = load("kasn-2019-410")

    assert edition.maximum == 410
    assert len(edition.codes) == 38
    stated = [aspect["maximum"] for aspect in edition.data["aspects"]]
    assert stated == ["40", "40", "130", "40", "80", "40", "16", "24"]
    assert edition.divisor == 400


def test_the_410_point_edition_differs_from_the_other_only_where_it_has_to(kasn):
    other = load("kasn-2019-410")
    shared = set(kasn.codes) - {"8.2", "8.3"}
    texts = {code: (kasn.by_code[code].name, kasn.by_code[code].levels) for code in shared}

    assert {
        code: (other.by_code[code].name, other.by_code[code].levels) for code in shared
    } == texts
    assert other.by_code["8.4"].levels == kasn.by_code["8.3"].levels
    assert other.categories == kasn.categories


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_two_texts_of_the_410_point_edition_are_the_same(lang):
    subs = load("kasn-2019-410").sub_aspects
    levels = [text.in_(lang).casefold() for sub in subs for text in sub.levels.values()]
    evidence = [tuple(item.in_(lang) for item in sub.evidence) for sub in subs]

    assert len(set(levels)) == 38 * 4
    assert len(set(evidence)) == 38
    assert load("kasn-2019-410").untranslated == 0


def test_an_index_above_1_is_possible_in_the_410_point_edition():
    edition = load("kasn-2019-410")
    result = totals(_all(edition, 4), edition).loc["kota-a"]

    assert (result["total"], result["index"], result["category"]) == (410, 1.03, "IV")


@pytest.fixture(scope="module")
def successor() -> Instrument:
    return load("permenpanrb-2025")


def test_the_successor_is_a_draft_with_what_is_known_of_it(successor):
    assert successor.status == "draft"
    assert [aspect.number for aspect in successor.aspects] == list(range(1, 9))
    assert {a.number: a.share for a in successor.aspects if a.share} == {1: 10, 8: 10}
    assert successor.codes == ("1.1", "1.2", "1.3", "7.2", "7.3", "8.1", "8.2")
    assert [(each.kind, each.share) for each in successor.components] == [
        ("maturity", 75),
        ("survey", 25),
    ]
    assert successor.bands_on == "index"
    assert not successor.lower_inclusive
    bounds = [(c.name.id, c.low, c.high) for c in successor.categories]
    assert bounds == [
        ("Dasar", Decimal(0), Decimal("0.4")),
        ("Lanjutan", Decimal("0.4"), Decimal("0.6")),
        ("Menengah", Decimal("0.6"), Decimal("0.8")),
        ("Tinggi", Decimal("0.8"), Decimal(1)),
        ("Maju", Decimal(1), None),
    ]


@pytest.mark.parametrize(
    "score",
    [
        lambda edition: totals(pd.DataFrame([{}]), edition),
        lambda edition: scoring.points(pd.DataFrame([{"9.9": 7}]), edition),
        lambda edition: scoring.aspect_points(pd.DataFrame([{}]), edition),
        lambda edition: index_of(Decimal(1), edition),
        lambda edition: category_of(Decimal(1), edition, {"survei": 1, "correction": 0}),
    ],
    ids=["totals", "points", "aspect_points", "index_of", "category_of"],
)
def test_the_successor_refuses_to_score_and_says_exactly_what_it_lacks(successor, score):
    with pytest.raises(ScoreError) as caught:
        score(successor)

    names = {aspect.number: aspect.name for aspect in successor.aspects}
    known = ("1.1", "1.2", "1.3", "7.2", "7.3", "8.1", "8.2")
    assert caught.value.problems == (
        Problem("", "scale-missing"),
        Problem("1", "sub-aspects-partial", names[1]),
        *(Problem(str(n), "sub-aspects-missing", names[n]) for n in (2, 3, 4, 5, 6)),
        Problem("7", "sub-aspects-partial", names[7]),
        Problem("8", "sub-aspects-partial", names[8]),
        *(Problem(code, "weight-missing") for code in known),
        *(Problem(code, "ladder-missing") for code in known),
        Problem("", "divisor-missing"),
        Problem("survei", "component-scale-missing", successor.components[1].name),
        Problem("", "correction-missing", successor.correction.name),
    )
    assert caught.value.facts == {"edition": "permenpanrb-2025", "count": 26}


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("id", "  - 2: aspek Manajemen Talenta belum memuat subaspek"),
        ("en", "  - 2: the aspect Talent management has no sub-aspects yet"),
    ],
)
def test_what_a_draft_lacks_is_said_in_both_languages(successor, lang, told):
    with pytest.raises(ScoreError) as caught:
        totals(pd.DataFrame([{}]), successor)

    assert told in i18n.explain(caught.value, lang)


def _filled() -> dict[str, Any]:
    """The successor's data with everything it lacks, made up."""
    data = json.loads(load("permenpanrb-2025").canonical)
    data["scale"] = {
        "lowest": 1,
        "highest": 2,
        "unproven": both("Nihil"),
        "sources": {"levels": "assumed", "unproven": "assumed"},
    }
    data["index"]["divisor"] = 100
    data["components"][1]["most"] = 100
    data["correction"]["most"] = "0.1"
    for aspect in data["aspects"]:
        aspect.pop("partial", None)
        codes = [sub["number"] for sub in aspect.get("sub_aspects", [])]
        aspect.pop("share", None)
        aspect["sources"].pop("share", None)
        aspect["sub_aspects"] = [
            sub_aspect(code, "1", top=2) for code in codes or [f"{aspect['number']}.1"]
        ]
    return data


def test_a_draft_that_was_filled_in_scores(successor):
    filled = from_data(_filled())

    assert filled.lacks == ()
    # 24 / 100 x 0.75 + 80 / 100 x 0.25 - 0.01 = 0.18 + 0.2 - 0.01
    result = totals(_all(filled, 2), filled, _numbers(survei=80, correction="0.01")).loc["kota-a"]
    assert (result["total"], result["index"], result["category"]) == (24, 0.37, "Dasar")


LACKS = {
    "scale": (_drop("scale"), ["scale-missing"]),
    "one-level-text": (
        _drop("aspects", 0, "sub_aspects", 0, "levels", "2"),
        ["level-texts-missing"],
    ),
    "ladder": (_drop("aspects", 0, "sub_aspects", 0, "levels"), ["ladder-missing"]),
    "weight": (_drop("aspects", 0, "sub_aspects", 0, "weight"), ["weight-missing"]),
    "sub-aspects": (_drop("aspects", 0, "sub_aspects"), ["sub-aspects-missing"]),
    "part-of-them": (_set("aspects", 0, "partial", to=True), ["sub-aspects-partial"]),
    "divisor": (_drop("index", "divisor"), ["divisor-missing"]),
    "index": (_drop("index"), ["divisor-missing"]),
    "share": (_drop("components", 1, "share"), ["share-missing"]),
    "component-scale": (_drop("components", 1, "most"), ["component-scale-missing"]),
    "correction": (_drop("correction", "most"), ["correction-missing"]),
    "categories": (_drop("categories"), ["categories-missing"]),
    "consequence": (_set("categories", "bands", 0, "consequence", to=None), []),
    "description": (_set("aspects", 0, "description", to=None), []),
    "evidence": (_drop("aspects", 0, "sub_aspects", 0, "evidence"), []),
}


@pytest.mark.parametrize(("spoil", "keys"), LACKS.values(), ids=LACKS)
def test_a_draft_lacks_what_is_not_there_and_nothing_else(spoil, keys):
    data = _filled()
    spoil(data)

    assert [problem.key for problem in from_data(data).lacks] == keys


@pytest.mark.parametrize(
    "spoil",
    [spoil for name, (spoil, _) in LACKS.items() if name not in ("correction",)],
    ids=[name for name in LACKS if name not in ("correction",)],
)
def test_only_a_draft_may_lack_something(spoil):
    data = _filled()
    data["status"] = "reconstruction"
    for aspect in data["aspects"]:
        count = len(aspect["sub_aspects"])
        aspect |= {"description": both("Tentang"), "maximum": str(2 * count)}
        aspect["sources"] |= {"description": "assumed", "maximum": "assumed"}
    for band in data["categories"]["bands"]:
        band["consequence"] = both("Begitu.")
        band["sources"]["consequence"] = "assumed"
    data["maximum"] = {"value": 24, "source": "assumed"}
    assert from_data(data).lacks == ()

    spoil(data)
    with pytest.raises(InstrumentError):
        from_data(data)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_is_missing_from_a_draft_it_scores_or_says_so(data):
    plain = _filled()
    for _ in range(data.draw(st.integers(0, 6))):
        paths = [path for path in _paths(plain) if path[0] not in ("format", "id", "status")]
        _drop(*data.draw(st.sampled_from(paths)))(plain)
    refused = draft = None
    try:
        draft = from_data(plain)
    except InstrumentError as error:
        refused = error
    if refused or draft is None:
        assert i18n.explain(refused, "id")
        return
    levels = pd.DataFrame([dict.fromkeys(draft.codes, 1)], index=["kota-a"])
    numbers = _numbers(**dict.fromkeys(draft.needs, 0))
    if draft.lacks:
        with pytest.raises(ScoreError) as caught:
            totals(levels, draft, numbers)
        assert caught.value.problems == draft.lacks
        assert i18n.explain(caught.value, "en")
    else:
        assert totals(levels, draft, numbers)["complete"].item()


def _paths(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = []
    for step, value in data.items() if isinstance(data, dict) else enumerate(data):
        found.append((*at, step))
        if isinstance(value, dict | list):
            found += _paths(value, (*at, step))
    return found


# Users' own editions


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of users' own editions in a work folder that one is in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MERIT_INSTRUMENTS", raising=False)
    folder = tmp_path / "instrumen"
    folder.mkdir()
    return folder


def test_an_edition_that_was_kept_is_used_by_its_id(own, made_up):
    path = keep_edition(made_up, own)

    assert path == own / "karangan.yaml"
    assert load("karangan").digest == made_up.digest
    assert instrument.named("karangan").digest == made_up.digest
    assert instrument.editions() == [
        *("kasn-2019", "kasn-2019-410", "permenpanrb-2025"),
        "karangan",
    ]


def test_own_editions_lie_beside_the_store_that_is_named(own, tmp_path, made_up):
    keep_edition(made_up, tmp_path / "kerja" / "instrumen")

    assert load("karangan", tmp_path / "kerja").digest == made_up.digest
    with pytest.raises(InstrumentError, match="edition-unknown"):
        load("karangan")
    with pytest.raises(InstrumentError, match="edition-unknown"):
        load("karangan", tmp_path)


def test_own_editions_lie_in_the_workspace_too_if_one_works_above_it(own, tmp_path, made_up):
    keep_edition(made_up, tmp_path / "workspace" / "instrumen")

    assert load("karangan").digest == made_up.digest


def test_the_environment_names_more_folders(own, tmp_path, made_up, monkeypatch):
    shared = tmp_path / "bersama"
    keep_edition(made_up, shared)
    monkeypatch.setenv(
        "MERIT_INSTRUMENTS", os.pathsep.join(["", str(tmp_path / "no"), str(shared)])
    )

    assert load("karangan", tmp_path / "elsewhere").digest == made_up.digest


def test_an_edition_of_the_kit_is_never_overshadowed(own, kasn, composed):
    (own / "kasn-2019.yaml").write_text(written(composed | {"id": "kasn-2019"}), encoding="utf-8")

    assert load("kasn-2019").digest == kasn.digest
    assert instrument.editions().count("kasn-2019") == 1


def test_the_id_of_an_edition_of_the_kit_cannot_be_taken(own, composed):
    with pytest.raises(InstrumentError, match="edition-shipped"):
        keep_edition(from_data(composed | {"id": "kasn-2019"}), own, replacing=True)

    assert list(own.iterdir()) == []


@pytest.mark.parametrize("key", ["con", "karangan-", "lpt1"])
def test_an_id_that_cannot_be_a_file_is_refused(own, composed, key):
    with pytest.raises(InstrumentError, match="not-an-id"):
        keep_edition(from_data(composed | {"id": key}), own)


def test_keeping_the_same_edition_again_changes_nothing(own, made_up):
    path = keep_edition(made_up, own)
    before = path.stat().st_mtime_ns

    assert keep_edition(made_up, own) is None
    assert path.stat().st_mtime_ns == before


def test_another_edition_of_the_same_id_is_kept_only_if_it_is_to_replace_it(own, made_up, composed):
    keep_edition(made_up, own)
    other = from_data(composed | {"issuer": "Orang lain"})

    with pytest.raises(InstrumentError, match="edition-there"):
        keep_edition(other, own)
    assert load("karangan").digest == made_up.digest

    assert keep_edition(other, own, replacing=True) == own / "karangan.yaml"
    assert load("karangan").digest == other.digest


def test_a_spoilt_file_of_the_same_id_is_in_the_way_like_another_edition(own, made_up):
    (own / "karangan.yaml").write_text("format: 2\n", encoding="utf-8")

    with pytest.raises(InstrumentError, match="edition-there"):
        keep_edition(made_up, own)
    assert keep_edition(made_up, own, replacing=True)


def test_a_file_that_holds_another_id_than_its_name_says_is_refused(own, made_up):
    keep_edition(made_up, own).rename(own / "lain.yaml")

    with pytest.raises(InstrumentError) as caught:
        load("lain")

    assert caught.value.key == "edition-named-otherwise"
    assert "karangan.yaml" in i18n.explain(caught.value)


def test_two_editions_of_one_id_are_refused_unless_they_are_the_same(
    own, tmp_path, made_up, composed, monkeypatch
):
    shared = tmp_path / "bersama"
    monkeypatch.setenv("MERIT_INSTRUMENTS", str(shared))
    keep_edition(made_up, own)
    keep_edition(made_up, shared)
    assert load("karangan").digest == made_up.digest

    keep_edition(from_data(composed | {"issuer": "Orang lain"}), shared, replacing=True)
    with pytest.raises(InstrumentError) as caught:
        load("karangan")
    assert caught.value.key == "edition-several"
    assert str(own / "karangan.yaml") in i18n.explain(caught.value)


def test_a_spoilt_file_is_refused_with_its_faults(own, composed):
    (own / "karangan.yaml").write_text(
        written(composed).replace("share: 20", "share: 25"), encoding="utf-8"
    )

    with pytest.raises(InstrumentError, match="shares-off"):
        load("karangan")


def test_a_file_where_the_folder_should_be_is_said_so(tmp_path, made_up):
    (tmp_path / "instrumen").write_text("x", encoding="utf-8")

    with pytest.raises(InstrumentError, match="file-unwritable"):
        keep_edition(made_up, tmp_path / "instrumen")


# The file that is written


@pytest.mark.parametrize(
    "data",
    [made_up_data(), tiny_data(), *(load(key).data for key in instrument.editions())],
    ids=["made-up", "tiny", *instrument.editions()],
)
def test_an_edition_that_is_written_and_read_again_is_the_same(tmp_path, data):
    text = written(data)
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")

    assert read_edition(tmp_path / "a.yaml").digest == from_data(deepcopy(data)).digest
    # Blocks, in the order of the data, without marks that stand for what was written above.
    assert text.startswith("format: 1\nid: ")
    assert "{" not in text
    assert " &id" not in text


# Ends of lines that only YAML knows, and what a file of Windows begins with.
@example("a\x85b", "a\u2028b")
@example("a\u2029", "\ufeffa\r\nb")
@given(st.text(max_size=30).filter(str.strip), st.text(max_size=30).filter(str.strip))
@settings(max_examples=150, deadline=None)
def test_whatever_a_text_holds_it_is_written_and_read_as_it_is(tmp_path_factory, one, two):
    data = tiny_data() | {"issuer": one, "title": {"id": two, "en": one}}
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(written(data), encoding="utf-8", newline="")

    assert read_edition(path).digest == from_data(data).digest


@pytest.mark.parametrize(
    "text", ["1", "2.50", "1e3", "2026-01-01", "no", "null", "- a", "a: b", "#x"]
)
def test_a_text_that_looks_like_something_else_stays_a_text(tmp_path, text):
    data = tiny_data() | {"issuer": text}
    (tmp_path / "a.yaml").write_text(written(data), encoding="utf-8")

    assert read_edition(tmp_path / "a.yaml").issuer == text


def test_yaml_as_others_write_it_is_read_like_ours(tmp_path, composed):
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(composed), encoding="utf-8")

    assert read_edition(tmp_path / "a.yaml").digest == from_data(composed).digest
