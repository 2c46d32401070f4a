"""Which statement counts, on hand-made frames of entries; there is no store here."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merit_kit import process
from merit_kit.store import Statement
from tests.conftest import level, note

CODES = ("2.1", "1.1", "1.2")


def rows(*statements: Statement) -> pd.DataFrame:
    """The statements as the columns of the store's table that `process` looks at."""
    columns = ("assessment", "id", "kind", "author", "stated_at", "visible_to", "payload")
    return pd.DataFrame(
        [{name: getattr(s, name) for name in columns} for s in statements],
        columns=list(columns),
        dtype=object,
    )


def standing(*statements: Statement) -> pd.DataFrame:
    return process.standing(process.unfold(rows(*statements)))


def ids(frame: pd.DataFrame) -> set[str]:
    return set(frame["id"])


def test_a_lone_statement_stands(tiny):
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


def test_an_entry_waits_for_a_base_that_is_not_there_and_stands_meanwhile():
    assert ids(standing(level("a", "1.1", 4, id="y", base=("not-yet",)))) == {"y"}


def test_a_statement_of_one_assessment_replaces_nothing_in_another():
    mine, theirs = level("a", "1.1", 3, id="x"), level("b", "1.1", 1, id="y", base=("x",))

    assert ids(standing(mine, theirs)) == {"x", "y"}


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
    frame = rows(level("a", "1.1", 3), level("a", "1.1", 4))
    before = frame.copy(deep=True)

    opened = process.unfold(frame)
    opened_before = opened.copy(deep=True)
    process.level_sheet(process.standing(opened), process.SELF, ["a"], CODES)

    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(opened, opened_before)


@st.composite
def histories(draw: st.DrawFn) -> list[Statement]:
    """Statements of two assessments, each answering any of those before it, or none."""
    made: list[Statement] = []
    for n in range(draw(st.integers(1, 12))):
        known = [s.id for s in made]
        base = tuple(
            draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else ()
        )
        about, code = draw(st.sampled_from("ab")), draw(st.sampled_from(CODES))
        if draw(st.booleans()):
            value = draw(st.none() | st.integers(0, 4))
            of = draw(st.sampled_from((process.SELF, process.VERIFIED)))
            made.append(level(about, code, value, of=of, id=f"e-{n}", base=base))
        else:
            made.append(note(about, code, f"Catatan {n}", id=f"e-{n}", base=base))
    return made


@settings(max_examples=100, deadline=None)
@given(history=histories(), data=st.data())
def test_the_same_entries_in_any_order_of_arrival_give_the_same_standing(history, data):
    shuffled = data.draw(st.permutations(history))

    one, other = standing(*history), standing(*shuffled)

    columns = ["id", "topic", "conflict"]
    in_order = [frame[columns].sort_values("id", ignore_index=True) for frame in (one, other)]
    pd.testing.assert_frame_equal(*in_order)
    for of in (process.SELF, process.VERIFIED):
        pd.testing.assert_frame_equal(
            *(process.level_sheet(frame, of, ["b", "a"], CODES) for frame in (one, other))
        )


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
    settling = [
        Statement(
            topic[0], open_.iloc[0]["kind"], "p-1", "-", open_.iloc[0]["body"], tuple(open_["id"])
        )
        for topic, open_ in counting[counting["conflict"]].groupby("topic")
    ]

    assert not standing(*history, *settling)["conflict"].any()


def sheet(*statements: Statement, of: str = process.SELF, about: str = "a") -> dict[str, Any]:
    frame = process.level_sheet(standing(*statements), of, [about], CODES)
    assert list(frame.columns) == list(CODES)
    return {
        code: None if math.isnan(value) else int(value) for code, value in frame.loc[about].items()
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

    frame = process.level_sheet(counting, process.SELF, ["b", "none", "a"], CODES)

    assert list(frame.index) == ["b", "none", "a"]
    assert list(frame["1.1"].fillna(-1)) == [4, -1, 3]
    assert set(map(str, frame.dtypes)) == {"float64"}


def test_levels_carry_their_reason_and_who_stated_them_when():
    said = level(
        "a", "1.1", 3, reason="Bukti lengkap", author="p-7", stated_at="2026-05-01T00:00:00Z"
    )

    [row] = process.levels(standing(said), process.SELF).to_dict("records")

    assert row == {
        "assessment": "a",
        "sub_aspect": "1.1",
        "level": 3,
        "reason": "Bukti lengkap",
        "author": "p-7",
        "stated_at": "2026-05-01T00:00:00Z",
    }
