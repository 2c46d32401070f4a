"""Tampering: somebody opens the file or the database with another program, takes the triggers
away, changes things, and puts the triggers back.

The store holds two assessments. That of kota-a was written by two programs in turn, so that
chains cross: positions 1, 2, 5 by the first and 3, 4, 6 by the second.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merit_kit import assessment
from merit_kit.canonical import canonical
from merit_kit.i18n import describe
from merit_kit.store import (
    Store,
    assessment_digest,
    audit,
    create_store,
    open_store,
    passed_through,
)
from merit_kit.store._entries import link
from tests.conftest import ROUND, furnish, level, note
from tests.databases import postgresql_only, raw, sqlite_only, where

HERE = f"kota-a/{ROUND}"


@pytest.fixture
def about(store: Store, begun: str, tiny: Any) -> str:
    """The id of the assessment of kota-a, with six entries in two chains."""
    with open_store(where(store)) as second:
        first = level(begun, "1.1", 3)
        store.append([first], "p-1")
        second.append([level(begun, "1.2", 2), note(begun, "1.2", "Catatan")], "p-1")
        store.append([level(begun, "2.1", 1)], "p-1")
        second.append([level(begun, "1.1", 4, base=(first.id,))], "p-1")
    other = assessment.begin(store, "kab-b", ROUND, tiny, "p-1", invented=True)
    store.append([level(other, "1.1", 1)], "p-1")
    return begun


def tamper(store: Store, *how: str, **facts: Any) -> None:
    with raw(store) as file, file.unguarded():
        for statement in how:
            assert file.execute(statement, facts).rowcount > 0, f"changed nothing: {statement}"


def found(store: Store) -> list[tuple[str, str]]:
    problems = audit(store)
    for problem in problems:
        assert describe(problem, "id")
        assert describe(problem, "en")
    return [(str(problem.where), problem.key) for problem in problems]


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


OF_A = "assessment = :about AND position"

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


def rewrite(
    store: Store, about: str, position: int, change: Callable[[dict[str, Any]], None]
) -> None:
    with raw(store) as file, file.unguarded():
        place = {"about": about, "position": position}
        row = dict(file.execute(f"SELECT * FROM entry WHERE {OF_A} = :position", place).fetchone())
        change(row)
        row["hash"] = link(
            row["prev"], row["writer"], row["seq"], row["recorded_by"], row["payload"]
        )
        columns = ", ".join(f"{name} = :{name}" for name in row)
        file.execute(f"UPDATE entry SET {columns} WHERE {OF_A} = :position", {**place, **row})


def test_an_entry_replaced_by_another_with_a_right_hash_is_found(store, about):
    def replace(row: dict[str, Any]) -> None:
        said = level(about, "2.1", 4)
        row.update(id=said.id, payload=said.payload, stated_at=said.stated_at)

    rewrite(store, about, 6, replace)

    assert found(store) == [(f"{HERE} #6", "audit-digest")]


def test_recorded_by_changed_with_the_hash_made_anew_is_found(store, about):
    rewrite(store, about, 6, lambda row: row.update(recorded_by="p-2"))

    assert found(store) == [(f"{HERE} #6", "audit-digest")]


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


def test_the_end_cut_off_with_its_anchor_is_told_by_the_printed_digest_alone(store, about):
    printed = store.anchors().query("assessment == @about")["digest"].iloc[-1]
    assert passed_through(store, printed) == [f"{HERE} #6"]

    tamper(
        store,
        f"DELETE FROM entry WHERE {OF_A} = 6",
        f"DELETE FROM anchor WHERE {OF_A} = 6",
        about=about,
    )

    assert audit(store) == []
    assert passed_through(store, printed) == []


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


GUARD = ("entry", "anchor", "assessment", "edition", "evidence", "evidence_chunk")


@pytest.mark.parametrize("table", GUARD)
@pytest.mark.parametrize("event", ["update", "delete", "other"])
def test_a_guard_that_is_gone_is_named_and_not_put_back_without_a_word(store, about, table, event):
    name = f"{table}_no_{event.replace('other', 'replace' if store.path else 'truncate')}"
    with raw(store) as hand:
        hand.execute(f"DROP TRIGGER {name}" + ("" if store.path else f" ON {table}"))

    with open_store(where(store)) as again:
        [problem] = audit(again)
    assert (problem.where, problem.key, problem.found) == (table, "audit-trigger", name)
    assert describe(problem, "id")
    assert describe(problem, "en")


def test_a_guard_that_no_longer_refuses_is_named(store, about):
    with raw(store) as hand:
        if store.path:
            hand.execute("DROP TRIGGER entry_no_update")
            hand.execute(
                "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END"
            )
        else:
            hand.execute(
                "CREATE OR REPLACE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql "
                "AS $$ BEGIN RETURN NEW; END $$"
            )
            hand.execute("DROP TRIGGER entry_no_update ON entry")
            hand.execute(
                "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry "
                "FOR EACH STATEMENT EXECUTE FUNCTION nothing()"
            )

    assert found(store) == [("entry", "audit-trigger")]


EMPTIED = """CREATE OR REPLACE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RETURN NEW; END $$"""


@postgresql_only
@pytest.mark.parametrize(
    ("how", "problems"),
    [
        ("ALTER TABLE entry DISABLE TRIGGER entry_no_delete", [("entry", "audit-trigger")]),
        ("ALTER TABLE entry ENABLE TRIGGER entry_no_delete", [("entry", "audit-trigger")]),
        (
            EMPTIED,
            [(table, "audit-trigger") for table in GUARD for _ in range(3)],
        ),
        ("ALTER TABLE anchor NO FORCE ROW LEVEL SECURITY", [("anchor", "audit-policy")]),
        ("ALTER TABLE entry DISABLE ROW LEVEL SECURITY", [("entry", "audit-policy")]),
        ("DROP POLICY entry_select ON entry", [("entry", "audit-policy")]),
        ("CREATE POLICY all_of_it ON entry USING (true)", [("entry", "audit-policy")]),
    ],
    ids=["off", "not-for-replicas", "emptied", "unforced", "disabled", "dropped", "added"],
)
def test_a_guard_of_the_server_that_was_weakened_is_named(store, about, how, problems):
    with raw(store) as hand:
        hand.execute(how)

    assert sorted(found(store)) == sorted(problems)


def test_a_printed_digest_is_found_whole_spaced_abbreviated_and_in_capitals(store, about):
    digests = store.anchors().query("assessment == @about")["digest"]
    for position, digest in enumerate(digests, start=1):
        fours = " ".join(digest[i : i + 4] for i in range(0, 16, 4))
        for printed in (
            digest,
            digest[:16],
            fours,
            fours.upper(),
            f"\n{fours[:9]}\u00a0{fours[9:]}",
        ):
            assert passed_through(store, printed) == [f"{HERE} #{position}"]


@pytest.mark.parametrize("printed", ["0" * 64, "", "   ", ".*", "%", "\u2026"], ids=ascii)
def test_a_foreign_digest_is_not_found(store, about, printed):
    assert passed_through(store, printed) == []


def test_a_digest_of_another_store_is_not_found(store, about, tmp_path, tiny):
    with create_store(tmp_path / "other") as other:
        furnish(other)
        assessment.begin(other, "kota-a", ROUND, tiny, "p-1")
        [foreign] = other.anchors()["digest"]

    assert passed_through(store, foreign) == []


def test_what_a_removed_assessment_passed_through_is_still_known_by_its_id(store, about):
    digest = store.anchors().query("assessment == @about")["digest"].iloc[0]
    tamper(store, "DELETE FROM assessment WHERE id = :about", about=about)

    assert passed_through(store, digest) == [f"{about} #1"]


def test_the_last_digest_passed_through_is_the_one_a_case_carries(store, about):
    case = assessment.make_case(store, "kota-a", ROUND)

    assert case.assessment_digest == assessment_digest(
        store.entries([about]).groupby("writer")["hash"].last()
    )
    assert passed_through(store, case.assessment_digest) == [f"{HERE} #6"]


@sqlite_only
def test_the_audit_reads_a_store_and_writes_nothing(store, about, tmp_path):
    path = Path(store.path)
    store.close()
    before = path.read_bytes()
    with open_store(path) as opened:
        audit(opened)
        passed_through(opened, "0")

    assert path.read_bytes() == before
