"""The steps of the schema: each whole or not there, each leaving the triggers in place.

Steps to come are made up here and put after the real ones.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from merit_kit import assessment
from merit_kit.errors import StoreError
from merit_kit.store import _migrations as steps
from merit_kit.store import _tables, audit, create_store, open_store
from tests.conftest import ROUND, level
from tests.databases import REFUSED, raw, where


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


NOW = [(1, "tables"), (2, "evidence"), (3, "rights")]


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

    assert recorded(store) == [*NOW, (4, "add_colour")]


def test_a_step_that_fails_leaves_no_trace_and_those_before_it_stay(store, monkeypatch):
    coming(monkeypatch, add_colour, break_half_way)

    with pytest.raises(RuntimeError, match="power cut"):
        open_store(where(store))

    assert recorded(store) == [*NOW, (4, "add_colour")]
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

    assert recorded(store) == [*NOW, (4, "add_colour")]


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
    assert recorded(store)[-1] == (4, "look")


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
    assert recorded(store) == [*NOW, (4, "add_colour")]


def test_a_store_of_the_first_step_is_still_written_to_after_the_next(
    store, begun, tiny, monkeypatch
):
    coming(monkeypatch, add_colour)

    with open_store(where(store)) as newer:
        other = assessment.begin(newer, "kab-b", ROUND, tiny, "p-1")
        newer.append([level(other, "1.1", 3), level(begun, "1.1", 3)], "p-1")

        assert audit(newer) == []
