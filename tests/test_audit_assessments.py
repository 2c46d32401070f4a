"""What an assessment was opened as, and its edition, are not to be changed afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from merit_kit import assessment
from merit_kit.canonical import canonical
from merit_kit.store import Store, audit
from tests.conftest import ROUND
from tests.databases import raw
from tests.tampering import HERE, found, rewrite, tamper, two_chains


@pytest.fixture
def about(store: Store, begun: str, tiny: Any) -> str:
    """The id of the assessment of kota-a, with six entries in two chains."""
    return two_chains(store, begun, tiny)


MOVED = {
    "agency": ("agency = 'kota-c'", f"kota-c/{ROUND}", "kota-c", "kota-a"),
    "round": ("round = '2030-1'", "kota-a/2030-1", "2030-1", ROUND),
    "invented": ("invented = 1", HERE, True, False),
}


@pytest.mark.parametrize(("change", "where", "says", "was"), MOVED.values(), ids=MOVED)
def test_an_assessment_moved_or_marked_otherwise_is_named(store, about, change, where, says, was):
    tamper(store, f"UPDATE assessment SET {change} WHERE id = :about", about=about)

    [problem] = audit(store)
    assert (problem.where, problem.key) == (where, "audit-moved")
    assert (problem.found, problem.allowed) == (says, was)


def test_two_assessments_that_change_agencies_are_both_named(store, about):
    tamper(
        store,
        "UPDATE assessment SET agency = 'aside' WHERE agency = 'kota-a'",
        "UPDATE assessment SET agency = 'kota-a' WHERE agency = 'kab-b'",
        "UPDATE assessment SET agency = 'kab-b' WHERE agency = 'aside'",
    )

    assert sorted(found(store)) == [(f"kab-b/{ROUND}", "audit-moved"), (HERE, "audit-moved")]


def test_invented_data_that_shall_pass_for_real_is_named(store, about):
    tamper(store, "UPDATE assessment SET invented = 0 WHERE agency = 'kab-b'")

    assert found(store) == [(f"kab-b/{ROUND}", "audit-moved")]


def test_an_opening_that_no_longer_says_invented_is_named(store, about):
    other = assessment.find(store, "kab-b", ROUND)

    def clear(row: dict[str, Any]) -> None:
        row["payload"] = row["payload"].replace('"invented":true', '"invented":false')

    rewrite(store, other, 1, clear)
    tamper(store, "UPDATE assessment SET invented = 0 WHERE agency = 'kab-b'")

    assert (f"kab-b/{ROUND} #1", "audit-digest") in found(store)


@pytest.mark.parametrize("body", ['"body":{}', '"body":null', '"nobody":1'])
def test_an_opening_that_says_nothing_is_no_opening(store, about, body):
    def empty(row: dict[str, Any]) -> None:
        said = json.loads(row["payload"])
        row["payload"] = canonical({**said, "body": 0}).replace('"body":0', body)

    rewrite(store, about, 1, empty)

    assert (HERE, "audit-moved") in found(store)


@pytest.mark.parametrize(
    "how",
    ["UPDATE edition SET data = replace(data, '70', '90')", "DELETE FROM edition"],
    ids=["changed", "removed"],
)
def test_an_edition_that_is_not_what_it_was_is_named(store, about, tiny, how):
    tamper(store, how)

    assert found(store) == [("edition", "audit-edition")]
    assert audit(store)[0].found == tiny.digest


def test_an_assessment_moved_to_another_edition_is_named(store, about, kasn):
    with raw(store) as file:
        file.execute("INSERT INTO edition VALUES (?, ?, ?)", [kasn.digest, kasn.id, kasn.canonical])
    tamper(store, f"UPDATE assessment SET edition = '{kasn.digest}' WHERE id = :about", about=about)

    assert found(store) == [(HERE, "audit-moved")]
