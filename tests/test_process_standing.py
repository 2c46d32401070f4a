"""Which statement counts, on hand-made frames of entries; there is no store here."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import process
from merit_kit.store import Statement
from tests.conftest import level as any_level
from tests.conftest import note as any_note
from tests.entries import (
    OTHER_FILE,
    OTHER_FINDING,
    OTHER_THREAD,
    Said,
    frame,
    histories,
    standing,
)
from tests.entries import said as state

level = partial(any_level, make=Said)
note = partial(any_note, make=Said)

CODES = ("2.1", "1.1", "1.2")


def ids(counting: pd.DataFrame) -> set[str]:
    return set(counting["id"])


def test_a_lone_statement_stands():
    counting = standing(level("a", "1.1", 3, id="x"))

    assert ids(counting) == {"x"}
    assert not counting["conflict"].any()


def test_a_statement_that_is_replaced_stands_no_longer():
    counting = standing(level("a", "1.1", 3, id="x"), level("a", "1.1", 4, id="y", base=("x",)))

    assert ids(counting) == {"y"}
    assert not counting["conflict"].any()


def test_a_replacement_replaced_in_turn_does_not_bring_the_first_back():
    counting = standing(
        level("a", "1.1", 1, id="x"),
        level("a", "1.1", 2, id="y", base=("x",)),
        level("a", "1.1", 3, id="z", base=("y",)),
    )

    assert ids(counting) == {"z"}


def test_two_that_replace_the_same_statement_are_a_conflict():
    counting = standing(
        level("a", "1.1", 1, id="x"),
        level("a", "1.1", 2, id="y", base=("x",)),
        level("a", "1.1", 3, id="z", base=("x",)),
    )

    assert ids(counting) == {"y", "z"}
    assert counting["conflict"].all()


def test_two_that_say_the_same_without_knowing_of_each_other_are_a_conflict_all_the_same():
    assert standing(level("a", "1.1", 3), level("a", "1.1", 3))["conflict"].all()


def test_an_entry_that_names_both_settles_a_conflict():
    counting = standing(
        level("a", "1.1", 2, id="y"),
        level("a", "1.1", 3, id="z"),
        level("a", "1.1", 3, id="w", base=("y", "z")),
    )

    assert ids(counting) == {"w"}
    assert not counting["conflict"].any()


def test_an_entry_that_names_one_of_two_does_not_settle_their_conflict():
    counting = standing(
        level("a", "1.1", 2, id="y"),
        level("a", "1.1", 3, id="z"),
        level("a", "1.1", 4, id="w", base=("y",)),
    )

    assert ids(counting) == {"w", "z"}
    assert counting["conflict"].all()


@pytest.mark.parametrize(
    "other",
    [
        level("a", "1.2", 3),
        level("a", "1.1", 3, of="verified"),
        note("a", "1.1", "Catatan"),
        level("b", "1.1", 3),
    ],
    ids=["sub-aspect", "self-and-verified", "level-and-note", "assessment"],
)
def test_statements_on_different_topics_are_no_conflict(other):
    counting = standing(level("a", "1.1", 3), other)

    assert len(counting) == 2
    assert not counting["conflict"].any()


def test_a_conflict_on_one_topic_leaves_the_others_in_peace():
    counting = standing(
        level("a", "1.1", 3, id="x"), level("a", "1.1", 4, id="y"), level("a", "1.2", 1, id="z")
    )

    assert dict(zip(counting["id"], counting["conflict"], strict=True)) == {
        "x": True,
        "y": True,
        "z": False,
    }


def test_an_entry_whose_base_has_not_arrived_waits_and_does_not_count():
    assert ids(standing(level("a", "1.1", 4, id="y", base=("not-yet",)))) == set()


def test_what_rests_on_a_waiting_entry_waits_with_it():
    counting = standing(
        level("a", "1.1", 1, id="x", base=("not-yet",)),
        level("a", "1.1", 2, id="y", base=("x",)),
        level("a", "1.1", 3, id="z", base=("y",)),
        note("a", "1.1", "Catatan", id="n", base=("z",)),
    )

    assert ids(counting) == set()


def test_what_rests_on_a_waiting_entry_replaces_nothing_yet():
    counting = standing(
        level("a", "1.1", 1, id="w"),
        note("a", "1.1", "Catatan", id="x", base=("not-yet",)),
        level("a", "1.1", 2, id="y", base=("w", "x")),
    )

    assert ids(counting) == {"w"}


@pytest.mark.parametrize("order", ["wxyz", "zyxw", "yzwx", "xzyw"])
def test_a_chain_counts_as_soon_as_its_first_link_arrives(order):
    links = {
        own: level("a", "1.1", n, id=own, base=tuple(base))
        for n, (own, base) in enumerate((("w", ""), ("x", "w"), ("y", "x"), ("z", "yw")))
    }

    assert ids(standing(*(links[own] for own in order))) == {"z"}
    assert ids(standing(*(links[own] for own in order if own != "w"))) == set()


def test_entries_that_name_each_other_never_count():
    first = level("a", "1.1", 1, id="x", base=("y",))
    second = level("a", "1.2", 2, id="y", base=("x",))

    assert ids(standing(first, second, level("a", "2.1", 3, id="z"))) == {"z"}


def test_what_rests_on_a_circle_never_counts():
    circle = (
        level("a", "1.1", 1, id="x", base=("y",)),
        level("a", "1.1", 2, id="y", base=("x",)),
    )

    assert ids(standing(*circle, level("a", "1.1", 3, id="z", base=("y",)))) == set()


def test_the_same_id_in_another_assessment_is_no_base():
    mine = level("a", "1.1", 1, id="y", base=("x",))
    theirs = level("b", "1.1", 1, id="x", base=("x",))

    assert ids(standing(mine, theirs)) == {"x"}


def test_an_entry_that_waits_for_one_of_its_bases_leaves_the_other_standing():
    counting = standing(
        level("a", "1.1", 3, id="x"), level("a", "1.1", 4, id="y", base=("x", "not-yet"))
    )

    assert ids(counting) == {"x"}
    assert not counting["conflict"].any()


@pytest.mark.parametrize("order", ["xy", "yx"])
def test_a_waiting_entry_counts_as_soon_as_its_base_arrives(order):
    entries = {"x": level("a", "1.1", 3, id="x"), "y": level("a", "1.1", 4, id="y", base=("x",))}

    assert ids(standing(*(entries[name] for name in order))) == {"y"}


def test_a_statement_of_one_assessment_answers_nothing_in_another():
    mine, theirs = level("a", "1.1", 3, id="x"), level("b", "1.1", 1, id="y", base=("x",))

    assert ids(standing(mine, theirs)) == {"x"}


def test_an_answer_replaces_nothing_of_what_it_answers():
    counting = standing(state("question", "q"), state("answer", "a", "q"))

    assert ids(counting) == {"q", "a"}
    assert not counting["conflict"].any()


def test_a_replacement_that_answers_another_topic_too_replaces_only_its_own():
    counting = standing(
        state("question", "q"), state("answer", "old", "q"), state("answer", "new", "q old")
    )

    assert ids(counting) == {"q", "new"}


def test_a_statement_cannot_replace_itself_away():
    assert ids(standing(level("a", "1.1", 3, id="x", base=("x",)))) == {"x"}


def test_neither_place_nor_clock_decides_what_stands():
    old = level("a", "1.1", 3, id="x", stated_at="2030-01-01T00:00:00Z")
    new = level("a", "1.1", 4, id="a", base=("x",), stated_at="1999-01-01T00:00:00Z")

    assert ids(standing(old, new)) == ids(standing(new, old)) == {"a"}


def test_no_entries_give_no_standing_and_an_empty_sheet():
    counting = standing()

    assert len(counting) == 0
    assert {"conflict", "topic", "body"} <= set(counting.columns)
    sheet = process.level_sheet(counting, process.SELF, ["a"], CODES)
    assert sheet.shape == (1, 3)
    assert sheet.isna().all(axis=None)


def test_the_frames_handed_in_are_left_as_they_were():
    given_ = frame(level("a", "1.1", 3), level("a", "1.1", 4))
    before = given_.copy(deep=True)

    opened = process.unfold(given_)
    opened_before = opened.copy(deep=True)
    process.level_sheet(process.standing(opened), process.SELF, ["a"], CODES)

    pd.testing.assert_frame_equal(given_, before)
    pd.testing.assert_frame_equal(opened, opened_before)


@settings(max_examples=100, deadline=None)
@given(history=histories(), data=st.data())
def test_the_same_entries_in_any_order_of_arrival_give_the_same_standing(history, data):
    shuffled = data.draw(st.permutations(history))

    one, other = standing(*history), standing(*shuffled)

    columns = ["id", "topic", "conflict"]
    in_order = [each[columns].sort_values("id", ignore_index=True) for each in (one, other)]
    pd.testing.assert_frame_equal(*in_order)
    pd.testing.assert_frame_equal(
        *(process.side_by_side(each, ["b", "a"], CODES) for each in (one, other))
    )
    for author in ("p-1", "p-2"):
        pd.testing.assert_frame_equal(
            *(
                process.level_sheet(each, process.SECOND, ["b", "a"], CODES, author=author)
                for each in (one, other)
            )
        )


@st.composite
def tangles(draw: st.DrawFn) -> list[Statement]:
    """Statements that name any others, later ones, themselves, or one that never arrives."""
    history = draw(histories())
    known = st.sampled_from([*(each.id for each in history), "not-yet"])
    return [replace(each, base=tuple(draw(st.lists(known, max_size=2)))) for each in history]


def arrived_whole(entries: Sequence[Statement]) -> list[Statement]:
    """Those that are there with all they rest on: looked for again until that finds no more."""
    found: set[tuple[str, str]] = set()
    for _ in entries:
        found |= {
            (each.assessment, each.id)
            for each in entries
            if all(base == each.id or (each.assessment, base) in found for base in each.base)
        }
    return [each for each in entries if (each.assessment, each.id) in found]


@settings(max_examples=200, deadline=None)
@given(entries=tangles(), data=st.data())
def test_only_what_has_arrived_with_all_it_rests_on_counts_in_any_order_of_arrival(entries, data):
    there = arrived_whole(entries)
    about = {each.id: process.topic(json.loads(each.payload)) for each in entries}
    replaced = {
        base
        for each in there
        for base in each.base
        if base != each.id and about.get(base) == about[each.id]
    }

    shuffled = data.draw(st.permutations(entries))
    counting = standing(*shuffled)

    assert ids(counting) == {each.id for each in there} - replaced
    found = process.arrived(process.unfold(frame(*shuffled)))
    assert found == {(each.assessment, each.id) for each in there}


@settings(max_examples=60, deadline=None)
@given(history=histories(about="a"), size=st.integers(2, 5), data=st.data())
def test_entries_that_name_each_other_in_a_circle_never_count_nor_change_anything(
    history, size, data
):
    named = data.draw(st.lists(st.sampled_from([each.id for each in history]), max_size=2))
    circle = [
        replace(history[0], id=f"c-{n}", base=(*named, f"c-{(n + 1) % size}")) for n in range(size)
    ]

    counting = standing(*data.draw(st.permutations([*history, *circle])))

    assert ids(counting) == ids(standing(*history))


def lived(history: Sequence[Statement]) -> Iterator[dict[tuple[str, ...], set[str]]]:
    """Tell what stands on each topic after each statement, as one who was there would note it.

    A page for each topic, and an eraser: whoever states something rubs out what they name on its
    page and writes their own. What rests on something that page-keeper never heard of is not noted.
    """
    pages: dict[tuple[str, ...], set[str]] = {}
    heard: set[tuple[str, str]] = set()
    for each in history:
        if all((each.assessment, base) in heard for base in each.base):
            heard.add((each.assessment, each.id))
            page = pages.setdefault(process.topic(json.loads(each.payload)), set())
            page.difference_update(each.base)
            page.add(each.id)
        yield {about: set(page) for about, page in pages.items()}


@settings(max_examples=100, deadline=None)
@given(history=histories(), data=st.data())
def test_a_replayed_history_equals_the_lived_one(history, data):
    arrival = data.draw(st.permutations(history))

    for n, pages in enumerate(lived(history), start=1):
        so_far = {each.id for each in history[:n]}
        counting = standing(*(each for each in arrival if each.id in so_far))

        assert {about: ids(of) for about, of in counting.groupby("topic")} == pages
        in_conflict = {about for about, page in pages.items() if len(page) > 1}
        assert set(counting[counting["conflict"]]["topic"]) == in_conflict


@settings(max_examples=100, deadline=None)
@given(history=histories())
def test_what_stands_in_one_assessment_does_not_depend_on_which_others_are_looked_at(history):
    together = standing(*history)

    for about in "ab":
        alone = standing(*(s for s in history if s.assessment == about))
        of_it = together[together["assessment"] == about]
        assert list(alone["id"]) == list(of_it["id"])
        assert list(alone["conflict"]) == list(of_it["conflict"])


@settings(max_examples=60, deadline=None)
@given(history=histories())
def test_every_conflict_can_be_settled_by_naming_all_that_stand_on_its_topic(history):
    counting = standing(*history)
    stated = {each.id: each for each in history}
    settling = []
    for _, rivals in counting[counting["conflict"]].groupby("topic"):
        named = tuple(sorted(rivals["id"]))
        settling.append(replace(stated[named[0]], id="s-" + named[0], base=named))

    settled = standing(*history, *settling)

    assert not settled["conflict"].any()
    assert {each.id for each in settling} <= ids(settled)


@settings(max_examples=60, deadline=None)
@given(history=histories(), data=st.data())
def test_nothing_that_was_stated_is_ever_missing_from_the_history(history, data):
    arrived = data.draw(st.permutations(history))

    opened = process.unfold(frame(*arrived))

    assert list(opened["id"]) == [each.id for each in arrived]
    assert list(opened["body"]) == [dict(each.body) for each in arrived]
    assert list(opened["base"]) == [each.base for each in arrived]
    before = opened.copy(deep=True)
    assert ids(process.standing(opened)) <= ids(opened)
    pd.testing.assert_frame_equal(opened, before)


@settings(max_examples=100, deadline=None)
@given(history=histories(about="a"), data=st.data())
def test_what_waits_does_not_count_and_counts_when_its_base_comes_last(history, data):
    late = data.draw(st.sampled_from(history))
    there = [each for each in history if each is not late]
    waiting = {late.id}
    for each in there:  # each names only what came before it
        if waiting & set(each.base):
            waiting.add(each.id)

    assert not ids(standing(*there)) & waiting
    assert ids(standing(*there, late)) == ids(standing(*history))


@settings(max_examples=60, deadline=None)
@given(history=histories(about="a"), data=st.data())
def test_an_entry_that_waits_changes_nothing_for_the_others(history, data):
    one = data.draw(st.sampled_from(history))
    waiting = replace(one, id="w", base=(one.id, "not-yet"))

    pd.testing.assert_frame_equal(standing(*history, waiting), standing(*history))


def sheet(*statements: Statement, of: str = process.SELF, about: str = "a") -> dict[str, Any]:
    wide = process.level_sheet(standing(*statements), of, [about], CODES)
    assert list(wide.columns) == list(CODES)
    return {
        code: None if math.isnan(value) else int(value) for code, value in wide.loc[about].items()
    }


def test_a_sheet_holds_the_standing_levels_in_the_order_of_the_instrument():
    said = (level("a", "1.1", 3), level("a", "2.1", 1), level("a", "1.2", 0, of="verified"))

    assert sheet(*said) == {"2.1": 1, "1.1": 3, "1.2": None}
    assert sheet(*said, of=process.VERIFIED) == {"2.1": None, "1.1": None, "1.2": 0}


def test_not_assessed_and_nothing_proven_are_different():
    assert sheet(level("a", "1.1", 0)) == {"2.1": None, "1.1": 0, "1.2": None}


def test_a_level_taken_back_is_not_assessed():
    said = level("a", "1.1", 3, id="x")

    assert sheet(said, level("a", "1.1", None, base=("x",)))["1.1"] is None


def test_where_a_conflict_is_open_no_level_counts():
    said = (level("a", "1.1", 3), level("a", "1.1", 3), level("a", "1.2", 2))

    assert sheet(*said) == {"2.1": None, "1.1": None, "1.2": 2}


def test_a_note_never_shows_as_a_level():
    assert set(sheet(note("a", "1.1", "3")).values()) == {None}


def test_a_sheet_has_a_row_for_every_assessment_asked_for_in_that_order():
    counting = standing(level("a", "1.1", 3), level("b", "1.1", 4), level("c", "1.1", 1))

    wide = process.level_sheet(counting, process.SELF, ["b", "none", "a"], CODES)

    assert list(wide.index) == ["b", "none", "a"]
    assert list(wide["1.1"].fillna(-1)) == [4, -1, 3]
    assert set(map(str, wide.dtypes)) == {"float64"}


def test_levels_carry_their_reason_and_who_stated_them_when():
    said = level(
        "a",
        "1.1",
        3,
        id="x",
        reason="Bukti lengkap",
        author="p-7",
        stated_at="2026-05-01T00:00:00Z",
    )

    [row] = process.levels(standing(said), process.SELF).to_dict("records")

    assert row == {
        "assessment": "a",
        "sub_aspect": "1.1",
        "level": 3,
        "reason": "Bukti lengkap",
        "author": "p-7",
        "stated_at": "2026-05-01T00:00:00Z",
        "id": "x",
    }


def effective(*statements: Statement) -> dict[str, int]:
    rows = process.effective(standing(*statements)).itertuples()
    return {row.sub_aspect: int(row.level) for row in rows}


def test_the_level_of_the_last_pass_is_in_force_where_there_is_one():
    said = (
        state("awal", "x", level=2),
        state("awal", "y", sub_aspect="1.2", level=1),
        state("akhir", "z", "x", level=3),
    )

    assert effective(*said) == {"1.1": 3, "1.2": 1}
    assert sheet(*said, of=process.VERIFIED) == {"2.1": None, "1.1": 3, "1.2": 1}


def test_a_last_pass_that_proves_nothing_is_in_force_all_the_same():
    assert effective(state("awal", "x", level=2), state("akhir", "z", level=0)) == {"1.1": 0}


def test_the_first_pass_stays_to_be_seen_beside_the_last():
    counting = standing(state("awal", "x", level=2), state("akhir", "z", "x", level=3))

    for pass_, value in ((process.AWAL, 2), (process.AKHIR, 3)):
        wide = process.level_sheet(counting, process.VERIFIED, ["a"], CODES, pass_)
        assert wide.loc["a", "1.1"] == value


def test_a_conflict_in_the_last_pass_does_not_bring_the_first_back():
    said = (state("awal", "x", level=2), state("akhir", "y", level=3), state("akhir", "z", level=4))

    assert effective(*said) == {}
    assert effective(*said, state("akhir", "w", "y z", level=4)) == {"1.1": 4}


def test_a_level_of_the_last_pass_taken_back_brings_the_first_back():
    said = (state("awal", "x", level=2), state("akhir", "y", level=3))

    assert effective(*said, state("akhir", "z", "y", level=None)) == {"1.1": 2}


def test_a_level_of_the_first_pass_taken_back_is_not_in_force():
    assert effective(state("awal", "x", level=2), state("awal", "y", "x", level=None)) == {}


def test_two_assessments_do_not_lend_each_other_a_pass():
    counting = standing(
        state("awal", "x", level=2), state("akhir", "y", about="b", level=4, sub_aspect="1.1")
    )

    wide = process.level_sheet(counting, process.VERIFIED, ["a", "b"], CODES)
    assert list(wide["1.1"]) == [2, 4]


def test_two_authors_scoring_a_second_time_never_conflict_and_count_for_nothing():
    counting = standing(
        state("second", "x", author="p-1", level=1), state("second", "y", author="p-2", level=4)
    )

    assert not counting["conflict"].any()
    assert list(process.levels(counting, process.SECOND)["level"]) == [1, 4]
    for of in (process.SELF, process.VERIFIED, process.FIELD, process.FINAL):
        assert len(process.levels(counting, of)) == 0


def test_one_author_scoring_twice_without_knowing_it_is_in_conflict_with_themselves():
    assert standing(state("second", "x"), state("second", "y"))["conflict"].all()


def test_a_second_scoring_is_on_the_sheet_of_its_author():
    counting = standing(
        state("second", "x", author="p-1", level=1), state("second", "y", author="p-2", level=4)
    )

    sheets = [
        process.level_sheet(counting, process.SECOND, ["a"], CODES, author=author)
        for author in ("p-1", "p-2", "p-3")
    ]
    assert [sheet.loc["a", "1.1"] for sheet in sheets[:2]] == [1, 4]
    assert sheets[2].isna().all(axis=None)


def test_a_second_scoring_without_its_author_is_refused():
    with pytest.raises(ValueError, match="author"):
        process.level_sheet(standing(), process.SECOND, ["a"], CODES)


def test_a_sheet_of_one_author_holds_what_they_stated_and_nothing_else():
    counting = standing(
        level("a", "1.1", 3, author="p-1", of="verified"),
        level("a", "1.2", 2, author="p-2", of="verified"),
    )

    wide = process.level_sheet(counting, process.VERIFIED, ["a"], CODES, author="p-2")
    assert list(wide.loc["a"].fillna(-1)) == [-1, -1, 2]


@pytest.mark.parametrize("found", [(3, 1, 2), (1, 2, 3), (None, 3, 1), (1, None, 4)])
def test_of_several_findings_the_lowest_is_on_the_sheet(found):
    findings = [
        state("field", f"f-{n}", finding=f"{n}" * 32, level=reached)
        for n, reached in enumerate(found)
    ]

    assert sheet(*findings, of=process.FIELD) == {"2.1": None, "1.1": 1, "1.2": None}


def test_a_finding_taken_back_is_not_on_the_sheet():
    assert sheet(state("field", "f", level=None), of=process.FIELD)["1.1"] is None


def test_the_lowest_finding_is_that_of_its_own_agency_and_sub_aspect():
    counting = standing(
        state("field", "f", level=3),
        state("field", "g", level=2, finding=OTHER_FINDING, sub_aspect="1.2"),
        state("field", "h", level=1, about="b"),
    )

    wide = process.level_sheet(counting, process.FIELD, ["a", "b"], CODES)
    assert wide.fillna(-1).to_numpy().tolist() == [[-1, 3, 2], [-1, 1, -1]]


def test_a_sheet_of_findings_and_the_mismatches_show_the_same_level():
    said = (
        state("awal", "v", level=4),
        state("field", "f", level=3),
        state("field", "g", level=1, finding=OTHER_FINDING),
    )

    [row] = process.mismatches(standing(*said)).to_dict("records")
    assert sheet(*said, of=process.FIELD)["1.1"] == row["field"] == 1


def test_the_levels_of_a_sub_aspect_stand_side_by_side_in_the_order_asked_for():
    counting = standing(
        state("self", "s", level=4),
        state("awal", "v", level=1),
        state("akhir", "w", level=3),
        state("field", "f", level=2),
        state("field", "g", level=0, finding=OTHER_FINDING),
        state("second", "c", level=1),
        state("awal", "u", level=2, sub_aspect="2.1", about="b"),
        state("determination", "d", levels={"2.1": 3, "1.1": 2, "1.2": 0}, about="b"),
    )

    table = process.side_by_side(counting, ["b", "none", "a"], CODES)

    none = math.nan
    expected = pd.DataFrame(
        [
            [none, 2, none, 2, none, 3],
            [none, none, none, none, none, 2],
            [none, none, none, none, none, 0],
            *([[none] * 6] * 3),
            [none] * 6,
            [4, 1, 3, 3, 0, none],
            [none] * 6,
        ],
        index=pd.MultiIndex.from_tuples(
            [(about, code) for about in ("b", "none", "a") for code in CODES],
            names=["assessment", "sub_aspect"],
        ),
        columns=["self", "awal", "akhir", "verified", "field", "final"],
        dtype=float,
    )
    pd.testing.assert_frame_equal(table, expected)


def test_where_nothing_stands_every_level_side_by_side_is_missing():
    table = process.side_by_side(standing(), ["a"], CODES)

    assert table.shape == (3, 6)
    assert table.isna().all(axis=None)
    assert set(map(str, table.dtypes)) == {"float64"}
    assert process.side_by_side(standing(), [], CODES).shape == (0, 6)


def test_self_first_last_and_determined_levels_stay_visible_side_by_side():
    counting = standing(
        state("self", "s", level=4),
        state("awal", "v", level=1),
        state("akhir", "w", level=3),
        state("field", "f", level=0),
        state("determination", "d", levels={"2.1": 3, "1.1": 2, "1.2": 0}),
    )

    found = [
        process.level_sheet(counting, of, ["a"], CODES, pass_).loc["a", "1.1"]
        for of, pass_ in (
            ("self", None), ("verified", "awal"), ("verified", "akhir"), ("field", None),
            ("final", None),
        )
    ]  # fmt: skip
    assert found == [4, 1, 3, 0, 2]


def test_a_determination_states_the_level_of_every_sub_aspect():
    said = state("determination", "d", levels={"2.1": 3, "1.1": 2, "1.2": 0})

    assert sheet(said, of=process.FINAL) == {"2.1": 3, "1.1": 2, "1.2": 0}


def test_a_correcting_determination_replaces_the_one_it_names():
    first = state("determination", "d", levels={"2.1": 3, "1.1": 2, "1.2": 0})
    second = state("determination", "e", "d", levels={"2.1": 3, "1.1": 4, "1.2": 0})

    assert sheet(first, second, of=process.FINAL)["1.1"] == 4


def test_of_two_determinations_that_do_not_know_of_each_other_neither_counts():
    said = (state("determination", "d"), state("determination", "e"))

    assert set(sheet(*said, of=process.FINAL).values()) == {None}


def test_an_assessment_begins_in_the_first_stage():
    assert process.stage_of(standing()) == "mandiri"


def test_an_assessment_is_in_the_stage_that_was_stated_last():
    said = (state("stage", "x", stage="verifikasi"), state("stage", "y", "x", stage="perbaikan"))

    assert process.stage_of(standing(*said)) == "perbaikan"


def test_of_two_conflicting_stages_the_earlier_holds():
    said = (state("stage", "x", stage="penetapan"), state("stage", "y", stage="perbaikan"))

    assert process.stage_of(standing(*said)) == process.stage_of(standing(*said[::-1]))
    assert process.stage_of(standing(*said)) == "perbaikan"


RIVALS = {
    "self": {}, "awal": {}, "akhir": {}, "field": {}, "second": {}, "evidence": {"name": "b.pdf"},
    "evidence-state": {"state": "kurang"}, "note": {"text": "b"}, "recommendation": {"text": "b"},
    "follow-up": {"state": "belum"}, "question": {"text": "b"}, "answer": {"text": "b"},
    "closing": {"closed": False}, "mismatch-answer": {"text": "b"}, "objection": {"text": "b"},
    "objection-answer": {"accepted": True}, "determination": {"text": "b"},
    "stage": {"stage": "perbaikan"},
}  # fmt: skip


@pytest.mark.parametrize(("name", "other"), RIVALS.items(), ids=RIVALS)
def test_of_two_statements_about_one_thing_one_counts(name, other):
    rivals = (state(name, "x"), state(name, "y", **other))

    assert standing(*rivals)["conflict"].all()
    assert ids(standing(*rivals, state(name, "z", "x y"))) == {"z"}


APART = {
    "self-of-another-sub-aspect": ("self", {"sub_aspect": "1.2"}),
    "first-pass-of-another-sub-aspect": ("awal", {"sub_aspect": "1.2"}),
    "last-pass-of-another-sub-aspect": ("akhir", {"sub_aspect": "1.2"}),
    "another-finding-on-the-same-sub-aspect": ("field", {"finding": OTHER_FINDING}),
    "a-second-scoring-by-another-author": ("second", {"author": "p-2"}),
    "another-file": ("evidence", {"file": OTHER_FILE}),
    "the-state-of-another-file": ("evidence-state", {"file": OTHER_FILE}),
    "a-note-not-for-the-agency": ("note", {"visible_to": "internal"}),
    "a-note-on-another-sub-aspect": ("note", {"sub_aspect": "1.2"}),
    "a-recommendation-for-another": ("recommendation", {"sub_aspect": "1.2"}),
    "a-follow-up-of-another-round": ("follow-up", {"round": "2025-1"}),
    "another-question-on-the-same": ("question", {"thread": OTHER_THREAD}),
    "the-answer-to-another-question": ("answer", {"thread": OTHER_THREAD}),
    "the-end-of-another-question": ("closing", {"thread": OTHER_THREAD}),
    "the-mismatch-of-another": ("mismatch-answer", {"sub_aspect": "1.2"}),
    "another-objection": ("objection", {"thread": OTHER_THREAD}),
    "the-answer-to-another-objection": ("objection-answer", {"thread": OTHER_THREAD}),
    "the-determination-of-another-agency": ("determination", {"about": "b"}),
    "the-stage-of-another-agency": ("stage", {"about": "b"}),
}


@pytest.mark.parametrize(("name", "other"), APART.values(), ids=APART)
def test_two_statements_about_two_things_both_count(name, other):
    counting = standing(state(name, "x"), state(name, "y", **other))

    assert ids(counting) == {"x", "y"}
    assert not counting["conflict"].any()


def test_the_two_passes_are_two_things():
    assert not standing(state("awal", "x"), state("akhir", "y"))["conflict"].any()
