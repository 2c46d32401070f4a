"""The tidy frame and what is added up from it, on numbers that can be checked by eye.

On the tiny instrument: 2.1 of weight 70, 1.1 of 10, 1.2 of 20; 400 points at most, high from 200.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pandas as pd
import pytest

from merit_kit import assessment, gaps, instrument
from merit_kit.errors import RuleError, ScoreError
from merit_kit.store import Statement, new_id
from tests.conftest import ROUND, level, official_data, verifying

EMPTY = {**dict.fromkeys(gaps.LEVELS, nan), "disputed": False}


def about(edition, *ids, **more):
    row = {
        "agency": "kota-a", "agency_name": "Kota A", "kind": "kota", "province": "Nusa",
        "wilayah": None, "round": ROUND, "year": 2026, "number": 1, "edition": edition.digest,
        "stage": "verifikasi", "invented": False, **more,
    }  # fmt: skip
    return pd.DataFrame([row] * len(ids), index=pd.Index(ids, name="assessment"))


def frame(edition, **assessments):
    """Lay out assessments: by id, by code (2.1, 1.1, 1.2), levels by their kind."""
    rows = {
        (key, code): {**EMPTY, **given}
        for key, sheet in assessments.items()
        for code, given in zip(edition.codes, sheet, strict=True)
    }
    index = pd.MultiIndex.from_tuples(rows, names=["assessment", "sub_aspect"])
    levels = pd.DataFrame(list(rows.values()), index=index, columns=list(EMPTY), dtype=float)
    return gaps.tidy(about(edition, *assessments), levels, {edition.digest: edition})


def test_each_row_has_what_its_level_earns_and_lacks(tiny):
    tidy = frame(tiny, a=[{"self": 3, "verified": 2, "field": 1}, {"verified": 0}, {"self": 4}])

    assert list(tidy["points"][:2]) == [140.0, 0.0]
    assert list(tidy["self_points"].dropna()) == [210.0, 80.0]
    assert list(tidy["gap"][:2]) == [140.0, 40.0]
    assert list(tidy["percent"][:2]) == [50.0, 0.0]
    assert tidy["points"].isna().tolist() == [False, False, True]
    assert list(tidy["difference"]) == [-1, pd.NA, pd.NA]
    assert list(tidy["mismatch"]) == [True, False, False]
    assert list(tidy["most"]) == [280.0, 40.0, 80.0]


def test_practice_as_good_as_the_documents_is_no_mismatch(tiny):
    tidy = frame(tiny, a=[{"verified": 2, "field": 2}, {"verified": 2, "field": 3}, {"field": 1}])

    assert not tidy["mismatch"].any()


def test_a_level_that_verification_left_alone_is_neither_raised_nor_lowered(tiny):
    tidy = frame(tiny, a=[{"self": 2, "verified": 2}, {"self": 1, "verified": 1}, {"self": 3}])
    found = gaps.by_aspect(tidy)

    assert found[["raised", "lowered"]].to_numpy().tolist() == [[0, 0], [0, 0]]


def test_a_determined_level_counts_in_place_of_the_verified_one(tiny):
    tidy = frame(tiny, a=[{"verified": 2, "final": 3}, {"verified": 1}, {}])

    assert list(tidy["level"]) == [3, 1, pd.NA]


def test_each_row_says_how_far_it_is(tiny):
    tidy = frame(
        tiny,
        a=[{"self": 1, "verified": 2, "final": 3}, {"self": 1, "verified": 2, "draft": 3}, {}],
        b=[{"self": 1, "draft": 4}, {"self": 1}, {"draft": 4}],
    )

    assert list(tidy["state"]) == ["determined", "verified", "none", "draft", "self", "draft"]
    assert tidy["points"].tolist()[3:] == pytest.approx([nan, nan, nan], nan_ok=True)
    assert tidy["gap"].isna().tolist()[3:] == [True, True, True]
    assert set(gaps.STATES) - {"disputed"} == set(tidy["state"])
    text = gaps.tidy.__doc__
    assert all(f"``{state}``" in text for state in gaps.STATES)


def test_where_two_statements_dispute_a_level_it_is_neither_unassessed_nor_a_draft(tiny):
    tidy = frame(
        tiny,
        a=[{"disputed": True}, {"self": 1, "draft": 2, "disputed": True}, {"verified": 1}],
        b=[{"verified": 1, "disputed": True}, {"verified": 1}, {"verified": 2}],
        c=[{"disputed": True}, {}, {}],
    )

    assert tidy["state"].astype(str).tolist()[:4] == [
        "disputed",
        "disputed",
        "verified",
        "verified",
    ]
    found = gaps.by_assessment(tidy, {tiny.digest: tiny})
    assert list(found["state"]) == ["disputed", "verified", "disputed"]
    assert list(found["disputed"]) == [2, 0, 1]


def test_what_was_determined_does_not_show_as_verified(tiny):
    tidy = frame(
        tiny,
        a=[{"self": 4, "verified": 2, "final": 3}, {"verified": 1, "final": 1}, {"final": 2}],
        b=[{"verified": 2, "final": 3}, {"verified": 1}, {"verified": 2}],
        c=[{"verified": 2}, {}, {"draft": 2}],
    )

    found = gaps.by_assessment(tidy, {tiny.digest: tiny})

    assert list(found["points"]) == [260.0, 260.0, 140.0]
    assert list(found["verified_points"]) == [150.0, 190.0, 140.0]
    assert list(found["verified_assessed"]) == [2, 3, 1]
    assert list(found["settled"]) == [3, 1, 0]
    assert list(found["state"]) == ["determined", "verified", "partial"]
    assert list(found["determined"]) == [True, False, False]
    aspects = gaps.by_aspect(tidy)
    assert aspects["verified_percent"].isna().tolist()[:3] == [True, False, False]
    assert list(aspects["verified_percent"][1:4]) == [50.0, 41.67, 50.0]


def test_the_columns_are_those_that_are_written_down(tiny):
    tidy = frame(tiny, a=[{}, {}, {}])
    text = gaps.tidy.__doc__

    assert f"(n_rows, {tidy.shape[1]})" in text
    for name in tidy.columns:
        assert f"``{name}" in text or f"{name}," in text or f"{name}``" in text, name
    assert tidy["kind"].dtype == "category"
    assert {str(tidy[name].dtype) for name in (*gaps.LEVELS, "level", "difference")} == {"Int8"}
    assert (str(tidy["year"].dtype), str(tidy["aspect"].dtype)) == ("int16", "int8")


def test_sub_aspects_are_in_the_order_of_the_edition_and_not_of_their_texts(kasn):
    tidy = frame(kasn, a=[{}] * 37)

    assert list(tidy["sub_aspect"].cat.categories) == list(kasn.codes)
    assert list(tidy["sub_aspect"]) == list(kasn.codes)


def test_what_is_made_up_or_not_official_is_called_a_simulation(tiny):
    official = instrument.from_data(official_data())
    assert frame(tiny, a=[{}, {}, {}])["simulation"].all()
    assert not frame(official, a=[{}, {}, {}])["simulation"].any()


def test_an_edition_without_weights_has_levels_and_no_points(tiny):
    bare = [replace(sub, weight=None) for sub in tiny.aspects[0].sub_aspects]
    aspects = (replace(tiny.aspects[0], sub_aspects=tuple(bare)), tiny.aspects[1])
    tidy = frame(replace(tiny, aspects=aspects), a=[{"verified": 2}, {"verified": 2}, {}])

    assert list(tidy["level"][:2]) == [2, 2]
    assert tidy["points"].isna().tolist() == [True, False, True]


def test_sub_aspects_are_added_up_by_aspect(tiny):
    tidy = frame(
        tiny,
        a=[{"self": 3, "verified": 2}, {"self": 1, "verified": 4}, {"self": 2}],
        b=[{}, {}, {"verified": 1, "field": 0}],
    )

    found = gaps.by_aspect(tidy)

    assert list(zip(found["assessment"], found["aspect"], found["agency"], strict=True)) == [
        *(("a", 1, "kota-a"), ("a", 2, "kota-a"), ("b", 1, "kota-a"), ("b", 2, "kota-a"))
    ]
    expected = pd.DataFrame(
        {
            # What nobody assessed has no points, and half an aspect has no percentage.
            "points": [40.0, 140.0, 20.0, nan],
            "self_points": [50.0, 210.0, nan, nan],
            "most": [120.0, 280.0, 120.0, 280.0],
            "gap": [0.0, 140.0, 60.0, nan],
            "percent": [nan, 50.0, nan, nan],
            "self_percent": [41.67, 75.0, nan, nan],
            "assessed": [1, 1, 1, 0],
            "self_assessed": [2, 1, 0, 0],
            "of": [2, 1, 2, 1],
            "raised": [1, 0, 0, 0],
            "lowered": [0, 1, 0, 0],
            "mismatches": [0, 0, 1, 0],
        }
    )
    pd.testing.assert_frame_equal(found[list(expected)], expected)


def test_a_total_a_category_and_what_is_missing_to_the_next_once_all_is_assessed(tiny):
    tidy = frame(
        tiny,
        a=[{"verified": 2}, {"verified": 1}, {"verified": 2}],
        b=[{"verified": 4}, {}, {"verified": 2}],
        c=[{"final": 4}, {"final": 4}, {"final": 4}],
    )

    found = gaps.by_assessment(tidy, {tiny.digest: tiny})

    assert list(found.index) == ["a", "b", "c"]
    assert list(found["points"]) == [190.0, 320.0, 400.0]
    assert list(found["complete"]) == [True, False, True]
    assert list(found["determined"]) == [False, False, True]
    assert found["category"].where(found["complete"], None).tolist() == ["I", None, "II"]
    assert found.loc["a", "to_next"] == 10.0
    assert found.loc["a", "index"] == 0.48
    assert found["agency_name"].tolist() == ["Kota A"] * 3


def test_rows_in_another_order_add_up_to_the_same(tiny):
    tidy = frame(tiny, a=[{"verified": 2}, {"verified": 1}, {"verified": 2}])
    turned = tidy[::-1]

    same = gaps.by_assessment(turned, {tiny.digest: tiny})
    pd.testing.assert_frame_equal(same, gaps.by_assessment(tidy, {tiny.digest: tiny}))
    pd.testing.assert_frame_equal(gaps.by_aspect(turned), gaps.by_aspect(tidy))


@pytest.mark.parametrize("rows", [[0, 1], [0, 1, 2, 2], [0, 1, 1]], ids=["less", "more", "twice"])
def test_half_a_sheet_is_not_scored(tiny, rows):
    tidy = frame(tiny, a=[{"verified": 2}, {"verified": 1}, {"verified": 2}]).iloc[rows]

    with pytest.raises(ScoreError) as caught:
        gaps.by_assessment(tidy, {tiny.digest: tiny})
    assert caught.value.problems[0].key == "rows-not-whole"


def test_of_nothing_there_is_nothing_to_add_up(tiny):
    tidy = frame(tiny, a=[{}, {}, {}]).iloc[:0]

    assert gaps.by_aspect(tidy).empty
    assert gaps.by_assessment(tidy, {tiny.digest: tiny}).empty


def test_a_group_is_told_by_its_quartiles():
    figures = pd.DataFrame({"kind": ["kota", "kota", "kota", "kab", "kota"],
                            "x": [10.0, 40.0, 20.0, 7.0, nan]})  # fmt: skip

    found = gaps.spread(figures, ["kind"], "x")

    assert found.loc["kab"].tolist() == [1, 7, 7, 7, 7, 7, 7]
    assert found.loc["kota", ["n", "low", "q1", "median", "q3", "high"]].tolist() == [
        *(3, 10, 15, 20, 30, 40)
    ]
    assert round(found.loc["kota", "mean"], 2) == 23.33


def test_published_results_are_found_by_the_name_of_the_agency():
    published = pd.DataFrame(
        [
            {"agency": "Kota A", "kind": "kota", "year": "2021", "score": "250.5", "index": None,
             "category": "Baik", "source": "berita"},
            {"agency": "Kota X", "kind": "kota", "year": "2020", "score": None, "index": "",
             "category": "Kurang", "source": "berita"},
        ]
    )  # fmt: skip

    found = gaps.published_frame(published, pd.Series({"kota-a": "Kota A"}))

    assert found["agency"].tolist()[0] == "kota-a"
    assert pd.isna(found["agency"][1])
    assert found["total"][0] == 250.5
    assert found["total"].isna().tolist() == [False, True]
    assert found["year"].tolist() == [2021, 2020]


def test_a_published_name_that_two_agencies_have_leads_to_neither():
    rows = [{"agency": name, "year": "2021", "score": "200"} for name in ("Kota A", "kota  B")]
    names = pd.Series({"kota-1": "Kota A", "kota-2": "KOTA A ", "kota-b": "Kota B"})

    found = gaps.published_frame(pd.DataFrame(rows), names)

    assert found["agency"].fillna("").tolist() == ["", "kota-b"]


def test_several_sources_of_one_agency_and_year_are_one_result():
    rows = [
        {"agency": "Kota A", "year": "2021", "score": "200", "source": "koran"},
        {"agency": "KOTA A", "year": "2021", "score": "200", "source": "situs"},
        {"agency": "Kota A", "year": "2022", "score": "210", "source": "koran"},
        {"agency": "Kota A", "year": "2022", "score": "230", "source": "situs"},
        {"agency": "Kota B", "year": "2022", "score": None, "source": "koran"},
    ]

    found = gaps.one_a_year(gaps.published_frame(pd.DataFrame(rows)))

    assert sorted(zip(found["year"], found["source"], strict=True)) == [
        *((2021, "situs; koran"), (2022, "koran; situs"))
    ]
    assert found.set_index("year")["total"].to_dict() == {2021: 200.0, 2022: 210.0}
    assert found.set_index("year")["totals"][2022] == ((210.0, "koran"), (230.0, "situs"))
    assert len(found.set_index("year")["totals"][2021]) == 1


def test_history_goes_on_from_what_was_published_to_what_the_store_has(tiny):
    tidy = frame(tiny, a=[{"verified": 2}, {"verified": 1}, {"verified": 2}])
    published = gaps.published_frame(
        pd.DataFrame([{"agency": "Kota A", "kind": "kota", "year": "2021", "score": "250.5"}])
    )

    editions = {tiny.digest: tiny}
    found = gaps.history(gaps.by_assessment(tidy, editions), published, editions)

    assert found[["year", "total", "origin", "state"]].to_numpy().tolist() == [
        [2021, 250.5, "published", "published"],
        [2026, 190.0, "store", "verified"],
    ]
    # 250.5 of 400 are 62.625, half up.
    assert found["percent"].tolist() == [62.63, 47.5]
    assert found["category_name"].iloc[1] == tiny.categories[0].name.id
    assert found.shape[1] == 15
    assert "shape (n_assessments + n_published, 15)" in gaps.history.__doc__


SHEET = pd.Series({"2.1": 2.0, "1.1": 1.0, "1.2": 2.0})


def test_what_if_says_total_category_and_rank_and_changes_nothing_given(tiny):
    levels = SHEET.copy()

    found = gaps.what_if(levels, {"2.1": 3}, tiny, pd.Series([300.0, 200.0, nan]))

    assert (found.before.total, found.before.category, found.before.rank) == (190.0, "I", 3)
    assert (found.after.total, found.after.category, found.after.rank) == (260.0, "II", 2)
    assert found.before.to_next == 10.0
    assert found.after.to_next is None
    assert found.of == 3
    assert found.after.aspects["percent"].to_dict() == {2: 75.0, 1: 41.67}
    pd.testing.assert_series_equal(levels, SHEET)


def test_of_equal_totals_both_have_the_better_rank_and_the_next_one_is_left_out(tiny):
    others = pd.Series([190.0, 400.0])
    assert gaps.what_if(SHEET, {}, tiny, others).before.rank == 2
    less = gaps.what_if(SHEET, {"1.2": 1}, tiny, pd.Series([190.0, 190.0, 400.0]))
    assert (less.after.rank, less.of) == (4, 4)


def test_what_if_takes_a_level_away_and_has_no_rank_then(tiny):
    found = gaps.what_if(SHEET, {"1.1": None}, tiny, pd.Series([10.0]))
    after = found.after

    assert (after.total, after.complete, after.rank, after.category) == (180.0, False, None, None)
    assert found.of == 1


@pytest.mark.parametrize("changes", [{"9.9": 1}, {"1.1": 5}], ids=["unknown", "off-scale"])
def test_what_if_refuses_what_cannot_be_scored(tiny, changes):
    with pytest.raises(ScoreError):
        gaps.what_if(SHEET, changes, tiny, pd.Series([10.0]))


def determined(store, about, levels):
    body = {"levels": levels, "total": "400", "index": "1.00", "category": "II", "components": {},
            "text": ""}  # fmt: skip
    said = Statement(about, "determination", "p-k", "2026-03-01T02:00:00.000Z", body)
    store.append([said], "p-k")


def tidy_of(store, **how):
    found = assessment.sheets(store, **how)
    return gaps.tidy(found.about, found.levels, found.editions)


def test_the_frame_of_a_store_says_what_stands_in_it(store, begun, tiny):
    verifying(store, begun)
    first = level(begun, "2.1", 4)
    store.append([first, level(begun, "2.1", 3, base=(first.id,)), level(begun, "1.1", 2)], "p-1")
    verified = [level(begun, "2.1", 1, of="verified"), level(begun, "1.1", 2, of="verified")]
    store.append([*verified, level(begun, "1.1", 4, of="verified")], "p-e")

    tidy = tidy_of(store)

    assert list(tidy["sub_aspect"]) == ["2.1", "1.1", "1.2"]
    assert list(tidy["self"]) == [3, 2, pd.NA]
    assert list(tidy["level"]) == [1, pd.NA, pd.NA]  # two verified levels of 1.1 dispute it
    assert list(tidy["state"]) == ["verified", "disputed", "none"]
    assert set(tidy["stage"]) == {"verifikasi"}
    assert tidy["province"].tolist() == ["Nusa"] * 3


def test_a_determined_result_shows_as_one(store, begun, tiny):
    determined(store, begun, {"2.1": 4, "1.1": 4, "1.2": 4})

    found = gaps.by_assessment(tidy_of(store), {tiny.digest: tiny})

    assert found["determined"].tolist() == [True]
    assert found["points"].tolist() == [400.0]


def test_what_rests_on_something_that_has_not_arrived_does_not_count(store, begun):
    store.append([level(begun, "2.1", 4, base=(new_id(),)), level(begun, "1.1", 2)], "p-1")

    assert list(tidy_of(store)["self"]) == [pd.NA, 2, pd.NA]


def test_a_sandbox_is_in_no_frame(store, begun, tiny):
    assessment.begin(store, "kab-b", ROUND, tiny, "p-1", purpose="practice")

    assert set(tidy_of(store)["agency"]) == {"kota-a"}


def test_rounds_are_chosen_and_an_unknown_one_is_named(store, begun, tiny):
    store.add_round("2026-2", 2026, 2)
    assessment.begin(store, "kab-b", "2026-2", tiny, "p-1")

    assert set(tidy_of(store)["round"]) == {ROUND, "2026-2"}
    assert set(tidy_of(store, rounds=["2026-2"])["agency"]) == {"kab-b"}
    with pytest.raises(RuleError):
        tidy_of(store, rounds=["2031-1"])


def test_an_empty_store_has_an_empty_frame_with_all_its_columns(store):
    assert tidy_of(store).shape == (0, 32)


def test_nobody_reads_what_evaluators_keep_to_themselves_about_their_own_agency(store, begun, tiny):
    store.add_agencies([{"code": "kota-c", "name": "Kota C", "kind": "kota", "province": None}])
    assessment.begin(store, "kota-c", ROUND, tiny, "p-s")
    store.appoint("p-e", "agency", "kota-a")

    found = assessment.sheets(store, reader="p-e")

    assert (found.about["agency"].tolist(), found.own) == (["kota-c"], 1)
    with pytest.raises(RuleError) as caught:
        assessment.sheets(store, reader="p-1")
    assert caught.value.key == "analysis-no-role"
