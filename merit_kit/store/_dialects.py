"""Where SQLite and PostgreSQL differ: three words of the schema, the triggers, who writes first.

Everything else is one text for both. Texts are compared byte by byte on both, so that lists come
in the same order whatever the server's language.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

APPEND_ONLY = ("entry", "anchor", "assessment", "edition", "evidence", "evidence_chunk")
"""Tables whose rows are added and never changed. People can be erased, so they are elsewhere."""

CHANNEL = "merit_kit"
"""Where PostgreSQL calls when something was written. The call carries no content."""

# Everything that is unique in a table: REPLACE takes away the old row for any of it.
_KEYS = {
    "entry": "id = NEW.id OR (assessment = NEW.assessment AND (position = NEW.position"
    " OR (writer = NEW.writer AND seq = NEW.seq)))",
    "anchor": "assessment = NEW.assessment AND position = NEW.position",
    "assessment": "id = NEW.id OR (agency = NEW.agency AND round = NEW.round"
    " AND purpose = NEW.purpose AND purpose = 'result')",
    "edition": "digest = NEW.digest",
    "evidence": "id = NEW.id OR (assessment = NEW.assessment AND sha256 = NEW.sha256"
    " AND visible_to = NEW.visible_to)",
    "evidence_chunk": "file = NEW.file AND number = NEW.number",
}

_REFUSE = """
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = TG_TABLE_NAME || ': rows are only ever added',
        ERRCODE = 'integrity_constraint_violation';
END
"""


@dataclass(frozen=True, slots=True)
class Words:
    """What a step of the schema says differently in each dialect."""

    text: str
    """The type of a text, ordered by its bytes."""

    blob: str
    """The type of bytes."""

    now: str
    """The moment, in UTC to the millisecond, as ISO 8601 text ending in Z."""


_WORDS = {
    "sqlite": Words("TEXT", "BLOB", "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"),
    "postgresql": Words(
        'TEXT COLLATE "C"',
        "BYTEA",
        "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
    ),
}


def words(connection: sa.Connection) -> Words:
    """Return the words of the database one is connected to."""
    return _WORDS[connection.dialect.name]


def is_postgresql(connection: sa.Connection | sa.Engine) -> bool:
    """Say whether this is PostgreSQL and not SQLite."""
    return connection.dialect.name == "postgresql"


def queue(connection: sa.Connection, names: Iterable[str]) -> None:
    """Wait until nobody else writes under any of `names`; they are ours until the commit.

    A writing transaction of SQLite has the whole file already. PostgreSQL would let several read
    the same last position and all but one fail at the next, so they are let in one at a time.
    """
    if not is_postgresql(connection):
        return
    # In one order for everybody, so that no two wait for each other.
    keys = sorted({_number(name) for name in names})
    if keys:
        connection.execute(
            sa.text(
                "SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"
            ),
            {"keys": keys},
        )


def call(connection: sa.Connection) -> None:
    """Let everybody who waits know, once this is committed, that something was written."""
    if is_postgresql(connection):
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


def _number(name: str) -> int:
    said = hashlib.sha256(f"merit-kit/{name}".encode()).digest()
    return int.from_bytes(said[:8], "big", signed=True)


def renew_triggers(connection: sa.Connection) -> None:
    """Make the triggers that refuse every change of an append-only table, in place of any old."""
    if is_postgresql(connection):
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql "
            f"AS $${_REFUSE}$$"
        )
    for name, (table, made) in _triggers(connection).items():
        if is_postgresql(connection):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            connection.exec_driver_sql(made)
            # Otherwise a session that calls itself a replica would pass by.
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(made)


def missing_triggers(connection: sa.Connection) -> list[tuple[str, str]]:
    """Return (table, trigger) of each that is gone, switched off or does something else."""
    if is_postgresql(connection):
        query = (
            "SELECT t.tgname, pg_get_triggerdef(t.oid, true), t.tgenabled, f.prosrc "
            "FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid "
            "JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND NOT t.tgisinternal"
        )
        there = {
            name: made
            for name, made, enabled, source in connection.exec_driver_sql(query)
            if _letter(enabled) == "A" and source == _REFUSE
        }
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        there = {row.name: row.sql for row in connection.exec_driver_sql(query)}
    return [
        (table, name)
        for name, (table, made) in _triggers(connection).items()
        if there.get(name) != made
    ]


def _letter(value: str | bytes) -> str:
    """Return PostgreSQL's one-byte type as text, whichever way the driver hands it over."""
    return value.decode("ascii") if isinstance(value, bytes) else value


def _triggers(connection: sa.Connection) -> dict[str, tuple[str, str]]:
    """Return, by name, the table and the text of every trigger there has to be."""
    there = set(sa.inspect(connection).get_table_names())
    found: dict[str, tuple[str, str]] = {}
    for table in (name for name in APPEND_ONLY if name in there):
        if is_postgresql(connection):
            # For each statement: an upsert or a MERGE that meets no row is refused as well.
            for event in ("UPDATE", "DELETE", "TRUNCATE"):
                name = f"{table}_no_{event.lower()}"
                made = f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
                found[name] = (table, f"{made} FOR EACH STATEMENT EXECUTE FUNCTION only_added()")
            continue
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_no_{event.lower()}"
            found[name] = (table, f"CREATE TRIGGER {name} BEFORE {event} ON {table} {refuse}")
        # INSERT OR REPLACE deletes the old row without waking a delete trigger.
        name = f"{table}_no_replace"
        known = f"SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR {_KEYS[table]}"
        made = f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS ({known})"
        found[name] = (table, f"{made} {refuse}")
    return found
