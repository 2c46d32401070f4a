"""The steps of the schema: each whole or not there, each leaving the triggers in place.

Steps to come are made up here and put after the real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from merit_kit import assessment
from merit_kit.errors import StoreError
from merit_kit.store import (
    OPENED,
    Statement,
    Store,
    _rights,
    _tables,
    audit,
    create_store,
    grant_application,
    new_id,
    open_store,
)
from merit_kit.store import _migrations as steps
from tests.conftest import ROUND, level
from tests.databases import REFUSED, Server, raw, where


def add_colour(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE agency ADD COLUMN colour TEXT"))


def break_half_way(connection: sa.Connection) -> None:
    connection.execute(sa.text("CREATE TABLE half (x TEXT)"))
    connection.execute(sa.text("INSERT INTO agency (code, name, kind) VALUES ('x', 'X', 'kota')"))
    raise RuntimeError("power cut")


def rebuild_entries(connection: sa.Connection) -> None:
    """As SQLite wants it where ALTER TABLE cannot help; the triggers go with the old table."""
    connection.execute(sa.text("CREATE TABLE kept AS SELECT * FROM entry"))
    connection.execute(sa.text("DROP TABLE entry"))
    connection.execute(sa.text("ALTER TABLE kept RENAME TO entry"))


def coming(monkeypatch: pytest.MonkeyPatch, *more) -> None:
    monkeypatch.setattr(steps, "STEPS", (*steps.STEPS, *more))


def recorded(path) -> list[tuple[int, str]]:
    with raw(path) as file:
        return [tuple(row) for row in file.execute("SELECT * FROM step ORDER BY number")]


def names(store, kind: str) -> set[str]:
    if store.path:
        query = "SELECT name FROM sqlite_master WHERE type = ?"
        with raw(store) as file:
            return {name for (name,) in file.execute(query, [kind])}
    if kind == "table":
        return set(sa.inspect(store.engine).get_table_names())
    query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    with raw(store) as hand:
        return {name for (name,) in hand.execute(query)}


def triggers(store) -> set[str]:
    return {
        f"{table}_no_{what}"
        for table in ("entry", "anchor", "assessment", "edition", "evidence", "evidence_chunk")
        for what in ("update", "delete", "replace" if store.path else "truncate")
    }


NOW = [
    *((1, "tables"), (2, "evidence"), (3, "rights"), (4, "people_and_rounds")),
    (5, "analysis"),
    (6, "drafts_apart"),
    (7, "disputes_apart"),
]
NEXT = len(NOW) + 1


def test_a_new_store_has_taken_every_step_and_says_so(store):
    assert recorded(store) == NOW
    assert len(steps.STEPS) == len(NOW)


def test_the_tables_have_the_columns_that_queries_name(store):
    named = {
        table.name: [column.name for column in table.columns]
        for table in vars(_tables).values()
        if isinstance(table, sa.TableClause)
    }
    look = sa.inspect(store.engine)
    made = {
        name: [column["name"] for column in look.get_columns(name)]
        for name in look.get_table_names()
    }

    assert made.pop("step") == ["number", "name"]
    assert made == named


def test_opening_again_takes_no_step_twice(store):
    with open_store(where(store)):
        pass

    assert recorded(store) == NOW


def test_an_older_store_takes_the_steps_it_lacks_and_keeps_what_it_has(store, begun, monkeypatch):
    store.append([level(begun, "1.1", 3)], "p-1")
    coming(monkeypatch, add_colour)

    with open_store(where(store)) as newer:
        assert len(newer.entries()) == 2
        assert audit(newer) == []

    assert recorded(store) == [*NOW, (NEXT, "add_colour")]


def test_a_step_that_fails_leaves_no_trace_and_those_before_it_stay(store, monkeypatch):
    coming(monkeypatch, add_colour, break_half_way)

    with pytest.raises(RuntimeError, match="power cut"):
        open_store(where(store))

    assert recorded(store) == [*NOW, (NEXT, "add_colour")]
    assert "half" not in names(store, "table")
    assert set(store.agencies().index) == {"kab-b", "kota-a"}
    assert "colour" in {c["name"] for c in sa.inspect(store.engine).get_columns("agency")}
    assert names(store, "trigger") == triggers(store)


def test_a_step_that_failed_is_taken_at_the_next_opening(store, monkeypatch):
    with monkeypatch.context() as first:
        coming(first, break_half_way)
        with pytest.raises(RuntimeError):
            open_store(where(store))
    coming(monkeypatch, add_colour)

    open_store(where(store)).close()

    assert recorded(store) == [*NOW, (NEXT, "add_colour")]


@pytest.mark.parametrize("there_already", [False, True], ids=["new-folder", "old-folder"])
def test_a_store_whose_making_breaks_off_leaves_nothing_and_can_be_made_again(
    tmp_path, monkeypatch, there_already
):
    folder = tmp_path / "far" / "ws"
    if there_already:
        folder.mkdir(parents=True)
    with monkeypatch.context() as first:
        first.setattr(steps, "STEPS", (steps.STEPS[0], break_half_way))
        with pytest.raises(RuntimeError, match="power cut"):
            create_store(folder)

        assert list(tmp_path.iterdir()) == ([folder.parent] if there_already else [])
        assert not there_already or list(folder.iterdir()) == []

    create_store(folder).close()


def test_a_store_on_a_server_whose_making_breaks_off_leaves_nothing(database, monkeypatch):
    with monkeypatch.context() as first:
        first.setattr(steps, "STEPS", (steps.STEPS[0], break_half_way))
        with pytest.raises(RuntimeError, match="power cut"):
            create_store(database)
    with pytest.raises(StoreError, match="store-missing"):
        open_store(database)

    create_store(database).close()


def test_of_two_who_make_a_store_at_one_place_one_does_and_the_other_is_told(tmp_path, database):
    for place in (tmp_path / "ws", database):
        with create_store(place) as made:
            with pytest.raises(StoreError, match="store-exists"):
                create_store(place)
            assert audit(made) == []


def columns_seen_by(hand) -> set[str]:
    """The columns of `agency`, without reading the table: a step may have it locked."""
    if hand.kind == "sqlite":
        query = "SELECT name FROM pragma_table_info('agency')"
    else:
        query = "SELECT attname FROM pg_attribute WHERE attrelid = CAST('agency' AS regclass)"
    return {name for (name,) in hand.execute(query)}


def test_the_step_and_its_record_are_one_transaction(store, monkeypatch):
    seen = []

    def look(connection: sa.Connection) -> None:
        add_colour(connection)
        with raw(store) as other:
            seen.append(other.execute("SELECT COUNT(*) FROM step").fetchone()[0])
            seen.append("colour" in columns_seen_by(other))

    coming(monkeypatch, look)
    open_store(where(store)).close()

    assert seen == [len(NOW), False]
    assert recorded(store)[-1] == (NEXT, "look")


@pytest.mark.parametrize("step", [add_colour, rebuild_entries])
def test_the_triggers_are_there_after_every_step(store, begun, monkeypatch, step):
    coming(monkeypatch, step)

    open_store(where(store)).close()

    assert names(store, "trigger") == triggers(store)
    assert audit(store) == []
    with raw(store) as file, pytest.raises(REFUSED, match="only ever added"):
        file.execute("DELETE FROM entry")


def test_a_step_another_program_took_while_this_one_waited_is_not_taken_again(store, monkeypatch):
    coming(monkeypatch, add_colour)
    open_store(where(store)).close()
    seen_before_the_wait = iter([len(NOW)])
    last_step = steps._last_step
    monkeypatch.setattr(
        steps, "_last_step", lambda at: next(seen_before_the_wait, None) or last_step(at)
    )

    open_store(where(store)).close()

    assert next(seen_before_the_wait, None) is None
    assert recorded(store) == [*NOW, (NEXT, "add_colour")]


def test_a_store_of_the_first_step_is_still_written_to_after_the_next(
    store, begun, tiny, monkeypatch
):
    coming(monkeypatch, add_colour)

    with open_store(where(store)) as newer:
        other = assessment.begin(newer, "kab-b", ROUND, tiny, "p-1")
        newer.append([level(other, "1.1", 3), level(begun, "1.1", 3)], "p-1")

        assert audit(newer) == []


@contextmanager
def three_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be the kit that knew three steps: roles read the registers, policies did not guard them."""
    policies = {t: rules for t, rules in _rights._POLICIES.items() if t not in _rights._REGISTERS}
    policies["entry"] = dict.fromkeys(("SELECT", "INSERT"), policies["entry"]["SELECT"])
    policies["person"] = {"SELECT": "true", **dict.fromkeys(("INSERT", "UPDATE"), _rights._OWN_ROW)}
    with monkeypatch.context() as older:
        older.setattr(steps, "STEPS", steps.STEPS[:3])
        older.setattr(_rights, "_POLICIES", policies)
        older.setattr(_rights, "_REGISTERS", ())
        yield


def fill(old: Store, tiny: Any) -> str:
    """Put something into every table of three steps; return the id of the assessment."""
    old.add_people([{"id": "p-1", "login": "ani", "name": "Ani", "nip": "19", "office": "BKN"}])
    old.add_agencies([{"code": "kota-a", "name": "Kota A", "kind": "kota", "province": "Nusa"}])
    old.add_agencies([{"code": "kab-b", "name": "Kabupaten B", "kind": "kabupaten"}])
    old.add_round(ROUND, 2026, 1)
    old.add_round("2025-2", 2025, 2)
    old.add_published([{"agency": "kota-a", "kind": "kota", "year": "2024", "source": "BKN"}])
    row = {"agency": "kota-a", "round": ROUND, "edition": tiny.digest}
    row |= {"invented": False, "purpose": "result"}
    edition = {"digest": tiny.digest, "id": tiny.id, "data": tiny.canonical}
    about = new_id()
    first = Statement(about, OPENED, "p-1", "2026-01-01T00:00:00Z", row, visible_to="public")
    old.add_assessment({"id": about, **row}, edition, first, "p-1")
    said = level(about, "1.1", 2)
    old.append([said, level(about, "1.1", 3, base=(said.id,))], "p-1")
    old.put_evidence(b"Bukti", about)
    return about


@pytest.fixture(params=["sqlite", "postgresql"])
def older(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Any
) -> str | Path:
    """The place of a store that was made and filled when there were three steps."""
    place = tmp_path / "ws" if request.param == "sqlite" else request.getfixturevalue("database")
    with three_steps(monkeypatch), create_store(place) as old:
        fill(old, tiny)
        return where(old)


def held(place: str | Path) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table."""
    with raw(place) as hand:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        if hand.kind == "postgresql":
            query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
            query += "CAST('public' AS regnamespace)"
        found = {}
        for (table,) in hand.execute(query).fetchall():
            rows = [dict(row) for row in hand.execute(f"SELECT * FROM {table}")]
            found[table] = sorted(rows, key=repr)
        return found


def test_a_store_of_three_steps_takes_the_fourth_and_keeps_everything(older):
    before = held(older)
    assert recorded(older) == NOW[:3]
    filled = ("agency", "round", "assessment", "entry", "evidence")
    assert [len(before[table]) for table in filled] == [2, 2, 1, 3, 1]

    with open_store(older) as newer:
        assert audit(newer) == []

    after = held(older)
    assert recorded(older) == NOW
    added = {"round_stage", "appointment", "room", "sitting"}
    assert {table for table in after if table not in before} == added
    assert [after[table] for table in added] == [[]] * 4
    unsaid = {"agency": {"wilayah": None, "time_zone": None}, "round": {"cut_off": None}}
    for table in before.keys() - {"step"}:
        assert after[table] == [{**row, **unsaid.get(table, {})} for row in before[table]]


def test_work_goes_on_in_a_store_of_three_steps(older):
    with open_store(older) as newer:
        [about] = newer.assessments().index
        newer.appoint("p-1", "agency", "kota-a")
        newer.set_cut_off("2025-2", "2025-12-31")
        [said] = assessment.record(newer, [level(about, "1.2", 1)], "p-1")

        assert said.position == 4
        assert newer.rounds().loc["2025-2", "cut_off"] == "2025-12-31"
        assert audit(newer) == []

    assert held(older)["appointment"] == [{"person": "p-1", "role": "agency", "agency": "kota-a"}]


def test_a_fourth_step_that_fails_leaves_the_three_as_they_were(older, monkeypatch):
    before = held(older)

    def halfway(connection: sa.Connection) -> None:
        steps._people_and_rounds(connection)
        raise RuntimeError("power cut")

    with monkeypatch.context() as first:
        first.setattr(steps, "STEPS", (*steps.STEPS[:3], halfway))
        with pytest.raises(RuntimeError, match="power cut"):
            open_store(older)
    assert held(older) == before

    open_store(older).close()
    assert recorded(older) == NOW


def guards_of(place: str | Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all policies of a database, and what its roles may do; they are called alike."""
    with raw(place) as hand:
        database = hand.execute("SELECT current_database()").fetchone()[0]
        queries = {
            "policies": "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies",
            "forced": "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace)",
            "tables": "SELECT table_name, grantee, privilege_type "
            "FROM information_schema.table_privileges WHERE table_schema = 'public'",
            "columns": "SELECT table_name, column_name, grantee, privilege_type "
            "FROM information_schema.column_privileges WHERE table_schema = 'public'",
        }
        return {
            name: sorted(
                tuple(str(value).replace(database, "") for value in row)
                for row in hand.execute(query)
            )
            for name, query in queries.items()
        }


def test_a_store_of_three_steps_is_guarded_afterwards_as_a_new_one(
    server: Server, database: str, monkeypatch: pytest.MonkeyPatch
):
    with three_steps(monkeypatch), create_store(database) as old:
        grant_application(old, f"lama_{old.engine.url.database}")
    before = guards_of(database)
    open_store(database).close()
    other = server.database()
    try:
        with create_store(server.url(other)) as new:
            grant_application(new, f"lama_{other}")

        assert guards_of(database) == guards_of(server.url(other))
        assert guards_of(database) != before
    finally:
        server.drop(other)
