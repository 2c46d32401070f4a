"""The schema, in numbered steps. Each runs in one transaction together with its own record.

Steps are additive and never edited once released: a store of any age becomes today's by running
those it lacks. They are plain SQL that SQLite and PostgreSQL both read, but for what `dialect`
says. After the last one the triggers are made again, so that no step can leave them behind.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from merit_kit.errors import StoreError

APPEND_ONLY = ("entry", "anchor", "assessment", "edition")
"""Tables whose rows are added and never changed. People can be erased, so they are elsewhere."""

# Everything that is unique in a table: REPLACE takes away the old row for any of it.
_KEYS = {
    "entry": "id = NEW.id OR (assessment = NEW.assessment AND (position = NEW.position"
    " OR (writer = NEW.writer AND seq = NEW.seq)))",
    "anchor": "assessment = NEW.assessment AND position = NEW.position",
    "assessment": "id = NEW.id OR (agency = NEW.agency AND round = NEW.round)",
    "edition": "digest = NEW.digest",
}

_NOW = {"sqlite": "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"}


def _tables(connection: sa.Connection) -> None:
    now = _NOW[connection.dialect.name]
    for statement in (
        "CREATE TABLE store (id TEXT PRIMARY KEY, made_at TEXT NOT NULL)",
        """CREATE TABLE person (
            id TEXT PRIMARY KEY, login TEXT, name TEXT NOT NULL, nip TEXT, office TEXT)""",
        """CREATE TABLE agency (
            code TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, province TEXT)""",
        """CREATE TABLE round (
            code TEXT PRIMARY KEY, year INTEGER NOT NULL, number INTEGER NOT NULL,
            UNIQUE (year, number))""",
        "CREATE TABLE edition (digest TEXT PRIMARY KEY, id TEXT NOT NULL, data TEXT NOT NULL)",
        """CREATE TABLE assessment (
            id TEXT PRIMARY KEY,
            agency TEXT NOT NULL REFERENCES agency (code),
            round TEXT NOT NULL REFERENCES round (code),
            edition TEXT NOT NULL REFERENCES edition (digest),
            invented INTEGER NOT NULL CHECK (invented IN (0, 1)),
            UNIQUE (agency, round))""",
        f"""CREATE TABLE entry (
            assessment TEXT NOT NULL REFERENCES assessment (id),
            position INTEGER NOT NULL CHECK (position > 0),
            id TEXT NOT NULL UNIQUE,
            room TEXT, kind TEXT NOT NULL,
            visible_to TEXT NOT NULL CHECK (visible_to IN ('internal', 'agency', 'public')),
            author TEXT NOT NULL, stated_at TEXT NOT NULL,
            recorded_by TEXT NOT NULL, recorded_at TEXT NOT NULL DEFAULT {now},
            writer TEXT NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0),
            prev TEXT NOT NULL, payload TEXT NOT NULL, hash TEXT NOT NULL,
            PRIMARY KEY (assessment, position),
            UNIQUE (assessment, writer, seq))""",
        # Says what the digest was after each entry. Without it the last entry could be cut off
        # and nothing inside the store would show it.
        """CREATE TABLE anchor (
            assessment TEXT NOT NULL REFERENCES assessment (id), position INTEGER NOT NULL,
            digest TEXT NOT NULL, PRIMARY KEY (assessment, position))""",
        """CREATE TABLE published (
            agency TEXT NOT NULL, kind TEXT NOT NULL, year TEXT NOT NULL, score TEXT,
            "index" TEXT, category TEXT, aspect_values TEXT, source TEXT NOT NULL,
            PRIMARY KEY (agency, year, source))""",
    ):
        connection.execute(sa.text(statement))


STEPS: tuple[Callable[[sa.Connection], None], ...] = (_tables,)


def migrate(engine: sa.Engine) -> None:
    """Bring the schema up to date.

    Raises
    ------
    StoreError
        If a newer merit-kit made this store: an older one cannot know what its steps mean.
    """
    # Only looked at, so that a store that is up to date opens while another program writes.
    with engine.connect().execution_options(reading=True) as connection:
        done = _last_step(connection) if sa.inspect(connection).has_table("step") else 0
    if done > len(STEPS):
        raise StoreError("store-newer", found=done, allowed=len(STEPS))
    for number, step in enumerate(STEPS[done:], start=done + 1):
        with engine.begin() as connection:
            connection.execute(
                sa.text(
                    "CREATE TABLE IF NOT EXISTS step "
                    "(number INTEGER PRIMARY KEY, name TEXT NOT NULL)"
                )
            )
            if _last_step(connection) >= number:
                continue  # another program took this step while we waited for the lock
            step(connection)
            connection.execute(
                sa.text("INSERT INTO step (number, name) VALUES (:number, :name)"),
                {"number": number, "name": step.__name__.strip("_")},
            )
            _renew_triggers(connection)


def _last_step(connection: sa.Connection) -> int:
    return int(connection.scalar(sa.text("SELECT COALESCE(MAX(number), 0) FROM step")) or 0)


def _renew_triggers(connection: sa.Connection) -> None:
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_{event.lower()}"))
            connection.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
                )
            )
        # INSERT OR REPLACE deletes the old row without waking a delete trigger.
        connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_replace"))
        connection.execute(
            sa.text(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR {_KEYS[table]}) "
                f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
            )
        )
