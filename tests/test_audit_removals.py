"""Entries, anchors and assessments that were taken away are missed where they were."""

from __future__ import annotations

from typing import Any

import pytest

from merit_kit.store import Store, audit, open_store
from tests.conftest import level
from tests.databases import raw, sqlite_only, where
from tests.tampering import HERE, OF_A, found, tamper, two_chains


@pytest.fixture
def about(store: Store, begun: str, tiny: Any) -> str:
    """The id of the assessment of kota-a, with six entries in two chains."""
    return two_chains(store, begun, tiny)


REMOVED = {
    "the-last": ("= 6", [(f"{HERE} #6", "audit-removed", 1)]),
    "the-last-two": (">= 5", [(f"{HERE} #5", "audit-removed", 2)]),
    "the-first": ("= 1", [(f"{HERE} #1", "audit-removed", 1)]),
    "one-in-the-middle": ("= 4", [(f"{HERE} #4", "audit-removed", 1)]),
    "two-in-the-middle": ("IN (4, 5)", [(f"{HERE} #4", "audit-removed", 2)]),
    "a-whole-chain": (
        "IN (3, 4, 6)",
        [(f"{HERE} #3", "audit-removed", 2), (f"{HERE} #6", "audit-removed", 1)],
    ),
}


@pytest.mark.parametrize(("which", "expected"), REMOVED.values(), ids=REMOVED)
def test_removed_entries_are_counted_where_they_were(store, about, which, expected):
    tamper(store, f"DELETE FROM entry WHERE {OF_A} {which}", about=about)

    removed = [(p.where, p.key, p.found) for p in audit(store) if p.key == "audit-removed"]
    assert removed == expected


@pytest.mark.parametrize("which", ["= 4", "IN (3, 4, 6)", "= 1", "= 3"])
def test_closing_the_gap_after_removing_does_not_hide_it(store, about, which):
    with raw(store) as file, file.unguarded():
        for table in ("entry", "anchor"):
            file.execute(f"DELETE FROM {table} WHERE {OF_A} {which}", [about])
            left = file.execute(
                f"SELECT position FROM {table} WHERE assessment = ? ORDER BY position", [about]
            ).fetchall()
            for new, (old,) in enumerate(left, start=1):
                file.execute(f"UPDATE {table} SET position = ? WHERE {OF_A} = ?", [new, about, old])

    assert found(store)
    assert all(place.startswith(HERE) for place, _ in found(store))


def test_the_end_cut_off_with_its_anchors_is_found_by_the_chain_that_held_on_to_it(store, about):
    with open_store(where(store)) as third:
        third.append([level(about, "1.2", 4)], "p-1")
    tamper(
        store,
        f"DELETE FROM entry WHERE {OF_A} = 6",
        f"DELETE FROM anchor WHERE {OF_A} = 6",
        f"UPDATE entry SET position = 6 WHERE {OF_A} = 7",
        f"UPDATE anchor SET position = 6 WHERE {OF_A} = 7",
        about=about,
    )

    assert (f"{HERE} #6", "audit-order") in found(store)


@pytest.mark.parametrize("with_anchors", [False, True], ids=["anchors-left", "anchors-too"])
def test_an_assessment_without_its_entries_is_named(store, about, with_anchors):
    tamper(store, "DELETE FROM entry WHERE assessment = :about", about=about)
    if with_anchors:
        tamper(store, "DELETE FROM anchor WHERE assessment = :about", about=about)

    assert (f"{HERE} #1", "audit-opening-missing") in found(store)


def test_entries_without_their_assessment_are_named_by_its_id(store, about):
    tamper(store, "DELETE FROM assessment WHERE id = :about", about=about)

    assert found(store) == [(about, "audit-assessment-removed")]


def test_anchors_that_outlived_their_assessment_are_named_by_its_id(store, about):
    tamper(
        store,
        "DELETE FROM assessment WHERE id = :about",
        "DELETE FROM entry WHERE assessment = :about",
        about=about,
    )

    assert found(store) == [(about, "audit-assessment-removed")]


@pytest.mark.parametrize(
    ("how", "where"),
    [
        (f"DELETE FROM anchor WHERE {OF_A} = 6", "#6"),
        (f"DELETE FROM anchor WHERE {OF_A} = 3", "#3"),
        ("DELETE FROM anchor WHERE assessment = :about", "#1"),
        (f"UPDATE anchor SET digest = 'x' WHERE {OF_A} = 4", "#4"),
        (f"UPDATE anchor SET position = 9 WHERE {OF_A} = 6", "#6"),
    ],
    ids=["last-gone", "one-gone", "all-gone", "changed", "moved"],
)
def test_an_anchor_removed_or_changed_is_found_at_its_place(store, about, how, where):
    tamper(store, how, about=about)

    assert (f"{HERE} {where}", "audit-digest") in found(store)


@sqlite_only
def test_an_anchor_moved_to_no_place_is_found(store, about):
    tamper(store, f"UPDATE anchor SET position = 'x' WHERE {OF_A} = 6", about=about)

    assert (f"{HERE} #x", "audit-digest") in found(store)


@pytest.mark.parametrize("position", [0, -1, 7], ids=str)
def test_a_digest_noted_where_no_entry_is_does_not_pass_for_history(store, about, position):
    with raw(store) as file:
        file.execute("INSERT INTO anchor VALUES (?, ?, ?)", [about, position, "f" * 64])

    assert [place for place, _ in found(store)] == [f"{HERE} #{position}"]
