"""Entries that were changed, replaced, moved or smuggled in are found at their places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from merit_kit import assessment
from merit_kit.canonical import canonical
from merit_kit.store import Store, audit
from merit_kit.store._entries import link
from tests.conftest import ROUND, level
from tests.databases import raw, sqlite_only
from tests.tampering import HERE, OF_A, found, rewrite, tamper, two_chains


@pytest.fixture
def about(store: Store, begun: str, tiny: Any) -> str:
    """The id of the assessment of kota-a, with six entries in two chains."""
    return two_chains(store, begun, tiny)


ONE_COLUMN = {
    "payload": ("payload = replace(payload, '\"level\":1', '\"level\":4')", 5, "audit-changed"),
    "payload-of-another-form": ("payload = replace(payload, ':', ': ')", 5, "audit-changed"),
    "no-json": ("payload = 'gone'", 5, "audit-unreadable"),
    "no-object": ("payload = '[]'", 5, "audit-unreadable"),
    "too-deep": ("payload = :deep", 5, "audit-unreadable"),
    "hash": ("hash = replace(hash, substr(hash, 1, 1), 'x')", 5, "audit-changed"),
    "prev": ("prev = ''", 5, "audit-order"),
    "writer": ("writer = 'somebody'", 5, "audit-changed"),
    "seq": ("seq = 77", 5, "audit-order"),
    "recorded_by": ("recorded_by = 'p-2'", 5, "audit-changed"),
    "author": ("author = 'p-2'", 5, "audit-column"),
    "room": ("room = 'r-9'", 5, "audit-column"),
    "kind": ("kind = 'note'", 5, "audit-column"),
    "visible_to": ("visible_to = 'public'", 5, "audit-column"),
    "stated_at": ("stated_at = '2020-01-01T00:00:00Z'", 5, "audit-column"),
    "id": ("id = 'another'", 5, "audit-column"),
    "opening-of-another-kind": ("kind = 'level'", 1, "audit-opening-missing"),
    "opening-unreadable": ("payload = 'gone'", 1, "audit-unreadable"),
}


@pytest.mark.parametrize(("change", "position", "key"), ONE_COLUMN.values(), ids=ONE_COLUMN)
def test_a_change_in_one_column_is_named_with_its_place(store, about, change, position, key):
    deep = "[" * 100_000
    tamper(store, f"UPDATE entry SET {change} WHERE {OF_A} = {position}", about=about, deep=deep)

    assert (f"{HERE} #{position}", key) in found(store)
    assert all(place.startswith(HERE) for place, _ in found(store))


@sqlite_only
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("payload = x'7b7d'", "#5"),
        ("payload = CAST(x'ff' AS TEXT)", "#5"),
        ("author = CAST(x'ff' AS TEXT)", "#5"),
        ("seq = 'x'", "#5"),
        ("position = 'x'", "#x"),
    ],
)
def test_a_column_that_holds_another_kind_of_value_is_named_with_its_place(
    store, about, change, where
):
    tamper(store, f"UPDATE entry SET {change} WHERE {OF_A} = 5", about=about)

    assert f"{HERE} {where}" in dict(found(store))
    assert all(place.startswith(HERE) for place, _ in found(store))


@sqlite_only
@pytest.mark.parametrize("table", ["entry", "anchor", "assessment", "edition"])
def test_text_in_no_encoding_is_reported_wherever_it_is(store, about, table):
    column = {"entry": "hash", "anchor": "digest", "assessment": "agency", "edition": "data"}
    which = "rowid = (SELECT MAX(rowid) FROM " + table + ")"
    tamper(store, f"UPDATE {table} SET {column[table]} = CAST(x'ff' AS TEXT) WHERE {which}")

    assert found(store)


@pytest.mark.parametrize("column", ["author", "room", "kind", "visible_to", "stated_at"])
def test_a_changed_column_is_named_by_its_name_and_what_it_holds(store, about, column):
    value = {"visible_to": "internal"}.get(column, "note")
    tamper(store, f"UPDATE entry SET {column} = '{value}' WHERE {OF_A} = 2", about=about)

    [problem] = audit(store)
    assert (problem.where, problem.key) == (f"{HERE} #2", "audit-column")
    assert (problem.found, problem.allowed) == (value, column)


@pytest.mark.parametrize("position", [1, 2, 3, 4, 5, 6])
def test_a_payload_changed_with_its_hash_made_anew_is_found_at_its_place(store, about, position):
    def change(row: dict[str, Any]) -> None:
        row["payload"] = canonical(
            {**json.loads(row["payload"]), "stated_at": row["stated_at"][:9]}
        )
        row["stated_at"] = row["stated_at"][:9]

    rewrite(store, about, position, change)

    assert found(store)[0] == (f"{HERE} #{position}", "audit-digest")


def test_an_entry_replaced_by_another_with_a_right_hash_is_found(store, about):
    def replace(row: dict[str, Any]) -> None:
        said = level(about, "2.1", 4)
        row.update(id=said.id, payload=said.payload, stated_at=said.stated_at)

    rewrite(store, about, 6, replace)

    assert found(store) == [(f"{HERE} #6", "audit-digest")]


def test_recorded_by_changed_with_the_hash_made_anew_is_found(store, about):
    rewrite(store, about, 6, lambda row: row.update(recorded_by="p-2"))

    assert found(store) == [(f"{HERE} #6", "audit-digest")]


def swap(store: Store, about: str, one: int, other: int, columns: tuple[str, ...]) -> None:
    with raw(store) as file, file.unguarded():
        query = f"SELECT {', '.join(columns)} FROM entry WHERE {OF_A} = ?"
        rows = {n: tuple(file.execute(query, [about, n]).fetchone()) for n in (one, other)}
        change = ", ".join(f"{column} = ?" for column in columns)
        for to, of in ((one, other), (other, one)):
            if "id" in columns:
                file.execute(f"UPDATE entry SET id = 'aside' WHERE id = '{rows[of][0]}'")
            file.execute(f"UPDATE entry SET {change} WHERE {OF_A} = ?", [*rows[of], about, to])


def swap_positions(store: Store, about: str, one: int, other: int) -> None:
    tamper(
        store,
        f"UPDATE entry SET position = 99 WHERE {OF_A} = :one",
        f"UPDATE entry SET position = :one WHERE {OF_A} = :other",
        f"UPDATE entry SET position = :other WHERE {OF_A} = 99",
        about=about,
        one=one,
        other=other,
    )


@pytest.mark.parametrize(
    ("one", "other"), [(3, 4), (2, 5), (4, 5), (5, 6), (1, 2), (2, 3)], ids=str
)
def test_two_entries_that_change_places_are_found_at_the_first(store, about, one, other):
    swap_positions(store, about, one, other)

    assert f"{HERE} #{one}" in dict(found(store))


def test_two_payloads_that_change_places_are_found_at_both(store, about):
    swap(store, about, 4, 5, ("payload",))

    assert {(f"{HERE} #4", "audit-changed"), (f"{HERE} #5", "audit-changed")} <= set(found(store))


def test_two_statements_that_change_places_with_all_their_columns_are_found(store, about):
    swap(store, about, 4, 5, ("id", "kind", "payload", "stated_at", "author", "room", "visible_to"))

    assert set(found(store)) >= {(f"{HERE} #4", "audit-changed"), (f"{HERE} #5", "audit-changed")}


@pytest.mark.parametrize("how", ["at-the-end", "own-chain", "without-any-care"])
def test_an_entry_smuggled_in_is_found_at_its_place(store, about, how):
    said = level(about, "2.1", 4)
    with raw(store) as file:
        row = dict(file.execute(f"SELECT * FROM entry WHERE {OF_A} = 6", [about]).fetchone())
        row |= {"id": said.id, "kind": "level", "position": 7, "payload": said.payload}
        row |= {"stated_at": said.stated_at, "seq": row["seq"] + 1, "prev": row["hash"]}
        if how == "own-chain":
            [now] = file.execute(f"SELECT digest FROM anchor WHERE {OF_A} = 6", [about]).fetchone()
            row |= {"writer": "intruder", "seq": 1, "prev": now}
        if how != "without-any-care":
            row["hash"] = link(
                row["prev"], row["writer"], row["seq"], row["recorded_by"], row["payload"]
            )
        file.execute(
            f"INSERT INTO entry ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            list(row.values()),
        )

    keys = {key for place, key in found(store) if place == f"{HERE} #7"}
    assert "audit-digest" in keys
    assert ("audit-changed" in keys) == (how == "without-any-care")


def test_an_entry_moved_to_another_assessment_is_found_in_both(store, about):
    other = assessment.find(store, "kab-b", ROUND)
    tamper(
        store,
        f"UPDATE entry SET assessment = :other, position = 3 WHERE {OF_A} = 6",
        about=about,
        other=other,
    )

    assert {(f"{HERE} #6", "audit-removed"), (f"kab-b/{ROUND} #3", "audit-column")} <= set(
        found(store)
    )
