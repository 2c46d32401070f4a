"""The steps of the schema: each whole or not there, each leaving the triggers in place.

Steps to come are made up here and put after the real ones.
"""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from merit_kit import assessment
from merit_kit.errors import StoreError
from merit_kit.store import _migrations as steps
from merit_kit.store import _tables, audit, create_store, open_store
from tests.conftest import ROUND, level, raw


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


def names(path, kind: str) -> set[str]:
    with raw(path) as file:
        return {n for (n,) in file.execute("SELECT name FROM sqlite_master WHERE type = ?", [kind])}


TRIGGERS = {
    f"{table}_no_{what}"
    for table in ("entry", "anchor", "assessment", "edition")
    for what in ("update", "delete", "replace")
}


def test_a_new_store_has_taken_every_step_and_says_so(store):
    assert recorded(store.path) == [(1, "tables")]
    assert len(steps.STEPS) == 1


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
    with open_store(store.path):
        pass

    assert recorded(store.path) == [(1, "tables")]


def test_an_older_store_takes_the_steps_it_lacks_and_keeps_what_it_has(store, begun, monkeypatch):
    store.append([level(begun, "1.1", 3)], "p-1")
    coming(monkeypatch, add_colour)

    with open_store(store.path) as newer:
        assert len(newer.entries()) == 2
        assert audit(newer) == []

    assert recorded(store.path) == [(1, "tables"), (2, "add_colour")]


def test_a_step_that_fails_leaves_no_trace_and_those_before_it_stay(store, monkeypatch):
    coming(monkeypatch, add_colour, break_half_way)

    with pytest.raises(RuntimeError, match="power cut"):
        open_store(store.path)

    assert recorded(store.path) == [(1, "tables"), (2, "add_colour")]
    assert "half" not in names(store.path, "table")
    assert set(store.agencies().index) == {"kab-b", "kota-a"}
    assert "colour" in {c["name"] for c in sa.inspect(store.engine).get_columns("agency")}
    assert names(store.path, "trigger") == TRIGGERS


def test_a_step_that_failed_is_taken_at_the_next_opening(store, monkeypatch):
    with monkeypatch.context() as first:
        coming(first, break_half_way)
        with pytest.raises(RuntimeError):
            open_store(store.path)
    coming(monkeypatch, add_colour)

    open_store(store.path).close()

    assert recorded(store.path) == [(1, "tables"), (2, "add_colour")]


def test_a_first_step_that_fails_leaves_an_empty_file_that_is_no_store(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "STEPS", (break_half_way,))

    with pytest.raises(StoreError):
        create_store(tmp_path / "ws")

    assert names(tmp_path / "ws" / "merit.db", "table") == set()


def test_the_step_and_its_record_are_one_transaction(store, monkeypatch):
    seen = []

    def look(connection: sa.Connection) -> None:
        add_colour(connection)
        with raw(store.path) as other:
            seen.append(other.execute("SELECT COUNT(*) FROM step").fetchone()[0])
            seen.append("colour" in [c["name"] for c in other.execute("PRAGMA table_info(agency)")])

    coming(monkeypatch, look)
    open_store(store.path).close()

    assert seen == [1, False]
    assert recorded(store.path)[1] == (2, "look")


@pytest.mark.parametrize("step", [add_colour, rebuild_entries])
def test_the_triggers_are_there_after_every_step(store, begun, monkeypatch, step):
    coming(monkeypatch, step)

    open_store(store.path).close()

    assert names(store.path, "trigger") == TRIGGERS
    with raw(store.path) as file, pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        file.execute("DELETE FROM entry")


def test_a_step_another_program_took_while_this_one_waited_is_not_taken_again(store, monkeypatch):
    coming(monkeypatch, add_colour)
    open_store(store.path).close()
    seen_before_the_wait = iter([1])
    last_step = steps._last_step
    monkeypatch.setattr(
        steps, "_last_step", lambda at: next(seen_before_the_wait, None) or last_step(at)
    )

    open_store(store.path).close()

    assert next(seen_before_the_wait, None) is None
    assert recorded(store.path) == [(1, "tables"), (2, "add_colour")]


def test_a_store_of_the_first_step_is_still_written_to_after_the_next(
    store, begun, tiny, monkeypatch
):
    coming(monkeypatch, add_colour)

    with open_store(store.path) as newer:
        other = assessment.begin(newer, "kab-b", ROUND, tiny, "p-1")
        newer.append([level(other, "1.1", 3), level(begun, "1.1", 3)], "p-1")

        assert audit(newer) == []
