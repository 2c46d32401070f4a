"""What the audit says on the whole: nothing of a store nobody touched, else everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from merit_kit.store import Store, audit, open_store, passed_through
from tests.conftest import ROUND
from tests.databases import sqlite_only
from tests.tampering import HERE, OF_A, found, rewrite, tamper, two_chains


@pytest.fixture
def about(store: Store, begun: str, tiny: Any) -> str:
    """The id of the assessment of kota-a, with six entries in two chains."""
    return two_chains(store, begun, tiny)


def test_a_store_nobody_touched_has_no_problems(store, about):
    assert [int(n) for n in store.entries([about])["position"]] == [1, 2, 3, 4, 5, 6]
    assert store.entries([about])["writer"].nunique() == 2
    assert audit(store) == []


def test_an_empty_store_has_no_problems(store):
    assert audit(store) == []


def test_what_may_change_is_no_problem(store, about):
    store.add_agencies([{"code": "kota-a", "name": "Kota A Baru", "kind": "kota", "province": ""}])
    tamper(store, "DELETE FROM person")

    assert audit(store) == []


def test_every_fault_is_named_and_not_the_first_alone(store, about):
    tamper(
        store,
        f"UPDATE entry SET author = 'x' WHERE {OF_A} = 2",
        f"UPDATE entry SET room = 'x' WHERE {OF_A} = 4",
        "UPDATE assessment SET invented = 0 WHERE agency = 'kab-b'",
        about=about,
    )

    assert found(store) == [
        (f"kab-b/{ROUND}", "audit-moved"),
        (f"{HERE} #2", "audit-column"),
        (f"{HERE} #4", "audit-column"),
    ]


def test_one_change_is_not_told_again_for_every_entry_after_it(store, about):
    tamper(store, f"UPDATE anchor SET digest = 'x' WHERE {OF_A} = 2", about=about)
    rewrite(store, about, 1, lambda row: row.update(recorded_by="p-2"))

    assert [key for _, key in found(store)].count("audit-digest") == 1


@sqlite_only
def test_the_audit_reads_a_store_and_writes_nothing(store, about, tmp_path):
    path = Path(store.path)
    store.close()
    before = path.read_bytes()
    with open_store(path) as opened:
        audit(opened)
        passed_through(opened, "0")

    assert path.read_bytes() == before
